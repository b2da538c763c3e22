#include "cli/session_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/terminal.hpp"

namespace telltale::cli {
namespace {

using nlohmann::json;

/// Options of Kernel's API that telltale answers but does not have, and members that are told in another
/// form.
constexpr std::array<std::string_view, 6> kUntold = {"stealth",          "kiosk_mode", "gpu",
                                                     "webdriver_ws_url", "telemetry",  "usage"};

std::string value_text(const json& value) {
  if (value.is_string()) return printable(value.get_ref<const std::string&>());
  return printable(value.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string member_text(const json& object, const char* name) {
  const auto member = object.find(name);
  return member == object.end() || member->is_null() ? std::string() : value_text(*member);
}

/// "console, network, page"
std::string captured(const json& session) {
  const json::json_pointer place("/telemetry/browser");
  if (!session.contains(place) || !session.at(place).is_object()) return "nothing";
  std::vector<std::string> names;
  for (const auto& [name, flag] : session.at(place).items()) {
    if (flag.is_object() && flag.value("enabled", false)) names.push_back(printable(name));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += fmt::format("{:<{}}  ", cells[i], widths[i]);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string session_details(const json& session) {
  std::string text;
  for (const auto& [name, value] : session.items()) {
    const bool empty = value.is_null() || value == "" || (value.is_structured() && value.empty());
    if (empty || std::ranges::find(kUntold, name) != kUntold.end()) continue;
    text += fmt::format("{:<16} {}\n", printable(name), value_text(value));
  }
  return text + fmt::format("{:<16} {}\n", "telemetry", captured(session));
}

std::string session_table(const json& sessions) {
  std::vector<std::vector<std::string>> rows = {{"SESSION", "NAME", "STATUS", "CREATED", "START URL"}};
  for (const auto& session : sessions) {
    rows.push_back({member_text(session, "session_id"), member_text(session, "name"),
                    member_text(session, "status"), member_text(session, "created_at"),
                    member_text(session, "start_url")});
  }
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& cells : rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string text;
  for (const auto& cells : rows) text += row(cells, widths);
  return text;
}

}  // namespace telltale::cli
