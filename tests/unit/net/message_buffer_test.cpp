#include "net/message_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace telltale::net {
namespace {

void append(MessageBuffer& buffer, std::string_view text) {
  while (!text.empty()) {
    const auto space = buffer.prepare();
    const auto size = std::min(space.size(), text.size());
    std::ranges::copy(text.substr(0, size), space.begin());
    buffer.commit(size);
    text.remove_prefix(size);
  }
}

TEST(MessageBuffer, KeepsMessagesUpToTheLimit) {
  MessageBuffer buffer(1'000'000);
  const std::string message(1'000'000, 'm');
  append(buffer, message);
  EXPECT_FALSE(buffer.oversized());
  EXPECT_EQ(buffer.text(), message);
}

TEST(MessageBuffer, KeepsThePrefixOfALargerMessageAndCountsTheRest) {
  MessageBuffer buffer(10'000);
  append(buffer, "start" + std::string(4'000'000, 'm'));
  EXPECT_TRUE(buffer.oversized());
  EXPECT_EQ(buffer.size(), 4'000'005u);
  EXPECT_GE(buffer.text().size(), 4096u);
  EXPECT_TRUE(buffer.text().starts_with("startm"));
}

TEST(MessageBuffer, StartsAfreshAfterClear) {
  MessageBuffer buffer(100);
  append(buffer, std::string(3'000'000, 'm'));
  buffer.clear();
  append(buffer, "next");
  EXPECT_FALSE(buffer.oversized());
  EXPECT_EQ(buffer.text(), "next");
}

}  // namespace
}  // namespace telltale::net
