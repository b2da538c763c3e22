#include "collector/console_text.hpp"

#include <string_view>

#include "base/json_encode.hpp"

namespace telltale::collector {
namespace {

using cdp::runtime::ObjectPreview;
using cdp::runtime::PropertyPreview;
using cdp::runtime::RemoteObject;

void append_preview(std::string& out, const ObjectPreview& preview);

void append_property_value(std::string& out, const PropertyPreview& property) {
  if (property.value_preview) {
    append_preview(out, **property.value_preview);
  } else if (property.type == "string") {
    base::append_json_string(out, property.value.value_or(""));
  } else if (property.type == "accessor") {
    out += "(...)";
  } else if (property.type == "function") {
    out += "function";
  } else {
    out += property.value.value_or(property.type);
  }
}

bool is_list(const ObjectPreview& preview) {
  return preview.subtype == "array" || preview.subtype == "typedarray";
}

void append_entries(std::string& out, const ObjectPreview& preview) {
  bool first = true;
  for (const auto& entry : *preview.entries) {
    if (!first) out += ", ";
    first = false;
    if (entry.key) {
      append_preview(out, **entry.key);
      out += " => ";
    }
    append_preview(out, *entry.value);
  }
}

void append_properties(std::string& out, const ObjectPreview& preview) {
  bool first = true;
  for (const auto& property : preview.properties) {
    // V8 lists the size of maps and sets as a property; their description says it already.
    if (preview.entries && property.name == "size") continue;
    if (!first) out += ", ";
    first = false;
    if (!is_list(preview)) {
      out += property.name;
      out += ": ";
    }
    append_property_value(out, property);
  }
}

void append_preview(std::string& out, const ObjectPreview& preview) {
  if (preview.type != "object") {
    if (preview.type == "string") {
      base::append_json_string(out, preview.description.value_or(""));
    } else {
      out += preview.description.value_or(preview.type);
    }
    return;
  }
  const bool plain = !preview.subtype && preview.description == "Object";
  const bool has_members = !preview.properties.empty() || preview.entries || is_list(preview) || plain;
  if (!has_members || preview.subtype == "error" || preview.subtype == "null" ||
      preview.subtype == "regexp" || preview.subtype == "date" || preview.subtype == "node") {
    out += preview.description.value_or(preview.subtype.value_or("object"));
    return;
  }
  if (!plain && preview.subtype != "array") {
    out += preview.description.value_or("");
    out += ' ';
  }
  out += is_list(preview) ? '[' : '{';
  if (preview.entries)
    append_entries(out, preview);
  else
    append_properties(out, preview);
  if (preview.overflow) out += preview.properties.empty() ? "…" : ", …";
  out += is_list(preview) ? ']' : '}';
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

// What was thrown, in one line; empty when there is nothing to say (throw undefined, throw null).
std::string thrown_text(const RemoteObject& thrown) {
  if (thrown.description) return std::string(first_line(*thrown.description));
  if (thrown.unserializable_value) return *thrown.unserializable_value;
  if (thrown.value && (thrown.value->is_string || thrown.value->text != "null")) return thrown.value->text;
  return "";
}

}  // namespace

std::string console_text(const RemoteObject& object) {
  if (object.value) return object.value->text;
  if (object.subtype == "null") return "null";
  if (object.unserializable_value) return *object.unserializable_value;
  if (object.preview && object.subtype != "error") {
    std::string out;
    append_preview(out, *object.preview);
    return out;
  }
  return object.description.value_or(object.type);
}

std::string exception_text(const cdp::runtime::ExceptionDetails& details) {
  std::string thrown = details.exception ? thrown_text(*details.exception) : "";
  if (thrown.empty()) return details.text;
  if (details.text.empty() || thrown.starts_with(details.text)) return thrown;
  return details.text + " " + thrown;
}

}  // namespace telltale::collector
