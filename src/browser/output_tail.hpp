#pragma once

// The end of a byte stream of any length, in bounded memory.

#include <cstddef>
#include <string>
#include <string_view>

namespace telltale::browser {

class OutputTail {
 public:
  explicit OutputTail(std::size_t limit) : limit_(limit) {}

  void append(std::string_view bytes) {
    if (bytes.size() > limit_) bytes.remove_prefix(bytes.size() - limit_);
    kept_.append(bytes);
    // Cut at twice the limit only: cutting at every append would move the whole tail each time.
    if (kept_.size() > 2 * limit_) kept_.erase(0, kept_.size() - limit_);
  }
  /// At most `limit` bytes; may start in the middle of a line.
  [[nodiscard]] std::string str() const {
    return kept_.size() > limit_ ? kept_.substr(kept_.size() - limit_) : kept_;
  }

 private:
  std::size_t limit_;
  std::string kept_;
};

}  // namespace telltale::browser
