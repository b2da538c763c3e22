#pragma once

// Events for a log, and what a cursor gives of them.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "stream/cursor.hpp"
#include "telemetry/envelope.hpp"

namespace telltale::stream {

inline telemetry::Event console(const std::string& text) {
  telemetry::ConsoleLog log;
  log.text = text;
  return {.ts_us = 1'800'000'000'000'000, .source = {}, .data = std::move(log)};
}

inline telemetry::Event idle() {
  return {.ts_us = 1'800'000'000'000'001, .source = {}, .data = telemetry::NetworkIdle{}};
}

inline TypeMask everything() { return TypeMask().set(); }

inline TypeMask only(const telemetry::EventData& like) { return TypeMask().set(like.index()); }

// The ids of the frames in a batch, checking the grammar on the way.
inline std::vector<std::uint64_t> ids(const Batch& batch) {
  std::vector<std::uint64_t> out;
  for (std::string_view piece : batch.pieces) {
    while (!piece.empty()) {
      const auto end = piece.find("\n\n");
      EXPECT_NE(end, std::string_view::npos);
      const auto frame = piece.substr(0, end);
      EXPECT_TRUE(frame.starts_with("id: ")) << frame;
      const auto id = std::stoull(std::string(frame.substr(4)));
      EXPECT_TRUE(frame.substr(frame.find('\n'))
                      .starts_with("\ndata: {\"seq\":" + std::to_string(id) + ",\"event\":{"))
          << frame;
      out.push_back(id);
      piece.remove_prefix(end + 2);
    }
  }
  return out;
}

inline std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> out;
  for (auto i = first; i <= last; ++i) out.push_back(i);
  return out;
}

// Everything that a cursor can read now.
inline base::Task<std::vector<std::uint64_t>> drain(Cursor& cursor, TypeMask mask, std::size_t max_bytes) {
  std::vector<std::uint64_t> out;
  for (;;) {
    const auto before = cursor.last();
    const auto batch = co_await cursor.read(mask, max_bytes);
    for (const auto id : ids(batch)) out.push_back(id);
    if (cursor.last() == before) co_return out;
  }
}

}  // namespace telltale::stream
