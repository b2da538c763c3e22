#include "net/websocket_frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "net/limits.hpp"
#include "net/websocket.hpp"

namespace telltale::net {
namespace {

using Kind = FrameReader::Kind;
using namespace std::string_literals;

constexpr std::size_t kLimit = 1u << 20;

/// A server's frame. `size_bytes`: how the length is written, 0 for the shortest way.
std::string frame(unsigned first, std::string_view payload, unsigned size_bytes = 0) {
  std::string out(1, static_cast<char>(first));
  if (size_bytes == 0) size_bytes = payload.size() < 126 ? 1 : payload.size() <= 0xffff ? 2 : 8;
  if (size_bytes == 1) {
    out += static_cast<char>(payload.size());
  } else {
    out += size_bytes == 2 ? '\x7e' : '\x7f';
    for (unsigned i = size_bytes; i-- > 0;) out += static_cast<char>(payload.size() >> 8 * i & 0xff);
  }
  return out.append(payload);
}

std::string text(std::string_view payload) { return frame(0x81, payload); }

/// An item that outlives its views.
struct Said {
  Kind kind;
  std::string bytes;
  std::size_t size;
  unsigned code;
  bool operator==(const Said&) const = default;
};

/// What a reader says to `bytes` when they come in pieces of `piece` bytes, up to a violation or a close.
std::vector<Said> read(std::string_view bytes, std::size_t piece = ~std::size_t{0}, std::size_t limit = kLimit) {
  FrameReader reader(limit);
  std::vector<Said> said;
  while (!bytes.empty()) {
    const auto space = reader.prepare();
    EXPECT_FALSE(space.empty());
    const auto size = std::min({space.size(), bytes.size(), piece});
    std::ranges::copy(bytes.substr(0, size), space.begin());
    bytes.remove_prefix(size);
    reader.commit(size);
    for (;;) {
      const auto item = reader.next();
      if (item.kind == Kind::none) break;
      unsigned padding = 0;
      for (std::size_t i = 0; item.kind == Kind::message && i < kMessagePadding; ++i) {
        padding += static_cast<unsigned char>(item.bytes.data()[item.bytes.size() + i]);
      }
      EXPECT_LT(padding, 256 * kMessagePadding) << "a sanitizer sees reads outside of the buffer";
      said.push_back({item.kind, std::string(item.bytes), item.size, item.code});
      if (item.kind == Kind::close || item.kind == Kind::violation) return said;
    }
  }
  return said;
}

std::vector<std::string> messages(const std::vector<Said>& said) {
  std::vector<std::string> out;
  for (const auto& item : said) {
    EXPECT_EQ(item.kind, Kind::message) << item.bytes;
    out.push_back(item.bytes);
  }
  return out;
}

TEST(FrameReader, HandsOutEveryMessageOfARead) {
  std::string bytes;
  std::vector<std::string> sent;
  for (int i = 0; i < 500; ++i) {
    sent.push_back(std::string(static_cast<std::size_t>(i), 'a'));
    bytes += text(sent.back());
  }
  EXPECT_EQ(messages(read(bytes)), sent);
}

TEST(FrameReader, DoesNotCareHowTheBytesArrive) {
  const std::string bytes = text("one") + text("") + text(std::string(125, '2')) + text(std::string(126, '3')) +
                            text(std::string(65535, '4')) + text(std::string(65536, '5')) +
                            text(std::string(300'000, '6')) +
                            frame(0x01, "be") + frame(0x89, "are you there") + frame(0x00, "") + frame(0x80, "gin") +
                            frame(0x8a, "") + frame(0x82, "\0\1\2"s) + text("last");
  const auto expected = read(bytes);
  ASSERT_EQ(expected.size(), 12u);
  EXPECT_EQ(expected[7], (Said{Kind::ping, "are you there", 0, 0}));
  EXPECT_EQ(expected[8].bytes, "begin");
  EXPECT_EQ(expected[9].kind, Kind::pong);
  EXPECT_EQ(expected[10].bytes, "\0\1\2"s);
  EXPECT_EQ(expected[11].bytes, "last");
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 13u, 126u, 4096u, 65'537u}) {
    EXPECT_EQ(read(bytes, piece), expected) << piece;
  }
}

TEST(FrameReader, TakesFramesAroundTheSizeOfItsBuffer) {
  constexpr std::size_t kCapacity = limits::kReadAheadBytes;
  for (const std::size_t size : {kCapacity - 11, kCapacity - 10, kCapacity - 9, kCapacity, kCapacity + 1}) {
    const std::vector<std::string> sent{"before", std::string(size, 'x'), "behind"};
    const auto bytes = text(sent[0]) + text(sent[1]) + text(sent[2]);
    EXPECT_EQ(messages(read(bytes)), sent) << size;
    EXPECT_EQ(messages(read(bytes, 10'000)), sent) << size;
  }
}

TEST(FrameReader, SkipsAnOversizedMessageWholeOrInFragments) {
  const std::string large(20'000, 'y');
  const auto whole = read(text(large) + text("next"), 1000, 10'000);
  ASSERT_EQ(whole.size(), 2u);
  EXPECT_EQ(whole[0].kind, Kind::oversized);
  EXPECT_EQ(whole[0].size, 20'000u);
  EXPECT_GE(whole[0].bytes.size(), 4096u);
  EXPECT_EQ(whole[1].bytes, "next");
  const auto parts = read(frame(0x01, large) + frame(0x00, large) + frame(0x80, "z") + text("next"), 1000, 10'000);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].kind, Kind::oversized);
  EXPECT_EQ(parts[0].size, 40'001u);
  EXPECT_EQ(parts[1].bytes, "next");
}

TEST(FrameReader, KeepsMessagesUpToTheLimit) {
  const std::string most(10'000, 'm');
  EXPECT_EQ(messages(read(text(most), 777, most.size())), std::vector<std::string>{most});
  const auto parts = frame(0x01, most.substr(0, 4000)) + frame(0x80, most.substr(4000));
  EXPECT_EQ(messages(read(parts, 777, most.size())), std::vector<std::string>{most});
}

TEST(FrameReader, NamesEachViolation) {
  const std::string mask(4, 'k');
  const std::vector<std::string> broken{
      frame(0xc1, "x"), frame(0xa1, "x"), frame(0x91, "x"),                 // reserved bits
      frame(0x83, ""), frame(0x87, ""), frame(0x8b, ""), frame(0x8f, ""),   // reserved opcodes
      "\x81\x81"s + mask + "x", "\x89\x80"s + mask,                         // masked
      frame(0x09, ""), frame(0x08, ""), frame(0x0a, ""),                    // control frames in fragments
      frame(0x89, std::string(126, 'p')), frame(0x88, std::string(300, 'p')),
      frame(0x89, "p", 8), frame(0x80, "x"), frame(0x00, "x"),              // nothing to continue
      frame(0x01, "a") + text("b"), frame(0x01, "a") + frame(0x01, "b"),    // a message inside another
      frame(0x01, "a") + frame(0x80, "b") + frame(0x80, "c"),
      frame(0x81, "x", 2), frame(0x81, std::string(125, 'x'), 2),           // lengths not in the shortest way
      frame(0x81, "x", 8), frame(0x81, std::string(65535, 'x'), 8),
      "\x81\x7f\x80\0\0\0\0\0\0\0"s, "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s,
      frame(0x88, "\x03"), frame(0x88, "\x03\xe7"s), frame(0x88, "\0\0"s),  // close codes
      frame(0x88, "\x03\xec"s), frame(0x88, "\x03\xed"s), frame(0x88, "\x03\xee"s), frame(0x88, "\x03\xf7"s),
      frame(0x88, "\x07\xd0"s), frame(0x88, "\x13\x88"s), frame(0x88, "\xff\xff"s),
      frame(0x88, "\x03\xe8\xff"s), frame(0x88, "\x03\xe8\xc3"s), frame(0x88, "\x03\xe8\xed\xa0\x80"s)};
  for (std::size_t i = 0; i < broken.size(); ++i) {
    for (const std::size_t piece : {std::size_t{1}, ~std::size_t{0}}) {
      const auto said = read(text("before") + broken[i], piece);
      ASSERT_GE(said.size(), 2u) << i;
      EXPECT_EQ(said.front().bytes, "before") << i;
      EXPECT_EQ(said.back().kind, Kind::violation) << i;
      EXPECT_FALSE(said.back().bytes.empty()) << i;
    }
  }
}

TEST(FrameReader, TellsWhyThePeerCloses) {
  EXPECT_EQ(read(frame(0x88, "")).back(), (Said{Kind::close, "", 0, 1005}));
  EXPECT_EQ(read(frame(0x88, "\x03\xe9"s)).back(), (Said{Kind::close, "", 0, 1001}));
  EXPECT_EQ(read(frame(0x88, "\x0b\xb8" "b\xc3\xbcsy")).back(), (Said{Kind::close, "b\xc3\xbcsy", 0, 3000}));
  EXPECT_EQ(read(frame(0x01, "open") + frame(0x88, "\x03\xe8"s)).back().kind, Kind::close) << "inside a message";
}

TEST(FrameReader, SurvivesNoise) {
  std::mt19937 random(7);  // the same noise each time
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = text("start");
    const auto length = random() % 300;
    for (unsigned i = 0; i < length; ++i) bytes += static_cast<char>(random() % (i % 2 == 0 ? 256 : 16));
    const auto piece = 1 + random() % 40;
    EXPECT_EQ(read(bytes, piece), read(bytes)) << round;
  }
}

/// Takes a client's frame apart; empty unless it is one whole, masked frame.
std::string unmasked(std::string_view bytes, unsigned& first) {
  first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  EXPECT_TRUE(second & 0x80) << "a client masks";
  std::size_t size = second & 0x7f;
  std::size_t at = 2;
  const std::size_t extended = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (extended > 0) size = 0;
  for (std::size_t i = 0; i < extended; ++i) size = size << 8 | static_cast<unsigned char>(bytes[at++]);
  const auto key = bytes.substr(at, 4);
  std::string payload(bytes.substr(at + 4));
  EXPECT_EQ(payload.size(), size);
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
  return payload;
}

TEST(FrameWriter, MasksFramesOfEveryLength) {
  FrameWriter writer;
  for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u, 65'536u, 200'000u}) {
    std::string out;
    const std::string payload(size, 'p');
    writer.append(out, FrameWriter::Opcode::text, payload);
    unsigned first = 0;
    EXPECT_EQ(unmasked(out, first), payload);
    EXPECT_EQ(first, 0x81u);
    EXPECT_EQ(out.size(), size + (size < 126 ? 6 : size < 65'536 ? 8 : 14)) << "the shortest length";
  }
}

TEST(FrameWriter, ChangesTheKeyWithEachFrame) {
  FrameWriter writer;
  std::vector<std::string> keys;
  for (int i = 0; i < 200; ++i) {
    std::string out;
    writer.append(out, FrameWriter::Opcode::ping, "");
    keys.push_back(out.substr(2));
  }
  std::ranges::sort(keys);
  // Two of 200 keys are the same once in 200,000 runs.
  EXPECT_GE(std::ranges::unique(keys).begin() - keys.begin(), 199);
}

TEST(FrameWriter, ClosesWithTheCodeOrWithout) {
  FrameWriter writer;
  std::string out;
  unsigned first = 0;
  writer.append_close(out, CloseCode::protocol_error);
  EXPECT_EQ(unmasked(out, first), "\x03\xea"s);
  EXPECT_EQ(first, 0x88u);
  out.clear();
  writer.append_close(out, CloseCode::none);
  EXPECT_EQ(unmasked(out, first), "");
}

}  // namespace
}  // namespace telltale::net
