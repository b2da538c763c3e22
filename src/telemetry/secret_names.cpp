#include "telemetry/secret_names.hpp"

#include <algorithm>
#include <bitset>

#include "base/ascii.hpp"

namespace telltale::telemetry {
namespace {

// No name of a credential is longer; what is, is none.
constexpr std::size_t kLongestName = 256;

// Words that may follow: `password_confirmation`, `newPasswordAgain`, `token-value`.
constexpr auto kFillers = std::to_array<std::string_view>(
    {"confirmation", "confirm", "again", "repeat", "repeated", "value", "hash", "digest", "old", "new"});
// Tokens that say where a list goes on, not who somebody is.
constexpr auto kHarmless =
    std::to_array<std::string_view>({"pagetoken", "nexttoken", "continuationtoken", "synctoken", "cursortoken"});

// White space and what else nobody sees: servers trim it.
constexpr bool is_separator(char c) noexcept { return c == '-' || c == '_' || (c >= 0 && c <= ' ') || c == '\x7f'; }

// The part that names the value: "user[password][]" and "user[password][0]" -> "password", "user.password" -> "password".
std::string_view last_part(std::string_view name) noexcept {
  for (;;) {
    while (!name.empty() && is_separator(name.back())) name.remove_suffix(1);
    if (!name.ends_with(']')) break;
    auto open = name.size() - 1;
    while (open > 0 && base::is_digit(name[open - 1])) --open;
    if (open == 0 || name[open - 1] != '[') break;
    name.remove_suffix(name.size() - open + 1);
  }
  if (name.ends_with(']')) {
    const auto open = name.rfind('[');
    if (open != std::string_view::npos) name = name.substr(open + 1, name.size() - open - 2);
  }
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos && dot + 1 < name.size()) name.remove_prefix(dot + 1);
  return name;
}

// A name in its normal form, with the places where its words begin: of "newApi-Key2" "newapikey", 0, 3 and 6.
// Without memory of its own: it is asked for each member of each body.
class Words {
 public:
  explicit Words(std::string_view name) noexcept {
    for (std::size_t i = 0; i < name.size(); ++i) {
      const char c = name[i];
      if (is_separator(c)) continue;
      const char before = i > 0 ? name[i - 1] : '-';
      // The last capital of a run begins a word, too: "APIToken".
      const bool after_run = base::is_upper(before) && i + 1 < name.size() && base::is_lower(name[i + 1]);
      const bool hump = base::is_upper(c) && (base::is_lower(before) || base::is_digit(before) || after_run);
      starts_[size_] = is_separator(before) || hump;
      text_[size_++] = base::ascii_lower(c);
    }
    whole_ = size_;
    drop_digits();
    while (std::ranges::any_of(kFillers, [&](auto filler) { return size_ > filler.size() && ends_with(filler); })) {
      size_ = last_start();
      drop_digits();
    }
  }

  // All of them, fillers and digits included.
  [[nodiscard]] std::string_view whole() const noexcept { return {text_, whole_}; }
  // Whether the last words are these.
  [[nodiscard]] bool ends_with(std::string_view words) const noexcept {
    return std::string_view(text_, size_).ends_with(words) && starts_[size_ - words.size()];
  }

 private:
  void drop_digits() noexcept {
    while (size_ > 1 && base::is_digit(text_[size_ - 1])) --size_;
  }
  [[nodiscard]] std::size_t last_start() const noexcept {
    std::size_t at = size_;
    while (at > 0 && !starts_[--at]) {
    }
    return at;
  }

  char text_[kLongestName]{};
  std::bitset<kLongestName> starts_;
  std::size_t size_ = 0;  // without fillers and digits at the end
  std::size_t whole_ = 0;
};

bool covered(std::string_view name, const std::vector<std::string>& known) {
  const auto part = last_part(name);
  if (part.empty() || part.size() > kLongestName) return false;
  const Words words(part);
  const auto is_end = [&](std::string_view end) { return words.ends_with(end); };
  if (std::ranges::any_of(kHarmless, is_end)) return false;
  return std::ranges::any_of(known, [&](std::string_view secret) { return words.whole() == secret || is_end(secret); });
}

}  // namespace

std::string normal_name(std::string_view name) {
  std::string normal;
  for (const char c : name) {
    if (!is_separator(c)) normal += base::ascii_lower(c);
  }
  return normal;
}

SecretNames::SecretNames(const std::vector<std::string>& more) {
  const auto add = [](std::vector<std::string>& names, std::string_view name) {
    if (auto normal = normal_name(last_part(name)); !normal.empty()) names.push_back(std::move(normal));
  };
  for (const auto& row : kSecretNames) {
    add(row.place == SecretName::Place::anywhere ? anywhere_ : headers_, row.name);
  }
  for (const auto& name : more) add(anywhere_, name);
  headers_.insert(headers_.end(), anywhere_.begin(), anywhere_.end());
}

bool SecretNames::covers(std::string_view name) const { return covered(name, anywhere_); }
bool SecretNames::covers_header(std::string_view name) const { return covered(name, headers_); }

}  // namespace telltale::telemetry
