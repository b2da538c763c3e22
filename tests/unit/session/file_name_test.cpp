#include "session/file_name.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "session/limits.hpp"

namespace telltale::session {
namespace {

TEST(FileName, IsTheLastPartOfWhatTheClientSays) {
  using namespace std::string_literals;
  const std::vector<std::pair<std::string, std::string>> cases{
      {"cv.pdf", "cv.pdf"},
      {"my cv.pdf", "my cv.pdf"},
      {"../../etc/passwd", "passwd"},
      {"/etc/shadow", "shadow"},
      {"C:\\Users\\ada\\cv.pdf", "cv.pdf"},
      {"..\\..\\cv.pdf", "cv.pdf"},
      {"a/..b", "..b"},
      {".bashrc", ".bashrc"},
      {"-rf", "-rf"},
      {"€ räte 履歴書.csv", "€ räte 履歴書.csv"},
      {"\U0001F4C4.txt", "\U0001F4C4.txt"},
      {"a\0b.pdf"s, "a_b.pdf"},
      {"a\r\nb\t.pdf", "a__b_.pdf"},
      {"caf\xe9.txt", "caf_.txt"},
      {"\xed\xa0\x80.txt", "___.txt"},
      {"exe\xe2\x80\xaetxt.pdf", "exe_txt.pdf"},
      {"a\"b'c$(id).txt", "a\"b'c$(id).txt"},
      {"%2e%2e%2fx", "%2e%2e%2fx"}};
  for (const auto& [given, name] : cases) EXPECT_EQ(safe_file_name(given), name) << given;
}

TEST(FileName, OfNothingIsNone) {
  for (const auto* given : {"", ".", "..", "../", "a/", "a/..", "\\", "  ", "/ "}) {
    EXPECT_EQ(safe_file_name(given), std::nullopt) << given;
  }
}

TEST(FileName, IsShortenedBeforeItsExtension) {
  const auto name = safe_file_name(std::string(1'000, 'x') + ".tar.gz");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->size(), limits::kFileNameBytes);
  EXPECT_TRUE(name->ends_with("xxx.gz")) << *name;
  // No character is cut in two.
  std::string euros;
  for (int i = 0; i < 300; ++i) euros += "€";
  EXPECT_EQ(safe_file_name(euros + ".pdf")->size(), 251u / 3 * 3 + 4);
  EXPECT_EQ(safe_file_name("a." + std::string(400, 'e'))->size(), limits::kFileNameBytes);
}

TEST(FileName, TellsSessionsFoldersFromOthers) {
  EXPECT_TRUE(is_session_id("3522ac11-48af-4b1a-9723-1515c8512cdc"));
  EXPECT_TRUE(is_session_id("3522AC11-48AF-4B1A-9723-1515C8512CDC"));
  EXPECT_FALSE(is_session_id("3522ac11-48af-4b1a-9723-1515c8512cd"));
  EXPECT_FALSE(is_session_id("3522ac11-48af-4b1a-9723-1515c8512cdcc"));
  EXPECT_FALSE(is_session_id("3522ac11x48af-4b1a-9723-1515c8512cdc"));
  EXPECT_FALSE(is_session_id(""));
}

}  // namespace
}  // namespace telltale::session
