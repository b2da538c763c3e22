#include "telemetry/secret_scan.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace telltale::telemetry {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kWhiteSpace = " \t\r\n";
// "eyJx.y." is the shortest. Most texts of an event are names that are shorter.
constexpr std::size_t kShortestToken = 7;
// Texts inside of texts that are looked into, and the bytes of one: each may be of several notations at once, so
// that a hostile page could make a scan take long.
constexpr int kDeepest = 3;
constexpr std::size_t kLargestInner = 256u << 10;

constexpr bool is_token_char(char c) noexcept {
  return base::is_alphanumeric(c) || c == '-' || c == '_';
}
constexpr bool is_credential_char(char c) noexcept {
  return is_token_char(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '=' || c == ':';
}

template <class Accept>
std::size_t end_of_run(std::string_view text, std::size_t begin, Accept accept) {
  while (begin < text.size() && accept(text[begin])) ++begin;
  return begin;
}

// Words that follow "Bearer" or "Basic" in sentences about authentication.
constexpr auto kProse = std::to_array<std::string_view>(
    {"token",  "tokens", "auth",   "authentication", "authorization", "realm", "scheme", "error", "of",   "is",
     "was",    "and",    "or",     "header",         "credentials",   "format", "type",  "prefix", "value", "must",
     "required", "not",  "missing", "invalid",       "expired",       "in",    "for",    "the",   "a",    "with"});

bool is_prose(std::string_view word) {
  while (!word.empty() && !is_token_char(word.back())) word.remove_suffix(1);
  return word.empty() || std::ranges::any_of(kProse, [&](auto known) { return base::same_name(word, known); });
}

// Not a word of a language: digits, or capitals after small letters, or padding.
bool looks_random(std::string_view word) {
  bool small = false;
  for (const char c : word) {
    if (base::is_digit(c) || c == '=' || c == '_' || (small && base::is_upper(c))) return true;
    small = small || base::is_lower(c);
  }
  return word.size() >= 24;
}

// "a=b": a form has no white space in its first name; other text does before it has an equals sign.
bool looks_like_pairs(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(kWhiteSpace), text.size());
  const auto equals = text.find('=', begin);
  return equals != npos && equals > begin && text.find_first_of("= \t\r\n<>\"'{(", begin) == equals;
}

bool looks_like_url(std::string_view text) {
  if (text.find_first_of(" \t\r\n\"<>") != npos) return false;
  const auto scheme = text.find("://");
  const bool absolute = scheme != npos && scheme < text.find_first_of("?#/=");
  return absolute || text.starts_with('/') || text.starts_with('?') || text.starts_with('#');
}

// Whether quotes, braces or what separates pairs are hidden behind percent signs.
bool looks_encoded(std::string_view text) {
  for (auto at = text.find('%'); at != npos; at = text.find('%', at + 1)) {
    const auto digits = base::ascii_lower(text.substr(at + 1, 2));
    for (const std::string_view telling : {"22", "3d", "7b", "5b", "3f", "20", "25", "2e"}) {
      if (digits == telling) return true;
    }
  }
  return false;
}

constexpr auto kCodeCompanions = std::to_array<std::string_view>(
    {"state", "granttype", "redirecturi", "codeverifier", "sessionstate", "iss", "authuser"});

}  // namespace

DecodedLayer percent_decoded(std::string_view text, bool plus) {
  DecodedLayer layer;
  layer.text.reserve(text.size());
  layer.origin.reserve(text.size() + 1);
  for (std::size_t at = 0; at < text.size();) {
    const bool escape = text[at] == '%' && at + 2 < text.size();
    const int high = escape ? base::hex_digit(text[at + 1]) : -1;
    const int low = escape ? base::hex_digit(text[at + 2]) : -1;
    const bool whole = high >= 0 && low >= 0;
    layer.origin.push_back(static_cast<std::uint32_t>(at));
    layer.text += whole ? static_cast<char>(high * 16 + low) : (plus && text[at] == '+') ? ' ' : text[at];
    at += whole ? 3 : 1;
  }
  layer.origin.push_back(static_cast<std::uint32_t>(text.size()));
  return layer;
}

