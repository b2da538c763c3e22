#include "api/notte_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/actions.hpp"
#include "api/browser_body.hpp"
#include "api/cdp_proxy.hpp"
#include "base/json_encode.hpp"

namespace telltale::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kBrowserCategory = "Special Browser Actions";
constexpr std::string_view kInteractionCategory = "Interaction Actions";
// What clients put their own value in the place of.
constexpr std::string_view kSampleValue = "<sample_value>";

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

NotteStatus status_of(session::SessionState state) {
  using State = session::SessionState;
  switch (state) {
    case State::starting:
    case State::ready:
    case State::reconnecting:
      return NotteStatus::active;
    case State::ended:
      return NotteStatus::closed;
    case State::timed_out:
      return NotteStatus::timed_out;
    case State::failed:
      return NotteStatus::error;
  }
  return NotteStatus::error;
}

std::int64_t minutes(std::chrono::seconds duration) {
  return std::chrono::ceil<std::chrono::minutes>(duration).count();
}

// --- actions

struct Parameter {
  std::string name;
  std::string type;
  Json sample;
};

Json action_json(std::string_view type, std::string_view category, std::string_view description) {
  return {{"type", type}, {"category", category}, {"description", description}};
}

// An action with the values that show what it takes.
struct SampleAction {
  std::string_view type;
  std::vector<Parameter> parameters;
};

const std::vector<SampleAction>& browser_actions(bool todays) {
  static const std::vector<SampleAction> kEarly{
      {"goto", {{"url", "str", "<some_url>"}}},
      {"goto_new_tab", {{"url", "str", "<some_url>"}}},
      {"switch_tab", {{"tab_index", "int", 0}}},
      {"scrape", {{"instructions", "str", nullptr}, {"only_main_content", "bool", true}}},
      {"go_back", {}},
      {"go_forward", {}},
      {"reload", {}},
      {"wait", {{"time_ms", "int", 1000}}},
      {"press_key", {{"key", "str", "<some_key>"}}},
      {"scroll_up", {{"amount", "int", nullptr}}},
      {"scroll_down", {{"amount", "int", nullptr}}},
      {"help", {{"reason", "str", "<some_reason>"}}},
      {"completion", {{"success", "bool", true}, {"answer", "str", "<some_answer>"}}}};
  static const std::vector<SampleAction> kTodays = [] {
    auto actions = kEarly;
    actions.insert(actions.begin() + 2, {"close_tab", {}});
    actions.push_back({"evaluate_js", {{"code", "str", "<some_code>"}}});
    return actions;
  }();
  return todays ? kTodays : kEarly;
}

Json to_json(const SampleAction& action) {
  const auto* type = find_action_type(action.type);
  Json json = action_json(action.type, kBrowserCategory, type == nullptr ? "" : type->doc);
  for (const auto& parameter : action.parameters) json[parameter.name] = parameter.sample;
  return json;
}

// What can be done to an element, by its kind; see the prefixes of ids.
const SampleAction& interaction_of(const page::FoundNode& found) {
  static const SampleAction kClick{"click", {}};
  static const SampleAction kFill{"fill", {{"value", "str", kSampleValue}, {"clear_before_fill", "bool", true}}};
  static const SampleAction kCheck{"check", {{"value", "bool", true}}};
  static const SampleAction kSelect{"select_dropdown_option", {{"value", "str", kSampleValue}}};
  static const SampleAction kUpload{"upload_file", {{"file_path", "str", "<some_path>"}}};
  const auto kind = found.kind.value_or("");
  if (kind == "O") return kSelect;
  if (kind != "I") return kClick;
  const auto input = found.input.value_or("fill");
  if (input == "check") return kCheck;
  if (input == "select") return kSelect;
  if (input == "upload") return kUpload;
  return kFill;
}

Json to_json(const page::ObservedNode& node, bool names) {
  const auto& interaction = interaction_of(node.found);
  Json json = action_json(interaction.type, kInteractionCategory, node.found.description.value_or(""));
  json["id"] = node.id;
  if (names) json["role"] = node.found.role.value_or("");
  if (names) json["name"] = node.found.name.value_or("");
  for (const auto& parameter : interaction.parameters) json[parameter.name] = parameter.sample;
  return json;
}

// --- texts

// `(value: str = [a, b])`: the parameter that a value is wanted for, with what there is to choose from.
std::string parameter_text(const std::vector<Parameter>& parameters, const std::vector<std::string>& values) {
  if (parameters.empty()) return {};
  const auto& first = parameters.front();
  std::string text = " (" + first.name + ": " + first.type;
  if (!values.empty()) text += fmt::format(" = [{}]", fmt::join(values, ", "));
  return text + ")";
}

using Groups = std::vector<std::pair<std::string_view, std::vector<std::string>>>;

std::string markdown_of(Groups groups) {
  std::string text;
  for (auto& [category, lines] : groups) {
    if (lines.empty()) continue;
    std::ranges::sort(lines);
    if (!text.empty()) text += '\n';
    text += fmt::format("# {}\n", category);
    for (const auto& line : lines) text += line + "\n";
  }
  return text;
}

std::string line_of(const page::ObservedNode& node) {
  const auto& found = node.found;
  if (node.id.empty()) return fmt::format("_[:]{}\n", found.text.value_or(""));
  return fmt::format("{}[:]{}\n", node.id, found.line.value_or(found.description.value_or("")));
}

std::string header_of(std::string_view role, std::string_view name) {
  return fmt::format("### Content of '{}' component with text '{}'\n", role, name);
}

