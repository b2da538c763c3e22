#include "net/multipart.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/ascii.hpp"
#include "net/http.hpp"
#include "net/limits.hpp"

namespace telltale::net {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using Kind = MultipartEvent::Kind;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kBoundaryBytes = 70;  // RFC 2046 5.1.1

std::unexpected<base::Error> malformed(const std::string& what) {
  return fail(Errc::protocol, "the multipart body is not well formed: " + what);
}

bool is_token_char(char c) noexcept {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";  // RFC 9110 5.6.2
  return base::is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
}

std::string_view take_token(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_token_char) - text.begin();
  const auto token = text.substr(0, static_cast<std::size_t>(end));
  text.remove_prefix(token.size());
  return token;
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

// After the opening quote. A backslash takes away the meaning of a quote and of itself only: some clients send
// those of Windows' paths as they are.
Result<std::string> take_quoted(std::string_view& text) {
  std::string value;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"') return value;
    const bool escapes = c == '\\' && !text.empty() && (text.front() == '"' || text.front() == '\\');
    value += escapes ? text.front() : c;
    if (escapes) text.remove_prefix(1);
  }
  return malformed("a quoted text has no end");
}

using Parameters = std::map<std::string, std::string, std::less<>>;

/// `; name=value; name="value"`, names in lower case.
Result<Parameters> parse_parameters(std::string_view text) {
  Parameters parameters;
  for (skip_blanks(text); !text.empty(); skip_blanks(text)) {
    if (text.front() != ';') return malformed("a parameter does not begin with ;");
    text.remove_prefix(1);
    skip_blanks(text);
    if (text.empty()) break;  // a ; at the end is common
    std::string name = base::ascii_lower(take_token(text));
    if (name.empty() || !text.starts_with('=')) return malformed("a parameter has no name or no value");
    text.remove_prefix(1);
    std::string value;
    if (text.starts_with('"')) {
      text.remove_prefix(1);
      auto quoted = take_quoted(text);
      if (!quoted) return std::unexpected(quoted.error());
      value = std::move(*quoted);
    } else {
      value = take_token(text);
      if (value.empty()) return malformed("a parameter has no value");
    }
    if (!parameters.emplace(std::move(name), std::move(value)).second) return malformed("a parameter comes twice");
  }
  return parameters;
}

/// UTF-8'LANGUAGE'PERCENT-ENCODED (RFC 8187). RFC 7578 has no use for it, some clients have.
Result<std::string> parse_extended(std::string_view text) {
  const auto charset = text.substr(0, text.find('\''));
  const auto second = charset.size() < text.size() ? text.find('\'', charset.size() + 1) : std::string_view::npos;
  if (second == std::string_view::npos) return malformed("filename* is not CHARSET'LANGUAGE'TEXT");
  if (!base::same_name(charset, "UTF-8")) return malformed("filename* is not in UTF-8");
  auto value = percent_decode(text.substr(second + 1));
  if (!value) return malformed("filename* has a broken percent-encoding");
  return std::move(*value);
}