void SecretScan::found(std::size_t begin, std::size_t end, std::string_view mask) {
  // What is masked already stays as it is.
  const auto piece = text_.substr(std::min(begin, text_.size()));
  if (begin < end && !piece.starts_with(kMask) && !piece.starts_with(mask)) pieces_.push_back({begin, end, std::string(mask)});
}

bool mask_pieces(std::string& text, std::vector<SecretPiece> pieces) {
  if (pieces.empty()) return false;
  // The one that begins first, and of those the longest, covers what it overlaps.
  std::ranges::sort(pieces, [](const SecretPiece& a, const SecretPiece& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::string result;
  std::size_t copied = 0;
  for (const auto& piece : pieces) {
    if (piece.begin >= copied) {
      result.append(text, copied, piece.begin - copied);
      result += piece.mask;
    }
    copied = std::max(copied, piece.end);
  }
  result.append(text, copied);
  text = std::move(result);
  return true;
}

void SecretScan::web_token(std::size_t begin) {
  std::size_t at = begin;
  std::size_t parts = 0;
  std::array<std::size_t, 2> sizes{};
  const std::string_view second_start = "eyJ";
  bool nested = false;
  // Three parts, of an encrypted one five; the last is empty where nothing is signed.
  while (parts < 5) {
    const auto end = end_of_run(text_, at, is_token_char);
    if (parts < 2) sizes[parts] = end - at;
    if (parts == 1) nested = text_.substr(at).starts_with(second_start);
    ++parts;
    if (end >= text_.size() || text_[end] != '.' || parts == 5) {
      at = end;
      break;
    }
    at = end + 1;
  }
  // A text that was cut off in its second part is one as well.
  if (sizes[0] >= 4 && sizes[1] >= 1 && (parts >= 3 || nested)) found(begin, at);
}

void SecretScan::credential(std::size_t scheme, std::size_t length, bool basic) {
  const auto gap = scheme + length;
  auto begin = end_of_run(text_, gap, [](char c) { return c == ' ' || c == '\t' || c == '+' || c == ':' || c == '"'; });
  while (text_.substr(begin, 3) == "%20") begin += 3;
  if (begin == gap) return;
  const auto end = end_of_run(text_, begin, is_credential_char);
  auto word = text_.substr(begin, end - begin);
  // `Bearer realm="x"` is a challenge.
  if (word.ends_with('=') && end < text_.size() && text_[end] == '"') return;
  while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);
  if (word.empty() || is_prose(word)) return;
  const bool capital = text_[scheme] == 'B' || text_[scheme] == 'b';
  const bool sure = capital && text_[scheme] == 'B' && !basic;
  if (basic ? (word.size() >= 6 && looks_random(word)) : (sure || looks_random(word))) found(begin, begin + word.size());
}

void SecretScan::tokens() {
  if (text_.size() < kShortestToken) return;
  for (auto at = text_.find("eyJ"); at != npos; at = text_.find("eyJ", at)) {
    const auto before = pieces_.size();
    web_token(at);
    // Another one inside of the same run of characters would have the same parts.
    at = pieces_.size() > before ? pieces_.back().end : end_of_run(text_, at, is_token_char);
  }
  for (const bool basic : {false, true}) {
    // The ends of "Bearer" and "Basic": few words have them, whatever the first letter is.
    for (const std::string_view rest : basic ? std::array<std::string_view, 2>{"asic", "ASIC"}
                                             : std::array<std::string_view, 2>{"earer", "EARER"}) {
      for (auto at = text_.find(rest); at != npos; at = text_.find(rest, at + 1)) {
        if (at == 0 || base::ascii_lower(text_[at - 1]) != 'b') continue;
        credential(at - 1, rest.size() + 1, basic);
      }
    }
  }
}

void SecretScan::inner_value(std::size_t begin, std::size_t end, bool percent) {
  if (depth_ >= kDeepest || end - begin < 3 || end - begin > kLargestInner) return;
  const auto raw = text_.substr(begin, end - begin);
  const bool encoded = percent && raw.find_first_of("%+") != npos;
  const auto layer = encoded ? percent_decoded(raw, true) : DecodedLayer{};
  SecretScan inner(names_, encoded ? std::string_view(layer.text) : raw, depth_ + 1);
  inner.value();
  for (auto piece : inner.pieces()) {
    if (encoded) {
      piece.begin = layer.origin[piece.begin];
      piece.end = layer.origin[piece.end];
      std::string mask;
      for (const char c : piece.mask) {
        if (c == '"') {
          mask += "%22";
        } else if (c == '\\') {
          mask += "%5C";
        } else {
          mask += c;
        }
      }
      piece.mask = std::move(mask);
    }
    found(begin + piece.begin, begin + piece.end, piece.mask);
  }
}

void SecretScan::pairs(std::size_t begin, std::size_t end) {
  const auto normal = [&](std::size_t from, std::size_t to) {
    const auto name = text_.substr(from, to - from);
    return name.find_first_of("%+") == npos ? std::string(name) : percent_decoded(name, true).text;
  };
  bool signs_in = false;  // an OAuth redirect, or what answers it
  SecretPiece code;
  while (begin < end) {
    auto pair_end = std::min(text_.find_first_of("&;\r\n", begin), end);
    // A semicolon separates pairs only where another pair follows.
    while (pair_end < end && text_[pair_end] == ';') {
      const auto next = std::min(text_.find_first_of("&;", pair_end + 1), end);
      if (text_.substr(pair_end, next - pair_end).find('=') != npos) break;
      pair_end = next;
    }
    const auto equals = begin + std::min(text_.substr(begin, pair_end - begin).find('='), pair_end - begin);
    if (equals < pair_end) {
      const auto name = normal(begin, equals);
      const auto plain = normal_name(name);
      signs_in = signs_in || std::ranges::find(kCodeCompanions, plain) != kCodeCompanions.end();
      if (names_.covers(name)) {
        found(equals + 1, pair_end);
      } else {
        if (plain == "code") code = {equals + 1, pair_end};
        inner_value(equals + 1, pair_end, true);
      }
    }
    begin = pair_end + 1;
  }
  if (signs_in) found(code.begin, code.end);
}

void SecretScan::url() {
  const auto fragment = std::min(text_.find('#'), text_.size());
  const auto query = std::min(text_.find('?'), fragment);
  std::size_t path = 0;
  if (const auto scheme = text_.find("://"); scheme < query) {
    path = std::min(text_.find('/', scheme + 3), query);
    const auto authority = text_.substr(0, path);
    const auto at = authority.rfind('@');
    const auto colon = authority.find(':', scheme + 3);
    if (at != npos && colon < at) found(colon + 1, at);
  }
  if (const auto parameters = text_.find(';', path); parameters < query) pairs(parameters + 1, query);
  if (query < fragment) pairs(query + 1, fragment);
  // Sign-in flows hand tokens back in the fragment, some after a path of their own: #/done?access_token=...
  const auto after_path = text_.find('?', fragment);
  if (fragment < text_.size()) pairs((after_path == npos ? fragment : after_path) + 1, text_.size());
}

void SecretScan::urls() {
  for (std::size_t at = text_.find("://"), end = 0; at != npos; at = text_.find("://", end)) {
    std::size_t begin = at;
    while (begin > 0 && (is_token_char(text_[begin - 1]) || text_[begin - 1] == '+' || text_[begin - 1] == '.')) --begin;
    end = std::min(text_.find_first_of(" \t\r\n\"'<>`\\|)", at), text_.size());
    SecretScan inner(names_, text_.substr(begin, end - begin), depth_);
    inner.url();
    for (const auto& piece : inner.pieces()) found(begin + piece.begin, begin + piece.end, piece.mask);
  }
}

void SecretScan::value() {
  tokens();
  if (text_.find('"') != npos) json();
  if (looks_like_url(text_)) {
    url();
  } else {
    urls();
    if (looks_like_pairs(text_)) pairs(0, text_.size());
  }
  if (looks_encoded(text_)) inner_value(0, text_.size(), true);
  if (depth_ > 0) assignments(Assigned::quoted);
}

void SecretScan::body() {
  tokens();
  urls();
  const auto begin = text_.find_first_not_of(kWhiteSpace);
  if (begin == npos) return;
  json();
  if (text_.substr(begin).starts_with("--")) multipart();
  if (looks_like_pairs(text_)) pairs(begin, text_.size());
  if (text_.find('<') != npos) markup();
  assignments(Assigned::quoted);
}

}  // namespace telltale::telemetry
