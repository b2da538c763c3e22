#include "api/contract.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include "api/about.hpp"
#include "api/browser_logs.hpp"
#include "api/browser_schemas.hpp"
#include "api/browsers.hpp"
#include "api/computer.hpp"
#include "api/error_response.hpp"
#include "base/type_model.hpp"
#include "telemetry/event_models.hpp"

namespace telltale::api {
namespace {

/// How a doc text says that the public contract has no such thing.
constexpr std::string_view kOurs = "telltale's own addition";

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string operations() {
  std::string text = "| operation | request | answer |\n| --- | --- | --- |\n";
  std::vector<Route> routes;
  for (const auto& part : {browser_routes(), computer_routes(), browser_log_routes(), about_routes()}) {
    routes.insert(routes.end(), part.begin(), part.end());
  }
  for (const auto& route : routes) {
    if (route.operation_id.empty()) continue;
    text += "| " + code(route.operation_id) + " | " +
            code(std::string(route.method) + " " + std::string(route.pattern)) + " | " +
            std::to_string(route.success.status);
    if (route.other_success) text += " or " + std::to_string(route.other_success->status);
    if (!route.success.content_type.empty()) text += ", " + code(route.success.content_type);
    text += " |\n";
  }
  return text;
}

std::string errors() {
  using base::Errc;
  std::string text = "| status | `code` |\n| --- | --- |\n";
  for (const auto error :
       {Errc::invalid_argument, Errc::forbidden, Errc::not_found, Errc::conflict, Errc::limit, Errc::io, Errc::closed,
        Errc::refused, Errc::protocol, Errc::stopped, Errc::unavailable, Errc::timeout}) {
    text += "| " + std::to_string(status_of(error)) + " | " + code(base::to_string(error)) + " |\n";
  }
  return text;
}

void refused_of(const base::TypeModel& type, std::string_view path, std::string& text) {
  for (const auto& row : type.fields) {
    const std::string name = std::string(path) + std::string(row.name);
    if (row.type().kind == base::TypeKind::unsupported) text += (text.empty() ? "" : ", ") + code(name);
    if (row.type().kind == base::TypeKind::structure) refused_of(row.type(), name + ".", text);
  }
}

std::string refused() {
  std::string on_create;
  std::string on_update;
  refused_of(base::type_model<CreateBrowserRequest>(), "", on_create);
  refused_of(base::type_model<UpdateBrowserRequest>(), "", on_update);
  return "- on creation: " + on_create + "\n- on update: " + on_update + "\n";
}

void additions_of(const base::TypeModel& type, std::string_view path, std::string& text) {
  for (const auto& row : type.fields) {
    if (row.flattened_from == nullptr && row.doc.find(kOurs) != std::string_view::npos) {
      text += (text.empty() ? "" : ", ") + code(std::string(path) + std::string(row.name));
    }
  }
}

std::string additions() {
  std::string types;
  std::string fields;
  for (const auto& model : telemetry::event_models()) {
    if (model.type->doc.find(kOurs) != std::string_view::npos) {
      types += (types.empty() ? "" : ", ") + code(model.type->name);
    } else {
      additions_of(*model.data, std::string(model.type->name) + ".", fields);
    }
  }
  std::string requests;
  additions_of(base::type_model<CreateBrowserRequest>(), "", requests);
  const auto or_none = [](const std::string& names) { return names.empty() ? std::string("none") : names; };
  return "- event types: " + or_none(types) + "\n- fields of other events: " + or_none(fields) +
         "\n- fields of create requests: " + or_none(requests) + "\n";
}

std::string derived(std::string_view name) {
  if (name == "operations") return operations();
  if (name == "errors") return errors();
  if (name == "refused") return refused();
  if (name == "additions") return additions();
  throw std::runtime_error("nothing is derived under the name '" + std::string(name) + "'");
}

}  // namespace

std::string derive_contract(std::string_view document) {
  constexpr std::string_view kBegin = "<!-- derived: ";
  constexpr std::string_view kBeginEnd = " -->\n";
  constexpr std::string_view kEnd = "<!-- end -->";
  std::string text;
  for (auto at = document.find(kBegin); at != std::string_view::npos; at = document.find(kBegin)) {
    const auto name_end = document.find(kBeginEnd, at);
    const auto end = document.find(kEnd, at);
    if (name_end == std::string_view::npos || end == std::string_view::npos || end < name_end) {
      throw std::runtime_error("a derived block has no end");
    }
    const auto name = document.substr(at + kBegin.size(), name_end - at - kBegin.size());
    text += document.substr(0, name_end + kBeginEnd.size());
    text += "\n" + derived(name) + "\n";
    text += kEnd;
    document.remove_prefix(end + kEnd.size());
  }
  return text + std::string(document);
}

}  // namespace telltale::api
