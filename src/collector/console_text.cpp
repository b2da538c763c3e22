#include "collector/console_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/json_encode.hpp"

namespace telltale::collector {
namespace {

using cdp::runtime::ObjectPreview;
using cdp::runtime::PropertyPreview;
using cdp::runtime::RemoteObject;

void append_preview(std::string& out, const ObjectPreview& preview);

bool is_list(const ObjectPreview& preview) {
  return preview.subtype == "array" || preview.subtype == "typedarray";
}

std::optional<std::size_t> index_of(std::string_view name) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return index;
}

// The 3 of "Array(3)".
std::optional<std::size_t> length_of(const ObjectPreview& list) {
  const std::string_view text = list.description ? std::string_view(*list.description) : std::string_view{};
  const auto open = text.rfind('(');
  if (open == text.npos || !text.ends_with(')')) return std::nullopt;
  return index_of(text.substr(open + 1, text.size() - open - 2));
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

// Elements that are not there: `empty`, `empty × 3`.
void append_holes(std::string& out, std::size_t count) {
  if (count == 0) return;
  if (!out.ends_with('[')) out += ", ";
  out += "empty";
  if (count > 1) out += " × " + std::to_string(count);
}

void append_list(std::string& out, const ObjectPreview& preview) {
  std::size_t next = 0;
  bool in_order = true;  // the elements come first, by their index
  const auto length = length_of(preview);
  const auto close = [&] {
    if (in_order && length && !preview.overflow && *length > next) append_holes(out, *length - next);
    in_order = false;
  };
  for (const auto& property : preview.properties) {
    const auto index = index_of(property.name);
    if (!index) close();
    if (index && in_order && *index >= next) {
      append_holes(out, *index - next);
      next = *index + 1;
    }
    if (!out.ends_with('[')) out += ", ";
    if (!index) out += property.name + ": ";
    append_property_value(out, property);
  }
  close();
}

void append_properties(std::string& out, const ObjectPreview& preview) {
  bool first = true;
  for (const auto& property : preview.properties) {
    // V8 lists the size of maps and sets as a property; their description says it already.
    if (preview.entries && property.name == "size") continue;
    if (!first) out += ", ";
    first = false;
    out += property.name;
    out += ": ";
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
  if (preview.entries) {
    append_entries(out, preview);
  } else if (is_list(preview)) {
    append_list(out, preview);
  } else {
    append_properties(out, preview);
  }
  if (preview.overflow) out += preview.properties.empty() ? "…" : ", …";
  out += is_list(preview) ? ']' : '}';
}

// What was thrown.
std::string thrown_text(const RemoteObject& thrown, std::span<const ErrorNode> nodes) {
  if (thrown.subtype == "error") {
    const ErrorNode alone{ErrorNode::Way::root, 0, thrown};
    return error_text(nodes.empty() ? std::span(&alone, 1) : nodes, false);
  }
  const bool described = thrown.description && !thrown.preview && !thrown.value && thrown.type != "function";
  return described ? std::string(split_error(*thrown.description, std::nullopt).head) : console_text(thrown);
}

// How many arguments a specifier takes; absent: it is none.
std::optional<int> specifier(char letter) {
  if (letter == '%') return 0;
  if (std::string_view("sdifoOc_").find(letter) != std::string_view::npos) return 1;
  return std::nullopt;
}

bool takes_format(const cdp::runtime::ConsoleApiCalled& call) {
  constexpr std::string_view kFormatted[] = {"log",   "debug",  "info",       "error",
                                             "warning", "trace", "assert", "startGroup", "startGroupCollapsed"};
  return call.args.size() > 1 && call.args.front().type == "string" && std::ranges::count(kFormatted, call.type) > 0;
}

}  // namespace

void append_property_value(std::string& out, const PropertyPreview& property) {
  if (property.value_preview) {
    append_preview(out, **property.value_preview);
  } else if (property.type == "string") {
    base::append_json_string(out, property.value.value_or(""));
  } else if (property.type == "accessor") {
    out += "(...)";
  } else if (property.type == "function") {
    out += "function";
  } else if (property.subtype == "error" && property.value) {
    out += split_error(*property.value, std::nullopt).head;
  } else {
    out += property.value.value_or(property.type);
  }
}

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

std::string console_message(const cdp::runtime::ConsoleApiCalled& call, const std::vector<std::string>& shown) {
  if (shown.empty()) return {};
  const std::string& format = shown.front();
  if (!takes_format(call) || format.find('%') == format.npos) return format;
  std::string out;
  std::size_t next = 1;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const auto takes = format[i] == '%' && i + 1 < format.size() ? specifier(format[i + 1]) : std::nullopt;
    if (!takes || (*takes > 0 && next >= shown.size())) {
      out += format[i];
      continue;
    }
    const char letter = format[++i];
    if (letter == '%') {
      out += '%';
    } else {
      // V8 has made numbers of the arguments of %d, %i and %f; styles are not for reading.
      if (letter != 'c' && letter != '_') out += shown[next];
      ++next;
    }
  }
  for (; next < shown.size(); ++next) out += ' ' + shown[next];
  return out;
}

std::string exception_text(const cdp::runtime::ExceptionDetails& details, std::span<const ErrorNode> nodes) {
  if (!details.exception) return details.text;
  const std::string thrown = thrown_text(*details.exception, nodes);
  if (thrown.empty()) return details.text;
  if (details.text.empty() || thrown.starts_with(details.text)) return thrown;
  return details.text + " " + thrown;
}

}  // namespace telltale::collector
