#include "net/http.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace telltale::net {
namespace {

constexpr bool is_unreserved(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string decode_form_text(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  auto decoded = percent_decode(spaced);
  // Broken encoding is kept as it came, as browsers do (WHATWG URL, percent-decode).
  return decoded ? std::move(*decoded) : std::string(text);
}

}  // namespace

std::optional<std::string_view> HttpHeaders::find(std::string_view name) const noexcept {
  for (const auto& [field, value] : fields) {
    if (base::same_name(field, name)) return value;
  }
  return std::nullopt;
}

void HttpHeaders::set(std::string_view name, std::string value) {
  std::erase_if(fields, [&](const auto& field) { return base::same_name(field.first, name); });
  fields.emplace_back(name, std::move(value));
}

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const noexcept {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string HttpRequest::target() const {
  std::string text = path.empty() ? "/" : path;
  char separator = '?';
  for (const auto& [key, value] : query) {
    text += separator;
    text += percent_encode(key) + "=" + percent_encode(value);
    separator = '&';
  }
  return text;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = base::hex_digit(text[i + 1]);
    const int low = base::hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4];
    encoded += kDigits[byte & 15];
  }
  return encoded;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    parameters.emplace_back(decode_form_text(pair.substr(0, equals)), decode_form_text(value));
  }
  return parameters;
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  // A line break in a value would start another field (response splitting), so it becomes a space.
  for (const char c : value) out += (c == '\r' || c == '\n' || c == '\0') ? ' ' : c;
  out += "\r\n";
}

}  // namespace telltale::net
