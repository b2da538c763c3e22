#pragma once

// The end of a byte stream of any length, in bounded memory.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telltale::browser {

/// Output from some position of its stream on.
struct OutputPart {
  std::string text;
  std::uint64_t end = 0;  ///< the position after it
};

class OutputTail {
 public:
  explicit OutputTail(std::size_t limit) : limit_(limit) {}

  void append(std::string_view bytes) {
    total_ += bytes.size();
    if (bytes.size() > limit_) bytes.remove_prefix(bytes.size() - limit_);
    kept_.append(bytes);
    // Cut at twice the limit only: cutting at every append would move the whole tail each time.
    if (kept_.size() > 2 * limit_) kept_.erase(0, kept_.size() - limit_);
  }
  /// At most `limit` bytes; may start in the middle of a line.
  [[nodiscard]] std::string str() const {
    return kept_.size() > limit_ ? kept_.substr(kept_.size() - limit_) : kept_;
  }
  /// What came after the first `position` bytes, as far as it is kept.
  [[nodiscard]] OutputPart since(std::uint64_t position) const {
    const auto fresh = std::min<std::uint64_t>(total_ - std::min(position, total_), limit_);
    const auto size = std::min<std::size_t>(static_cast<std::size_t>(fresh), kept_.size());
    return {kept_.substr(kept_.size() - size), total_};
  }

 private:
  std::size_t limit_;
  std::string kept_;
  std::uint64_t total_ = 0;
};

}  // namespace telltale::browser
