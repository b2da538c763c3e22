// Whatever a DevTools server sends: the client's frame loop must neither crash nor read outside of its buffer, and
// must say the same however the bytes are cut.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/websocket.hpp"
#include "net/websocket_frames.hpp"

namespace {

using telltale::net::FrameReader;

std::string read(std::string_view bytes, std::size_t piece) {
  FrameReader reader(1000);
  std::string said;
  while (!bytes.empty()) {
    const auto space = reader.prepare();
    const auto size = std::min({space.size(), bytes.size(), piece});
    if (size == 0) std::abort();
    std::ranges::copy(bytes.substr(0, size), space.begin());
    bytes.remove_prefix(size);
    reader.commit(size);
    for (;;) {
      const auto item = reader.next();
      if (item.kind == FrameReader::Kind::none) break;
      said += static_cast<char>('0' + static_cast<int>(item.kind));
      said += std::to_string(item.size) + "," + std::to_string(item.code) + ",";
      // Of a message that is too large, how much is kept depends on the cuts.
      if (item.kind != FrameReader::Kind::oversized) said += item.bytes;
      if (item.kind == FrameReader::Kind::close || item.kind == FrameReader::Kind::violation) return said;
    }
  }
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (read(bytes, bytes.size()) != read(bytes, 1 + data[0] % 64)) std::abort();
  return 0;
}
