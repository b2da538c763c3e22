#include "collector/body_text.hpp"

#include <gtest/gtest.h>

namespace telltale::collector {
namespace {

using namespace std::string_literals;

TEST(BodyCap, FollowsTypeAndMimeType) {
  const auto structured = std::optional<std::size_t>(8192);
  const auto text = std::optional<std::size_t>(4096);
  for (const char* mime :
       {"application/json", "application/json; charset=utf-8", "Application/JSON", "application/xml",
        "text/xml", "text/csv", "application/x-www-form-urlencoded", "application/graphql",
        "application/vnd.api+json", "application/vnd.x+xml", "application/vnd.x+csv", "application/problem+json",
        "application/ld+json", "application/hal+json", "application/x-ndjson", "application/ndjson",
        "application/jsonl", "application/json-seq", "application/geo+json-seq", "text/json", "text/x-json",
        "application/json-patch+json", "application/manifest+json", "application/json ; charset=utf-8",
        "application/xhtml+xml", "application/soap+xml", "application/rss+xml", "application/xml-dtd", "image/svg+xml",
        "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/vnd.yaml",
        "application/vnd.oai.openapi+yaml", "application/toml", "text/tab-separated-values", "application/csv"}) {
    EXPECT_EQ(body_cap("Fetch", mime), structured) << mime;
  }
  EXPECT_EQ(body_cap("Document", "text/html"), text);
  EXPECT_EQ(body_cap("XHR", "text/plain;charset=latin1"), text);
  for (const char* mime : {"text/markdown", "text/css", "text/javascript", "text/event-stream", "text/x-anything",
                           "application/javascript", "application/x-javascript", "application/ecmascript",
                           "application/x-sh", "application/sql", "application/vnd.apple.mpegurl"}) {
    EXPECT_EQ(body_cap("Fetch", mime), text) << mime;
  }
  for (const char* mime : {"", "json", "application/vnd.x", "application/octet-stream", "application/vnd.x.json+zip",
                           "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/pdf",
                           "application/wasm", "image/png", "video/mp4", "multipart/form-data", "font/woff2",
                           "application/x-protobuf", "application/grpc-web+proto"}) {
    EXPECT_EQ(body_cap("Fetch", mime), std::nullopt) << mime;
  }
  for (const char* type : {"Font", "Image", "Media", "Stylesheet", "Script"}) {
    EXPECT_EQ(body_cap(type, "application/json"), std::nullopt) << type;
  }
}

TEST(CappedText, KeepsWhatFits) {
  EXPECT_EQ(capped_text("", 20), "");
  EXPECT_EQ(capped_text(std::string(20, 'x'), 20), std::string(20, 'x'));
}

TEST(CappedText, CutsBetweenCharactersWithTheMarkInsideTheCap) {
  EXPECT_EQ(capped_text(std::string(21, 'x'), 20), "xxxxxx...[truncated]");
  // Three bytes each: two of them and not six bytes of the third.
  EXPECT_EQ(capped_text("x\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac", 20), "x\u20ac...[truncated]");
  EXPECT_EQ(capped_text("\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600", 20),
            "\U0001F600...[truncated]");
}

TEST(CappedText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(capped_text("a\xFF"s + "b", 20),
            "a\uFFFD"
            "b");
  EXPECT_EQ(capped_text("\xC0\xAF", 20), "\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(capped_text("\xED\xA0\x80", 20), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(capped_text("\xE2\x82", 20), "\uFFFD\uFFFD") << "cut off";
  EXPECT_EQ(capped_text("\xF4\x90\x80\x80", 20).size(), 12u) << "above U+10FFFF";
}

TEST(Utf8From, ReadsACharset) {
  EXPECT_EQ(utf8_from("a\xE4\xFF\x80", "ISO-8859-1"), "a\u00e4\u00ff\u20ac");
  EXPECT_EQ(utf8_from("\x82\xA0\x82", "shift_jis"), "\u3042") << "cut inside of a character";
  EXPECT_EQ(utf8_from("\xE4", "utf-8"), "\xE4");
  EXPECT_EQ(utf8_from("\xE4", ""), "\xE4");
  EXPECT_EQ(utf8_from("\xE4", "no-such-charset"), "\xE4");
}

TEST(Base64, IsDecoded) {
  EXPECT_EQ(from_base64("Iv/+Ig=="), "\"\xFF\xFE\"");
  EXPECT_EQ(from_base64("YWJj"), "abc");
  EXPECT_EQ(from_base64(""), "");
  EXPECT_EQ(base64_size("Iv/+Ig=="), 4u);
  EXPECT_EQ(base64_size("YWI="), 2u);
  EXPECT_EQ(base64_size(""), 0u);
}

}  // namespace
}  // namespace telltale::collector
