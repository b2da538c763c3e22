#include "stream/segment.hpp"

#include <cstring>

namespace telltale::stream {

void Segment::append(std::string_view frame, std::int64_t ts_us, std::uint8_t type) noexcept {
  const auto at = count_.load(std::memory_order_relaxed);
  std::memcpy(memory_->bytes().data() + used_, frame.data(), frame.size());
  index_[at] = {ts_us, static_cast<std::uint32_t>(used_), static_cast<std::uint32_t>(frame.size()), type};
  used_ += frame.size();
  memory_->commit(used_);
  count_.store(at + 1, std::memory_order_release);
}

}  // namespace telltale::stream
