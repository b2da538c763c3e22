// Forms with parts, markup, and what looks like an assignment, in the scanner of credentials.

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "telemetry/secret_scan.hpp"

namespace telltale::telemetry {
namespace {

constexpr auto npos = std::string_view::npos;

constexpr bool is_name_char(char c) noexcept {
  return base::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '$' || c == '[' || c == ']';
}
constexpr bool is_quote(char c) noexcept { return c == '"' || c == '\'' || c == '`'; }
constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t'; }

// The value of a parameter of a header such as `form-data; name="a"`, whatever its quotes; absent: empty.
std::string_view parameter(std::string_view head, std::string_view name) {
  for (auto at = head.find(name); at != npos; at = head.find(name, at + 1)) {
    const bool begins = at > 0 && (head[at - 1] == ' ' || head[at - 1] == ';' || head[at - 1] == '\t');
    auto value = at + name.size();
    if (!begins || value >= head.size() || head[value] != '=') continue;
    ++value;
    if (value < head.size() && head[value] == '"') return head.substr(value + 1, head.find('"', value + 1) - value - 1);
    return head.substr(value, head.find_first_of("; \r\n", value) - value);
  }
  return {};
}

std::size_t quoted_end(std::string_view text, std::size_t begin, char quote) {
  while (begin < text.size() && text[begin] != quote && text[begin] != '\n') begin += text[begin] == '\\' ? 2 : 1;
  return std::min(begin, text.size());
}

}  // namespace

void SecretScan::multipart() {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  const auto boundary = text_.substr(0, text_.find("\r\n"));
  if (boundary.size() < 3) return;
  for (std::size_t part = 0; part != npos;) {
    const auto head_end = text_.find(kHeadEnd, part);
    if (head_end == npos) break;
    const auto begin = head_end + kHeadEnd.size();
    const auto next = text_.find(boundary, begin);
    // Up to the line break that belongs to the boundary.
    const auto end = next == npos ? text_.size() : std::max(begin, next - std::min<std::size_t>(next, 2));
    const auto name = parameter(text_.substr(part, head_end - part), "name");
    if (names_.covers(percent_decoded(name, false).text)) {
      found(begin, end);
    } else {
      inner_value(begin, end, false);
    }
    part = next;
  }
}

// <input name="csrf_token" value="x">, <meta name="token" content="x">, <login password="x"/>
void SecretScan::attributes(std::size_t begin, std::size_t end) {
  bool named = false;
  std::array<SecretPiece, 2> values{};
  std::size_t count = 0;
  const auto tag = text_.substr(0, end);
  for (auto equals = tag.find('=', begin); equals != npos; equals = tag.find('=', begin)) {
    std::size_t name = equals;
    while (name > begin && (is_name_char(text_[name - 1]) || text_[name - 1] == ':')) --name;
    auto value = equals + 1;
    const char quote = value < end && is_quote(text_[value]) ? text_[value++] : '\0';
    const auto value_end =
        std::min(quote != '\0' ? tag.find(quote, value) : tag.find_first_of(" \t\r\n", value), end);
    auto attribute = text_.substr(name, equals - name);
    if (const auto colon = attribute.rfind(':'); colon != npos) attribute.remove_prefix(colon + 1);
    const auto is = [&](std::string_view known) { return base::same_name(attribute, known); };
    if (names_.covers(attribute)) {
      found(value, value_end);
    } else if (is("name") || is("id") || is("property") || is("key")) {
      named = named || names_.covers(text_.substr(value, value_end - value));
    } else if ((is("value") || is("content")) && count < values.size()) {
      values[count++] = {value, value_end};
    }
    begin = std::max(value_end, equals + 1);
  }
  for (std::size_t i = 0; named && i < count; ++i) found(values[i].begin, values[i].end);
}

void SecretScan::markup() {
  for (auto open = text_.find('<'); open != npos; open = text_.find('<', open + 1)) {
    auto name_end = open + 1;
    while (name_end < text_.size() && (is_name_char(text_[name_end]) || text_[name_end] == ':')) ++name_end;
    const auto name = text_.substr(open + 1, name_end - open - 1);
    if (name.empty()) continue;
    // Up to the > that is not inside of a value's quotes; a < begins another one, whatever that was.
    auto close = name_end;
    while (close < text_.size() && text_[close] != '>' && text_[close] != '<') {
      const bool opens = (text_[close] == '"' || text_[close] == '\'') && text_[close - 1] == '=';
      if (opens) close = std::min(text_.find(text_[close], close + 1), text_.size() - 1);
      ++close;
    }
    attributes(name_end, close);
    if (close == text_.size()) break;  // it was cut off here
    const auto local = name.substr(name.rfind(':') + 1);  // npos + 1 is 0
    if (text_[close] == '>' && text_[close - 1] != '/' && names_.covers(local)) {
      const auto end = std::min(text_.find("</" + std::string(name), close), text_.size());
      found(close + 1, end);
      open = std::max(open, std::min(end, text_.size() - 1));
    }
  }
}

void SecretScan::assignments(Assigned which) {
  for (auto at = text_.find_first_of("=:"); at != npos; at = text_.find_first_of("=:", at + 1)) {
    auto name_end = at;
    while (name_end > 0 && is_space(text_[name_end - 1])) --name_end;
    if (name_end > 0 && is_quote(text_[name_end - 1])) --name_end;
    auto begin = name_end;
    while (begin > 0 && is_name_char(text_[begin - 1])) --begin;
    const auto name = text_.substr(begin, name_end - begin);
    if (name.empty() || !names_.covers_header(name)) continue;
    auto value = at + 1;
    while (value < text_.size() && (text_[value] == '=' || text_[value] == '>')) ++value;  // ==, =>
    while (value < text_.size() && is_space(text_[value])) ++value;
    if (value >= text_.size()) return;
    if (is_quote(text_[value])) {
      found(value + 1, quoted_end(text_, value + 1, text_[value]));
      continue;
    }
    auto line = begin;
    while (line > 0 && (is_space(text_[line - 1]) || text_[line - 1] == '-')) --line;
    const bool own_line = line == 0 || text_[line - 1] == '\n' || text_[line - 1] == '\r';
    // A cookie has many values, a credential may have several words.
    const bool whole_line = !names_.covers(name) || base::same_name(name, "authorization");
    auto end = value;
    if (which == Assigned::anything && !own_line && !whole_line) {
      end = std::min(text_.find_first_of(" \t\r\n,;&)}]>\"'", value), text_.size());
    } else if (which == Assigned::anything || (own_line && name_end == at)) {
      end = std::min(text_.find_first_of("\r\n", value), text_.size());
      // In a body a line of code is none.
      if (which == Assigned::quoted && text_.substr(value, end - value).find_first_of("{[(<&") != npos) continue;
    }
    found(value, end);
    at = std::max(at, end - 1);
  }
}

}  // namespace telltale::telemetry
