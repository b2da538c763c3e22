#include "cli/access_token.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "cli/private_file.hpp"

namespace telltale::cli {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::string_view kWhiteSpace = " \t\r\n";

}  // namespace

base::Result<void> check_token(std::string_view token) {
  const bool visible = std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!token.empty() && visible) return {};
  return base::fail(base::Errc::invalid_argument,
                    "a token is one line of visible ASCII characters without spaces");
}

base::Result<std::string> read_token(const std::filesystem::path& file) {
  const auto content = read_small_file(file);
  if (!content) return std::unexpected(content.error().in("token"));
  const auto begin = content->find_first_not_of(kWhiteSpace);
  const auto end = content->find_last_not_of(kWhiteSpace);
  std::string token = begin == std::string::npos ? std::string() : content->substr(begin, end - begin + 1);
  if (const auto valid = check_token(token); !valid) return std::unexpected(valid.error().in(file.string()));
  return token;
}

base::Result<std::string> read_or_create_token(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    const auto created = create_private_file(file, base::random_hex(kTokenBytes) + "\n");
    if (!created) return std::unexpected(created.error().in("token"));
  }
  return read_token(file);
}

}  // namespace telltale::cli
