#include "api/browser_list.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace telltale::api {
namespace {

constexpr std::size_t kLongestPage = 100;

std::optional<std::size_t> to_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<BrowserListQuery::Status> to_status(std::string_view text) {
  using Status = BrowserListQuery::Status;
  if (text == "active") return Status::active;
  if (text == "deleted") return Status::deleted;
  if (text == "all") return Status::all;
  return std::nullopt;
}

// The k of "tags[k]".
std::optional<std::string_view> tag_key(std::string_view name) {
  constexpr std::string_view kPrefix = "tags[";
  if (!name.starts_with(kPrefix) || !name.ends_with(']')) return std::nullopt;
  return name.substr(kPrefix.size(), name.size() - kPrefix.size() - 1);
}

}  // namespace

bool BrowserListQuery::matches(const session::SessionInfo& info) const {
  const bool over = session::is_over(info.state);
  if (status == Status::active && over) return false;
  if (status == Status::deleted && !over) return false;
  if (!info.id.value.contains(text) && !info.spec.name.contains(text)) return false;
  const auto& have = info.spec.tags.members;
  return std::ranges::all_of(tags,
                             [&](const auto& tag) { return std::ranges::find(have, tag) != have.end(); });
}

std::expected<BrowserListQuery, std::vector<base::Violation>> parse_browser_list_query(
    const std::vector<std::pair<std::string, std::string>>& query) {
  BrowserListQuery result;
  std::vector<base::Violation> violations;
  const auto with_deleted = includes_deleted(query);
  if (!with_deleted) violations = with_deleted.error();
  if (with_deleted && *with_deleted) result.status = BrowserListQuery::Status::all;  // deprecated form of status=all
  for (const auto& [name, value] : query) {
    if (name == "limit") {
      result.limit = to_number(value).value_or(0);
      if (result.limit < 1 || result.limit > kLongestPage)
        violations.push_back({name, "must be from 1 to 100"});
    } else if (name == "offset") {
      const auto offset = to_number(value);
      result.offset = offset.value_or(0);
      if (!offset) violations.push_back({name, "must be a whole number, 0 or greater"});
    } else if (name == "status") {
      const auto status = to_status(value);
      result.status = status.value_or(BrowserListQuery::Status::active);
      if (!status) violations.push_back({name, "must be one of active, deleted, all"});
    } else if (name == "query") {
      result.text = value;
    } else if (const auto key = tag_key(name)) {
      result.tags.emplace_back(*key, value);
    }
  }
  if (!violations.empty()) return std::unexpected(std::move(violations));
  return result;
}

std::expected<bool, std::vector<base::Violation>> includes_deleted(
    const std::vector<std::pair<std::string, std::string>>& query) {
  bool included = false;
  for (const auto& [name, value] : query) {
    if (name != "include_deleted") continue;
    const bool yes = value == "true" || value == "1";
    if (!yes && value != "false" && value != "0") {
      return std::unexpected(std::vector<base::Violation>{{name, "must be true or false"}});
    }
    included = included || yes;
  }
  return included;
}

}  // namespace telltale::api
