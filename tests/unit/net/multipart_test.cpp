#include "net/multipart.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "net/limits.hpp"

namespace telltale::net {
namespace {

using base::Errc;
using Kind = MultipartEvent::Kind;

struct Part {
  MultipartHead head;
  std::string data;
  bool complete = false;
};

struct Parsed {
  std::vector<Part> parts;
  bool ended = false;
  std::string error;
};

/// Hands the body over in pieces of `step` bytes.
Parsed parse(std::string_view body, std::size_t step = 1'000'000, const std::string& boundary = "B") {
  MultipartParser parser(boundary);
  Parsed parsed;
  while (!body.empty()) {
    parser.put(body.substr(0, step));
    body.remove_prefix(std::min(step, body.size()));
    for (;;) {
      const auto event = parser.next();
      if (!event) {
        parsed.error = event.error().message;
        return parsed;
      }
      if (event->kind == Kind::part) parsed.parts.push_back({event->head, "", false});
      if (event->kind == Kind::data) parsed.parts.back().data += event->data;
      if (event->kind == Kind::part_end) parsed.parts.back().complete = true;
      if (event->kind == Kind::end) parsed.ended = true;
      if (event->kind == Kind::need_more || event->kind == Kind::end) break;
    }
  }
  return parsed;
}

std::string part(std::string_view disposition, std::string_view data, std::string_view more = "") {
  return "--B\r\nContent-Disposition: " + std::string(disposition) + "\r\n" + std::string(more) + "\r\n" +
         std::string(data) + "\r\n";
}
std::string file(std::string_view parameters, std::string_view data = "x") {
  return part("form-data; name=\"file\"" + std::string(parameters), data) + "--B--\r\n";
}

TEST(Multipart, YieldsItsPartsHoweverTheyAreCut) {
  const std::string data = "one\r\ntwo\r\n--\r\n--A\r\n-\r\n\r\n-B\n--B\r--B";
  const auto body = "ignored\r\n" +
                    part("form-data; name=\"file\"; filename=\"a b.txt\"", data, "Content-Type: text/csv\r\n") +
                    part("form-data; name=note", "") + "--B--\r\nignored, too --B";
  for (std::size_t step = 1; step < body.size() + 1; ++step) {
    const auto parsed = parse(body, step);
    ASSERT_EQ(parsed.error, "") << step;
    ASSERT_EQ(parsed.parts.size(), 2u) << step;
    EXPECT_EQ(parsed.parts[0].head.name, "file");
    EXPECT_EQ(parsed.parts[0].head.filename, "a b.txt");
    EXPECT_EQ(parsed.parts[0].head.content_type, "text/csv");
    EXPECT_EQ(parsed.parts[0].data, data) << step;
    EXPECT_TRUE(parsed.parts[0].complete);
    EXPECT_EQ(parsed.parts[1].head.name, "note");
    EXPECT_EQ(parsed.parts[1].head.filename, std::nullopt);
    EXPECT_EQ(parsed.parts[1].data, "");
    EXPECT_TRUE(parsed.parts[1].complete && parsed.ended);
  }
}

TEST(Multipart, CarriesAllBytes) {
  std::string data;
  for (int i = 0; i < 100'000; ++i) data += static_cast<char>(i * 7);
  for (const std::size_t step : {1u, 4'096u, 1'000'000u}) {
    const auto parsed = parse(file("; filename=x", data), step);
    ASSERT_EQ(parsed.error, "");
    EXPECT_EQ(parsed.parts.at(0).data, data);
  }
}

TEST(Multipart, ReadsNamesAsClientsWriteThem) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"; filename=plain.txt", "plain.txt"},
      {"; filename=\"\"", ""},
      {"; filename=\"a;b, c=d.txt\"", "a;b, c=d.txt"},
      {"; filename=\"r\xc3\xa4te.csv\"", "räte.csv"},
      {"; filename=\"say \\\"hi\\\".txt\"", "say \"hi\".txt"},
      {"; filename=\"say %22hi%22.txt\"", "say \"hi\".txt"},
      {"; filename=\"C:\\\\temp\\\\a.txt\"", "C:\\temp\\a.txt"},
      {"; filename=\"C:\\temp\\a.txt\"", "C:\\temp\\a.txt"},
      {"; filename=\"a%0D%0Ab.txt\"", "a\r\nb.txt"},
      {"; filename=\"100%25.txt\"", "100%25.txt"},
      {"; filename*=UTF-8''%e2%82%ac%20r%C3%A4te.csv", "€ räte.csv"},
      {"; filename=\"EUR.csv\"; filename*=utf-8'de'%e2%82%ac.csv", "€.csv"},
      {"; filename*=UTF-8''%e2%82%ac.csv; filename=\"EUR.csv\"", "€.csv"},
      {"; filename=\"../../etc/passwd\"", "../../etc/passwd"},
      {"; filename=\"a\x01\tb\"", "a\x01\tb"},
      {" ;  filename=\"x\" ; ", "x"},
      {"; FileName=\"x\"", "x"}};
  for (const auto& [parameters, name] : cases) {
    const auto parsed = parse(file(parameters));
    ASSERT_EQ(parsed.error, "") << parameters;
    EXPECT_EQ(parsed.parts.at(0).head.filename, name) << parameters;
  }
}

TEST(Multipart, RefusesWhatIsNotWellFormed) {
  const std::vector<std::string> bodies{
      file("; filename=\"open"),
      file("; filename"),
      file("; filename="),
      file("; =x"),
      file(" filename=x"),
      file("; filename=a; filename=b"),
      file("; filename*=x"),
      file("; filename*=UTF-8''%zz"),
      file("; filename*=UTF-16''x"),
      part("attachment; name=file", "x"),
      part("form-data", "x"),
      part("form-data; filename=x", "x"),
      part("form-data; name=a\r\nContent-Disposition: form-data; name=b", "x"),
      part("form-data; name=a", "x", "Content-Transfer-Encoding: base64\r\n"),
      part("form-data; name=a", "x", "no field\r\n"),
      part("form-data; name=a", "x", " folded: line\r\n"),
      part("form-data; name=a", "x", "X: a\nb\r\n"),
      part("form-data; name=a", "x", std::string("X: a\0b\r\n", 8)),
      "--B\r\n\r\nno header\r\n--B--\r\n",
      "--B\r\nContent-Type: text/plain\r\n\r\nno disposition\r\n--B--\r\n",
      "--Bx\r\n",
      "--B-\r\n",
      "--B \tx\r\n",
      "--B\nContent-Disposition: form-data; name=a\n\nx\n--B--\n",
      std::string(20'000, 'x'),
      "--B\r\nContent-Disposition: form-data; name=a\r\nX: " + std::string(limits::kMultipartHeaderBytes, 'x') +
          "\r\n\r\n",
      "--B\r\n" + std::string(limits::kMultipartHeaderBytes + 10, 'x'),
      "--B" + std::string(limits::kMultipartHeaderBytes + 10, ' ')};
  for (const auto& body : bodies) {
    for (const std::size_t step : {1u, 1'000'000u}) {
      EXPECT_NE(parse(body, step).error, "") << body.substr(0, 200);
    }
  }
  std::string many;
  for (std::size_t i = 0; i <= limits::kMultipartParts; ++i) many += part("form-data; name=a", "x");
  EXPECT_NE(parse(many).error, "");
}

TEST(Multipart, DoesNotEndWhenItIsCutOff) {
  const auto body = file("; filename=x", "data");
  for (std::size_t size = 0; size < body.size() - std::string_view("\r\n").size(); ++size) {
    const auto parsed = parse(body.substr(0, size));
    EXPECT_EQ(parsed.error, "") << size;
    EXPECT_FALSE(parsed.ended) << size;
  }
}

// Another multipart body is a file like any other.
TEST(Multipart, LeavesANestedBodyAlone) {
  const std::string inner = "--inner\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--inner--";
  const auto parsed = parse(part("form-data; name=file; filename=m", inner,
                                 "Content-Type: multipart/mixed; boundary=inner\r\n") +
                            "--B--");
  ASSERT_EQ(parsed.error, "");
  ASSERT_EQ(parsed.parts.size(), 1u);
  EXPECT_EQ(parsed.parts[0].data, inner);
}

TEST(Multipart, TakesTheBoundaryFromTheContentType) {
  for (const auto* type :
       {"multipart/form-data; boundary=B", "multipart/form-data; boundary=\"B\"", "Multipart/Form-Data;boundary=B",
        "multipart/form-data; charset=utf-8; boundary=B", "multipart/form-data ; BOUNDARY=B;"}) {
    const auto boundary = multipart_boundary(type);
    ASSERT_TRUE(boundary) << type << ": " << boundary.error().message;
    EXPECT_EQ(*boundary, "B") << type;
  }
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=\"a b:c\""), "a b:c");
  for (const std::string type :
       {"", "application/json", "multipart/mixed; boundary=B", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"B \"",
        "multipart/form-data; boundary=\"B", "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=\"a\\\"b\"", "multipart/form-dataX; boundary=B",
        "multipart/form-data; boundary=\"a\x01\""}) {
    const auto boundary = multipart_boundary(type);
    ASSERT_FALSE(boundary) << type;
    EXPECT_EQ(boundary.error().code, Errc::protocol) << type;
  }
  EXPECT_FALSE(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'b')));
  EXPECT_TRUE(multipart_boundary("multipart/form-data; boundary=" + std::string(70, 'b')));
}

}  // namespace
}  // namespace telltale::net
