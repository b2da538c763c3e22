// Whatever a browser sends: decoding must neither crash nor read outside the message, and what it accepts must encode again.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cdp/decode.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto frame = telltale::cdp::decode_copy(text);
  if (!frame) return 0;
  if (const auto* notification = std::get_if<telltale::cdp::Notification>(&*frame)) {
    (void)telltale::cdp::encode_params(notification->event);
  }
  (void)telltale::cdp::id_of_prefix(text);
  return 0;
}
