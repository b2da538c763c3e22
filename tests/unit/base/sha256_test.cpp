#include "base/sha256.hpp"

#include <gtest/gtest.h>

namespace telltale::base {
namespace {

std::string sha256(std::string_view text, std::size_t step) {
  Sha256 hash;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) hash.put(text.substr(0, step));
  return hash.finish();
}

// The examples of FIPS 180-4, and sizes around the end of a block; made with sha256sum.
TEST(Sha256, IsThatOfTheStandard) {
  for (const std::size_t step : {1u, 7u, 64u, 1'000u}) {
    EXPECT_EQ(sha256("", step), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("abc", step), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", step),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256(std::string(55, 'a'), step), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    EXPECT_EQ(sha256(std::string(56, 'a'), step), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
    EXPECT_EQ(sha256(std::string(64, 'a'), step), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    EXPECT_EQ(sha256(std::string(1'000'000, 'a'), step),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }
}

}  // namespace
}  // namespace telltale::base
