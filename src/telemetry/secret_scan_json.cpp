// JSON in the scanner of credentials: tolerant, since bodies are cut off, come behind prefixes against hijacking
// (`)]}'`, `while(1);`), in frames (`42["event",{...}]`) and inside of scripts.

#include <algorithm>

#include "base/ascii.hpp"
#include "telemetry/secret_scan.hpp"

namespace telltale::telemetry {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::string_view kQuotedMask = "\"[redacted]\"";
// A name is no longer. Bounds the search for its end where a quote turns out to begin none.
constexpr std::size_t kLongestName = 1024;

// Ends of JSON pieces in text that may stop anywhere: the end of the text is then theirs.

std::size_t string_end(std::string_view json, std::size_t after_quote) {
  std::size_t at = after_quote;
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return std::min(at + 1, json.size());
}

std::size_t value_end(std::string_view json, std::size_t begin) {
  if (json[begin] == '"') return string_end(json, begin + 1);
  if (json[begin] != '{' && json[begin] != '[') {
    return std::min(json.find_first_of(",}] \t\r\n", begin), json.size());
  }
  std::size_t depth = 0;
  for (std::size_t at = begin; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      at = string_end(json, at + 1);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return json.size();
}

char unescaped(char c) noexcept {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    default:
      return c;
  }
}

// The value of \uXXXX at `digits`; -1 when there is none.
int code_unit(std::string_view text, std::size_t digits) noexcept {
  if (digits + 4 > text.size()) return -1;
  int value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int digit = base::hex_digit(text[digits + i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

std::string plain(std::string_view text) {
  return text.find('\\') == npos ? std::string(text) : json_unescaped(text).text;
}

}  // namespace

DecodedLayer json_unescaped(std::string_view text) {
  DecodedLayer layer;
  layer.text.reserve(text.size());
  layer.origin.reserve(text.size() + 1);
  for (std::size_t at = 0; at < text.size();) {
    layer.origin.push_back(static_cast<std::uint32_t>(at));
    if (text[at] != '\\' || at + 1 == text.size()) {
      layer.text += text[at++];
      continue;
    }
    const int unit = text[at + 1] == 'u' ? code_unit(text, at + 2) : -1;
    layer.text += unit < 0 ? unescaped(text[at + 1]) : unit < 0x80 ? static_cast<char>(unit) : '?';
    at += unit < 0 ? 2 : 6;
  }
  layer.origin.push_back(static_cast<std::uint32_t>(text.size()));
  return layer;
}

void SecretScan::inner_json_string(std::size_t begin, std::size_t end) {
  const auto raw = text_.substr(begin, end - begin);
  if (raw.find('\\') == npos) return inner_value(begin, end, true);
  const auto layer = json_unescaped(raw);
  SecretScan inner(names_, layer.text, depth_);
  inner.inner_value(0, layer.text.size(), true);
  for (auto piece : inner.pieces_) {
    std::string mask;
    for (const char c : piece.mask) {
      if (c == '"' || c == '\\') mask += '\\';
      mask += c;
    }
    piece.mask = std::move(mask);
    found(begin + layer.origin[piece.begin], begin + layer.origin[piece.end], piece.mask);
  }
}

// Lists of headers and form fields are objects that tell name and value apart.
void SecretScan::json_pair_of_name_and_value(std::string_view name, std::size_t value, std::size_t end) {
  if (base::same_name(name, "name") || base::same_name(name, "key") || base::same_name(name, "header")) {
    if (text_[value] != '"' || !names_.covers_header(plain(text_.substr(value + 1, end - value - 2)))) return;
    named_.secret = true;
  } else if (base::same_name(name, "value")) {
    named_.begin = value;
    named_.end = end;
  } else {
    return;
  }
  if (named_.secret && named_.begin < named_.end) found(named_.begin, named_.end, kQuotedMask);
}

// Returns where to look on.
std::size_t SecretScan::json_member(std::size_t name_begin, std::size_t name_end, std::size_t value) {
  const auto name = plain(text_.substr(name_begin, name_end - name_begin));
  if (names_.covers(name) || (normal_name(name) == "code" && json_speaks_of_sign_in())) {
    const auto end = value_end(text_, value);
    found(value, end, kQuotedMask);
    return end;
  }
  if (text_[value] == '{' || text_[value] == '[') return value;
  const auto end = value_end(text_, value);
  const bool closed = end > value + 1 && text_[end - 1] == '"';
  if (text_[value] != '"' || closed) json_pair_of_name_and_value(name, value, end);
  if (text_[value] != '"') return value;
  inner_json_string(value + 1, closed ? end - 1 : end);
  return end;
}

bool SecretScan::json_speaks_of_sign_in() {
  if (!signs_in_) {
    const auto has = [&](std::string_view name) { return text_.find(name) != npos; };
    signs_in_ = has("\"grant_type\"") || has("\"redirect_uri\"") || has("\"code_verifier\"") ||
                has("\"grantType\"") || has("\"redirectUri\"") || has("\"codeVerifier\"");
  }
  return *signs_in_;
}

void SecretScan::json() {
  named_ = {};
  std::size_t looked = 0;
  for (auto at = text_.find('"'); at != npos; at = text_.find('"', at)) {
    if (text_.substr(looked, at - looked).find_first_of("{}") != npos) named_ = {};
    looked = at;
    const auto begin = at + 1;
    const auto end = string_end(text_, begin);
    const bool closed = end > begin && text_[end - 1] == '"';
    const auto colon = text_.find_first_not_of(kWhiteSpace, end);
    const bool member = closed && end - begin <= kLongestName && colon != npos && text_[colon] == ':';
    const auto value = member ? text_.find_first_not_of(kWhiteSpace, colon + 1) : npos;
    if (value != npos) {
      at = json_member(begin, end - 1, value);
      continue;
    }
    inner_json_string(begin, closed ? end - 1 : end);
    // Where this was no string but what lies between two, the next one begins where it ended.
    at = closed ? end - 1 : text_.size();
    if (at == begin - 1) ++at;
  }
}

}  // namespace telltale::telemetry