std::string listing_of(const page::Observation& observation) {
  const auto& nodes = observation.nodes;
  std::string text;
  // Dialogs that can be acted on are what a person would see of the page.
  for (std::size_t i = 0; i < observation.dialogs.size(); ++i) {
    const auto place = static_cast<std::int64_t>(i);
    const auto inside = [place](const page::ObservedNode& node) { return node.found.dialog == place; };
    if (!std::ranges::any_of(nodes, [&](const auto& node) { return inside(node) && !node.id.empty(); })) continue;
    text += header_of(observation.dialogs[i].role, observation.dialogs[i].name);
    for (const auto& node : nodes) {
      if (inside(node)) text += line_of(node);
    }
  }
  if (text.empty()) {
    text = header_of("WebArea", observation.page.title);
    for (const auto& node : nodes) text += line_of(node);
  }
  if (observation.truncated) text += "_[:](the page has more than is listed here)\n";
  return text;
}

// --- the space

ActionSpace space_of(std::string description, Json interactions, Groups groups, bool todays) {
  Json of_browser = Json::array();
  std::vector<std::string> lines;
  for (const auto& action : browser_actions(todays)) {
    auto json = to_json(action);
    lines.push_back(fmt::format("* {}: {}{}", action.type, json["description"].get<std::string>(),
                                parameter_text(action.parameters, {})));
    of_browser.push_back(std::move(json));
  }
  groups.emplace_back(kBrowserCategory, std::move(lines));
  Json all = interactions;
  all.insert(all.end(), of_browser.begin(), of_browser.end());
  ActionSpace space;
  space.description = std::move(description);
  space.interaction_actions.text = dump(interactions);
  space.actions.text = dump(all);
  space.browser_actions.text = dump(of_browser);
  space.markdown = markdown_of(std::move(groups));
  return space;
}

}  // namespace

bool is_todays(const net::HttpRequest& request) noexcept {
  return request.headers.find("x-notte-sdk-version").has_value();
}

std::string iso_duration(std::chrono::milliseconds duration) {
  const auto hours = std::chrono::floor<std::chrono::hours>(duration);
  const auto mins = std::chrono::floor<std::chrono::minutes>(duration - hours);
  const auto rest = duration - hours - mins;
  std::string text = "PT";
  if (hours.count() > 0) text += fmt::format("{}H", hours.count());
  if (mins.count() > 0) text += fmt::format("{}M", mins.count());
  if (rest.count() > 0 || text == "PT") text += fmt::format("{}S", static_cast<double>(rest.count()) / 1000);
  return text;
}

NotteSession to_notte(const session::SessionInfo& info, base::Time now, std::string_view server) {
  NotteSession body;
  const auto& spec = info.spec;
  auto& early = body.early;
  early.session_id = info.id.value;
  if (spec.idle_timeout) early.timeout_minutes = minutes(*spec.idle_timeout);
  early.created_at = to_rfc3339(info.created_at.wall);
  if (info.ended_at) early.closed_at = text_or_null(to_rfc3339(info.ended_at->wall));
  early.last_accessed_at = to_rfc3339(info.last_access_at.wall);
  early.duration = iso_duration(std::chrono::duration_cast<std::chrono::milliseconds>(
      info.ended_at.value_or(now).mono - info.created_at.mono));
  early.status = status_of(info.state);
  early.error = text_or_null(info.error);
  body.idle_timeout_minutes = early.timeout_minutes;
  if (spec.max_duration) body.max_duration_minutes = minutes(*spec.max_duration);
  body.viewport_width = spec.viewport ? spec.viewport->width : 1920;
  body.viewport_height = spec.viewport ? spec.viewport->height : 1080;
  body.headless = spec.headless;
  body.user_agent = text_or_null(spec.user_agent);
  if (!info.cdp_endpoint.empty()) body.cdp_url = text_or_null(cdp_url(info, server));
  return body;
}

SnapshotMetadata to_metadata(const page::Metrics& page, const std::vector<page::Tab>& tabs, base::Time now) {
  SnapshotMetadata metadata;
  metadata.title = page.title;
  metadata.url = page.url;
  metadata.viewport = page.viewport;
  for (std::size_t i = 0; i < tabs.size(); ++i) {
    metadata.tabs.push_back({static_cast<std::int64_t>(i), tabs[i].title, tabs[i].url});
  }
  metadata.timestamp = to_rfc3339(now.wall);
  return metadata;
}

ActionSpace to_space(const page::Observation& observation, const SpaceOptions& options) {
  Json interactions = Json::array();
  std::vector<std::string> lines;
  for (const auto& node : observation.nodes) {
    if (node.id.empty()) continue;
    if (options.limit && interactions.size() >= *options.limit) break;
    const auto values = node.found.options.value_or(std::vector<std::string>{});
    lines.push_back(fmt::format("* {}: {}{}", node.id, node.found.description.value_or(""),
                                parameter_text(interaction_of(node.found).parameters, values)));
    interactions.push_back(to_json(node, options.names));
  }
  Groups groups;
  groups.emplace_back(kInteractionCategory, std::move(lines));
  return space_of(listing_of(observation), std::move(interactions), std::move(groups), options.todays);
}

ActionSpace empty_space(std::string_view description, bool todays) {
  return space_of(std::string(description), Json::array(), {}, todays);
}

std::vector<ObservedBox> to_boxes(const page::Observation& observation, std::optional<std::size_t> limit) {
  std::vector<ObservedBox> boxes;
  const auto& viewport = observation.page.viewport;
  for (const auto& node : observation.nodes) {
    if (node.id.empty() || !node.found.bbox) continue;
    if (limit && boxes.size() >= *limit) break;
    const auto& box = *node.found.bbox;
    boxes.push_back({box.x, box.y, box.width, box.height, viewport.scroll_x, viewport.scroll_y,
                     viewport.viewport_width, viewport.viewport_height, node.id});
  }
  return boxes;
}

}  // namespace telltale::api
