#include <set>
#include <string_view>

#include "telemetry/derive.hpp"
#include "telemetry/event_models.hpp"

namespace telltale::telemetry {
namespace {

using base::FieldModel;
using base::TypeKind;
using base::TypeModel;

std::string comment(std::string_view indent, std::string_view text) {
  return std::string(indent) + "/** " + std::string(text) + " */\n";
}

// Declarations in the order of need: what a declaration refers to stands before it, except for recursion.
class Declarations {
 public:
  /// The TypeScript expression for `type`. Declares what it names.
  std::string type(const TypeModel& type) {
    switch (type.kind) {
      case TypeKind::boolean:
        return "boolean";
      case TypeKind::integer:
      case TypeKind::number:
        return "number";
      case TypeKind::string:
        return "string";
      case TypeKind::raw_json:
        return "unknown";
      case TypeKind::list:
        return "Array<" + this->type(type.element()) + ">";
      case TypeKind::map:
        return "Record<string, " + this->type(type.element()) + ">";
      case TypeKind::unsupported:
        return "never";
      case TypeKind::enumeration:
        declare_enumeration(type);
        break;
      case TypeKind::structure:
        declare_interface(type);
        break;
    }
    return std::string(type.name);
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  void declare_enumeration(const TypeModel& type) {
    if (!declared_.insert(type.name).second) return;
    text_ += "export type " + std::string(type.name) + " =";
    for (const auto name : type.enum_names) text_ += "\n  | \"" + std::string(name) + "\"";
    text_ += ";\n\n";
  }

  void declare_interface(const TypeModel& type) {
    if (!declared_.insert(type.name).second) return;
    std::string heritage;
    std::string body;
    for (const auto& row : type.fields) {
      if (row.flattened_from != nullptr) {
        const std::string parent = this->type(row.flattened_from());
        if (heritage.find(" " + parent) == std::string::npos) {
          heritage += (heritage.empty() ? " extends " : ", ") + parent;
        }
      } else {
        body += member(row);
      }
    }
    text_ += comment("", type.doc) + "export interface " + std::string(type.name) + heritage + " {\n" + body +
             "}\n\n";
  }

  std::string member(const FieldModel& row) {
    std::string doc(row.doc);
    if (!row.unit.empty()) doc += " Unit: " + std::string(row.unit) + ".";
    const std::string declared = type(row.type());
    return comment("  ", doc) + "  " + std::string(row.name) + (row.optional ? "?: " : ": ") + declared +
           ";\n";
  }

  std::string text_;
  std::set<std::string_view> declared_;
};

constexpr std::string_view kHeader =
    R"(// Telemetry events of telltale. Derived from src/telemetry/events; scripts/gen writes it.

)";

constexpr std::string_view kEventBases = R"(/** What all events have. */
export interface EventBase<Type extends string, In extends Category> {
  /** When it was observed. Unit: us since the Unix epoch. */
  ts: number;
  type: Type;
  category: In;
  source: Source;
}

/** An event with data. When they were too large `truncated` is present, and their longest strings are cut or they are null. */
export interface EventWithData<Type extends string, In extends Category, Data> extends EventBase<Type, In> {
  data: Data | null;
  truncated?: true;
}

)";

constexpr std::string_view kEnvelope = R"(
/** One event with its sequence number, as each SSE data line carries it. */
export interface Envelope {
  /** Place in the session's log: +1 per event. A jump in what was received means lost events. */
  seq: number;
  event: TelemetryEvent;
}
)";

}  // namespace

std::string derive_typescript() {
  Declarations declarations;
  declarations.type(base::type_model<Category>());
  declarations.type(base::type_model<Source>());
  std::string alternatives;
  for (const auto& event : event_models()) {
    const std::string key = "<\"" + std::string(event.type->name) + "\", \"" +
                            std::string(base::enum_name(event.type->category)) + "\"";
    alternatives += "\n  | ";
    if (event.data->fields.empty()) {
      alternatives += "EventBase" + key + ">";
    } else {
      alternatives += "EventWithData" + key + ", " + declarations.type(*event.data) + ">";
    }
  }
  std::string text(kHeader);
  text += declarations.text();
  text += kEventBases;
  text +=
      comment("", "Any event; `type` tells which.") + "export type TelemetryEvent =" + alternatives + ";\n";
  text += kEnvelope;
  return text;
}

}  // namespace telltale::telemetry
