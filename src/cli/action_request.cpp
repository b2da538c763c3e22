#include "cli/action_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "api/actions.hpp"
#include "base/ascii.hpp"

namespace telltale::cli {
namespace {

using base::Errc;
using base::FieldModel;
using nlohmann::json;

// What a word on the command line stands for.
struct Place {
  enum class Kind { element, second_element, value };
  Kind kind = Kind::value;
  const FieldModel* field = nullptr;  ///< of a value
  bool required = true;
};

// Derived from the action's described arguments, so that the two cannot disagree.
std::vector<Place> places_of(const api::ActionType& type) {
  static const std::set<std::string_view> kByOption{"selector", "press_enter", "timeout", "to_selector"};
  std::vector<Place> places;
  for (const auto& field : type.arguments().fields) {
    if (field.name == "id") {
      places.push_back({Place::Kind::element, nullptr, true});
    } else if (field.name == "to_id") {
      places.push_back({Place::Kind::second_element, nullptr, true});
    } else if (!kByOption.contains(field.name) && !field.defaulted) {
      // What may be left out is an amount, or has no place on a command line.
      const bool amount = field.type().kind == base::TypeKind::integer;
      if (!field.optional || amount) places.push_back({Place::Kind::value, &field, !field.optional});
    }
  }
  // Those that may be left out come last.
  std::ranges::stable_partition(places, &Place::required);
  return places;
}

std::string name_of(const Place& place) {
  switch (place.kind) {
    case Place::Kind::element:
      return "ELEMENT";
    case Place::Kind::second_element:
      return "ELEMENT";
    case Place::Kind::value:
      break;
  }
  std::string name(place.field->name);
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return place.required ? name : "[" + name + "]";
}

std::string usage_of(const api::ActionType& type) {
  std::string text(type.type);
  for (const auto& place : places_of(type)) text += " " + name_of(place);
  return text;
}

std::optional<json> value_of(const std::string& word, base::TypeKind kind) {
  if (kind == base::TypeKind::integer) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return number;
  }
  if (kind == base::TypeKind::boolean) {
    if (word == "true" || word == "on" || word == "yes") return true;
    if (word == "false" || word == "off" || word == "no") return false;
    return std::nullopt;
  }
  return word;
}

}  // namespace

base::Result<std::string> to_action(std::string_view type, const std::vector<std::string>& words,
                                    const ActionOptions& options) {
  if (type == "upload") type = "upload_file";
  const auto* action = api::find_action_type(type);
  if (action == nullptr) {
    return base::fail(Errc::invalid_argument,
                      fmt::format("there is no action '{}'; `telltale act --help` lists those that there are", type));
  }
  const auto wrong = [&](std::string_view what) {
    return base::fail(Errc::invalid_argument, fmt::format("{}: telltale act ID {}", what, usage_of(*action)));
  };
  const auto places = places_of(*action);
  json body = {{"type", type}};
  if (words.size() > places.size()) return wrong("too many words");
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& place = places[i];
    if (i >= words.size()) {
      if (place.required) return wrong(name_of(place) + " is missing");
      break;
    }
    const auto& word = words[i];
    const bool second = place.kind == Place::Kind::second_element;
    if (place.kind != Place::Kind::value) {
      body[api::is_element_id(word) ? (second ? "to_id" : "id") : (second ? "to_selector" : "selector")] = word;
      continue;
    }
    const auto value = value_of(word, place.field->type().kind);
    if (!value) return wrong(fmt::format("'{}' is no {}", word, base::ascii_lower(name_of(place))));
    body[std::string(place.field->name)] = *value;
  }
  const bool on_element = !places.empty() && places.front().kind == Place::Kind::element;
  if (options.press_enter && !on_element) return wrong("--press-enter is for actions on elements");
  if (options.timeout_ms >= 0 && !on_element) return wrong("--timeout is for actions on elements");
  if (options.press_enter) body["press_enter"] = true;
  if (options.timeout_ms >= 0) body["timeout"] = options.timeout_ms;
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string local_file_of(const std::string& action) {
  const auto body = json::parse(action);
  if (body.value("type", "") != "upload_file") return {};
  auto path = body.value("file_path", "");
  std::error_code error;  // what cannot be looked at is not there
  return std::filesystem::is_regular_file(path, error) ? path : std::string();
}

std::string with_file(const std::string& action, const std::string& file_id) {
  auto body = json::parse(action);
  body["file_path"] = file_id;
  return body.dump();
}

std::string action_list() {
  std::string text = "Actions (ELEMENT: an id of the last observation, such as B1, or a selector):\n";
  for (const auto& type : api::action_types()) text += fmt::format("  {:<44} {}\n", usage_of(type), type.doc);
  return text;
}

}  // namespace telltale::cli
