#include "telemetry/secret_text.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace telltale::telemetry {
namespace {

constexpr std::array<std::string_view, 5> kSecretNames = {"password", "token", "secret", "api_key",
                                                          "access_token"};
constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::string_view kJsonMask = "\"[redacted]\"";
constexpr auto npos = std::string_view::npos;

// Browsers and servers accept a broken encoding, so it stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size();
    const int high = escape ? base::hex_digit(text[at + 1]) : -1;
    const int low = escape ? base::hex_digit(text[at + 2]) : -1;
    if (high >= 0 && low >= 0) {
      result += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      result += text[at];
    }
  }
  return result;
}

// "user[password]" -> "password"
std::string_view last_part(std::string_view name) {
  if (!name.ends_with(']')) return name;
  const auto open = name.rfind('[');
  return open == npos ? name : name.substr(open + 1, name.size() - open - 2);
}

// Copies a text while some of its ranges are replaced by the mask; ranges come in order.
class Masked {
 public:
  explicit Masked(std::string_view text) : text_(text) {}
  void mask(std::size_t begin, std::size_t end, std::string_view mask = kMask) {
    result_.append(text_, copied_, begin - copied_);
    result_.append(mask);
    copied_ = end;
    changed_ = true;
  }
  bool store(std::string& out) {
    if (!changed_) return false;
    result_.append(text_, copied_);
    out = std::move(result_);
    return true;
  }

 private:
  std::string_view text_;
  std::string result_;
  std::size_t copied_ = 0;
  bool changed_ = false;
};

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

void mask_pairs_in(const SecretText& secrets, std::string_view text, std::size_t begin, std::size_t end,
                   Masked& out) {
  while (begin < end) {
    const auto pair_end = std::min(text.find_first_of("&;", begin), end);
    const auto equals = text.find('=', begin);
    if (equals < pair_end && equals + 1 < pair_end) {
      const auto name = text.substr(begin, equals - begin);
      const bool encoded = name.find('%') != npos;
      const bool secret = encoded ? secrets.is_secret(percent_decoded(name)) : secrets.is_secret(name);
      if (secret) out.mask(equals + 1, pair_end);
    }
    begin = pair_end + 1;
  }
}

}  // namespace

SecretText::SecretText(const std::vector<std::string>& names) {
  for (const auto name : kSecretNames) names_.emplace_back(name);
  for (const auto& name : names) names_.push_back(name);
}

bool SecretText::is_secret(std::string_view name) const {
  const auto part = last_part(name);
  return std::ranges::any_of(names_, [&](const auto& secret) { return base::same_name(part, secret); });
}

bool SecretText::mask_pairs(std::string& text) const {
  Masked out(text);
  mask_pairs_in(*this, text, 0, text.size(), out);
  return out.store(text);
}

bool SecretText::mask_url(std::string& url) const {
  const std::string_view text = url;
  Masked out(text);
  if (const auto scheme = text.find("://"); scheme != npos) {
    const auto authority = text.substr(0, std::min(text.find_first_of("/?#", scheme + 3), text.size()));
    const auto at = authority.rfind('@');
    const auto colon = authority.find(':', scheme + 3);
    if (at != npos && colon < at && colon + 1 < at) out.mask(colon + 1, at);
  }
  const auto fragment = std::min(text.find('#'), text.size());
  const auto query = std::min(text.find('?'), fragment);
  mask_pairs_in(*this, text, query + 1, fragment, out);
  // Sign-in flows hand tokens back in the fragment, some after a path of their own: #/done?access_token=...
  const auto pairs = text.find('?', fragment);
  mask_pairs_in(*this, text, (pairs == npos ? fragment : pairs) + 1, text.size(), out);
  return out.store(url);
}

bool SecretText::mask_json(std::string& json) const {
  const std::string_view text = json;
  Masked out(text);
  for (std::size_t at = text.find('"'); at != npos; at = text.find('"', at)) {
    const auto name_begin = at + 1;
    at = string_end(text, name_begin);
    const auto name = text.substr(name_begin, at - name_begin - 1);
    const auto colon = text.find_first_not_of(kWhiteSpace, at);
    if (colon == npos || text[colon] != ':') continue;
    const auto value = text.find_first_not_of(kWhiteSpace, colon + 1);
    if (value == npos) break;
    at = value;
    if (!is_secret(name)) continue;
    at = value_end(text, value);
    out.mask(value, at, kJsonMask);
  }
  return out.store(json);
}

bool SecretText::mask_multipart(std::string& body) const {
  const std::string_view text = body;
  const auto boundary = text.substr(0, text.find("\r\n"));
  constexpr std::string_view kName = "name=\"";
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  Masked out(text);
  for (std::size_t part = 0; part != npos;) {
    const auto head_end = text.find(kHeadEnd, part);
    if (head_end == npos) break;
    const auto value = head_end + kHeadEnd.size();
    const auto next = text.find(boundary, value);
    const auto head = text.substr(part, head_end - part);
    if (const auto name = head.find(kName); name != npos) {
      const auto begin = name + kName.size();
      // Up to the line break that belongs to the boundary.
      const auto end = next == npos ? text.size() : std::max(value, next - std::min<std::size_t>(next, 2));
      if (is_secret(head.substr(begin, head.find('"', begin) - begin))) out.mask(value, end);
    }
    part = next;
  }
  return out.store(body);
}

bool SecretText::mask_body(std::string& body) const {
  const auto begin = body.find_first_not_of(kWhiteSpace);
  if (begin == std::string::npos) return false;
  if (body[begin] == '{' || body[begin] == '[') return mask_json(body);
  if (body.compare(begin, 2, "--") == 0) return mask_multipart(body);
  // A form has no white space in its first name; other text does before it has an equals sign.
  if (body.find_first_of("= \t\r\n<", begin) != body.find('=', begin)) return false;
  return mask_pairs(body);
}

}  // namespace telltale::telemetry