// What browsers do to these three in names (HTML, "multipart/form-data encoding algorithm").
std::string undo_browsers_escapes(std::string_view text) {
  constexpr std::pair<std::string_view, char> kEscapes[] = {{"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}};
  std::string value;
  while (!text.empty()) {
    const auto* const escape = std::ranges::find_if(
        kEscapes, [&](const auto& row) { return base::same_name(text.substr(0, row.first.size()), row.first); });
    value += escape == std::end(kEscapes) ? text.front() : escape->second;
    text.remove_prefix(escape == std::end(kEscapes) ? 1 : escape->first.size());
  }
  return value;
}

/// One value of Content-Disposition.
Result<void> set_disposition(MultipartHead& head, std::string_view value) {
  const auto kind = take_token(value);
  if (!base::same_name(kind, "form-data")) return malformed("a part's Content-Disposition is not form-data");
  const auto parameters = parse_parameters(value);
  if (!parameters) return std::unexpected(parameters.error());
  const auto name = parameters->find("name");
  if (name == parameters->end()) return malformed("a part has no name");
  head.name = undo_browsers_escapes(name->second);
  if (const auto filename = parameters->find("filename"); filename != parameters->end()) {
    head.filename = undo_browsers_escapes(filename->second);
  }
  if (const auto extended = parameters->find("filename*"); extended != parameters->end()) {
    auto decoded = parse_extended(extended->second);
    if (!decoded) return std::unexpected(decoded.error());
    head.filename = std::move(*decoded);
  }
  return {};
}

// Other control characters stand in names that browsers send; they are whoever's who uses the name.
bool breaks_lines(char c) noexcept { return c == '\0' || c == '\r' || c == '\n'; }

/// `text`: the lines of a part's header, each with its end.
Result<MultipartHead> parse_head(std::string_view text) {
  MultipartHead head;
  bool disposed = false;
  while (!text.empty()) {
    const auto end = text.find(kLineEnd);
    auto line = text.substr(0, end);
    text.remove_prefix(end + kLineEnd.size());
    if (std::ranges::any_of(line, breaks_lines)) return malformed("a part's header has a line break within a line");
    const auto name = take_token(line);
    if (name.empty() || !line.starts_with(':')) return malformed("a line of a part's header is no field");
    line.remove_prefix(1);
    skip_blanks(line);
    while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
    if (base::same_name(name, "Content-Disposition")) {
      if (std::exchange(disposed, true)) return malformed("a part has two Content-Disposition");
      if (const auto set = set_disposition(head, line); !set) return std::unexpected(set.error());
    } else if (base::same_name(name, "Content-Type")) {
      head.content_type = line;
    } else if (base::same_name(name, "Content-Transfer-Encoding")) {
      const bool plain =
          base::same_name(line, "binary") || base::same_name(line, "8bit") || base::same_name(line, "7bit");
      if (!plain) return malformed("a part is encoded (Content-Transfer-Encoding), which RFC 7578 forbids");
    }
  }
  if (!disposed) return malformed("a part has no Content-Disposition");
  return head;
}

}  // namespace

Result<std::string> multipart_boundary(std::string_view content_type) {
  auto rest = content_type;
  skip_blanks(rest);
  const auto type = rest.substr(0, rest.find_first_of("; \t"));
  if (!base::same_name(type, "multipart/form-data")) {
    return fail(Errc::protocol, "the body must be multipart/form-data");
  }
  rest.remove_prefix(type.size());
  // The characters of a boundary that need quotes are often sent without (RFC 2046 5.1.1).
  const auto parameters = parse_parameters(rest);
  if (!parameters) return fail(Errc::protocol, "Content-Type: " + parameters.error().message);
  const auto boundary = parameters->find("boundary");
  if (boundary == parameters->end()) return fail(Errc::protocol, "Content-Type names no boundary");
  const auto& value = boundary->second;
  constexpr std::string_view kOthers = "'()+_,-./:=? ";
  const bool fits = !value.empty() && value.size() <= kBoundaryBytes && !value.ends_with(' ') &&
                    std::ranges::all_of(value, [&](char c) {
                      return is_token_char(c) || kOthers.find(c) != std::string_view::npos;
                    });
  if (!fits) return fail(Errc::protocol, "Content-Type has a bad boundary");
  return value;
}

MultipartParser::MultipartParser(const std::string& boundary) : delimiter_("\r\n--" + boundary) {}

void MultipartParser::put(std::string_view bytes) {
  if (state_ == State::epilogue) return;
  buffer_.erase(0, begin_);
  begin_ = 0;
  buffer_ += bytes;
}

Result<MultipartEvent> MultipartParser::next() {
  switch (state_) {
    case State::preamble:
    case State::data:
      return find_delimiter();
    case State::delimiter:
      return end_delimiter();
    case State::head:
      return read_head();
    case State::epilogue:
      break;
  }
  return MultipartEvent{Kind::end};
}

// Everything before the next delimiter is the part's data, or preamble.
Result<MultipartEvent> MultipartParser::find_delimiter() {
  const std::string_view rest = std::string_view(buffer_).substr(begin_);
  const auto found = rest.find(delimiter_);
  const bool whole = found != std::string_view::npos;
  // What could be the beginning of a delimiter stays until more of it is there.
  const auto size = whole ? found : rest.size() - std::min(rest.size(), delimiter_.size() - 1);
  if (state_ == State::preamble) {
    begin_ += size;
    skipped_ += size;
    if (skipped_ > limits::kMultipartHeaderBytes) return malformed("it does not begin with its boundary");
    if (!whole) return MultipartEvent{};
  } else if (size > 0) {
    begin_ += size;
    return MultipartEvent{Kind::data, {}, rest.substr(0, size)};
  } else if (!whole) {
    return MultipartEvent{};
  }
  begin_ += delimiter_.size();
  const bool in_part = std::exchange(state_, State::delimiter) == State::data;
  if (in_part) return MultipartEvent{Kind::part_end};
  return next();
}

// After the boundary: two hyphens where it was the last, blanks, the end of the line.
Result<MultipartEvent> MultipartParser::end_delimiter() {
  const std::string_view rest = std::string_view(buffer_).substr(begin_);
  if (rest.starts_with("--")) {
    state_ = State::epilogue;
    buffer_.clear();
    begin_ = 0;
    return MultipartEvent{Kind::end};
  }
  if (rest == "-") return MultipartEvent{};
  const auto blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
  const auto line_end = rest.substr(blanks, kLineEnd.size());
  if (blanks > limits::kMultipartHeaderBytes || !kLineEnd.starts_with(line_end)) {
    return malformed("a line begins with the boundary and goes on");
  }
  if (line_end.size() < kLineEnd.size()) return MultipartEvent{};
  if (++parts_ > limits::kMultipartParts) return fail(Errc::limit, "the multipart body has too many parts");
  begin_ += blanks + kLineEnd.size();
  state_ = State::head;
  return read_head();
}

Result<MultipartEvent> MultipartParser::read_head() {
  const std::string_view rest = std::string_view(buffer_).substr(begin_);
  if (rest.starts_with(kLineEnd)) return malformed("a part has no Content-Disposition");
  const auto end = rest.find("\r\n\r\n");
  if (std::min(end, rest.size()) > limits::kMultipartHeaderBytes) {
    return fail(Errc::limit,
                "a part's header is larger than " + std::to_string(limits::kMultipartHeaderBytes) + " bytes");
  }
  if (end == std::string_view::npos) return MultipartEvent{};
  auto head = parse_head(rest.substr(0, end + kLineEnd.size()));
  if (!head) return std::unexpected(head.error());
  begin_ += end + 2 * kLineEnd.size();
  state_ = State::data;
  return MultipartEvent{Kind::part, std::move(*head)};
}

}  // namespace telltale::net
