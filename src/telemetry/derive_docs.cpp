#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

#include "base/ascii.hpp"
#include "telemetry/derive.hpp"
#include "telemetry/event_models.hpp"

namespace telltale::telemetry {
namespace {

using base::FieldModel;
using base::TypeKind;
using base::TypeModel;

constexpr std::string_view kHeader = R"(# Telemetry events

Every event that a session's stream can carry. This file is derived from the structs in `src/telemetry/events`
(`scripts/gen` writes it): a struct and its field table are all there is.

## Envelope

Each SSE `data:` line, and each element of the history, is one envelope: `{"seq": 7, "event": {...}}`.

| field | type | meaning |
| --- | --- | --- |
| `seq` | integer | Place in the session's log: 1 for the first event, +1 for each, never reset. Equal to the SSE `id`. A jump in what was received means lost events. |
| `event.ts` | integer | When it was observed, in microseconds since the Unix epoch (wall clock). |
| `event.type` | string | One of the types below. |
| `event.category` | string | The category of the type. |
| `event.source` | [Source](#source) | Where it was observed. |
| `event.data` | object or null | The fields listed for the type. Left out for types without fields; null when it was too large even with its strings cut. |
| `event.truncated` | boolean | Present, and true, when the envelope would have been larger than 1,000,000 bytes: the longest strings are then cut and end with `...[truncated]`, or, where that would not suffice, `data` is null. |

A field marked *optional* is absent when there is nothing to say; it is never an empty string. A field marked *secret* may
hold what only its owner should see, and telltale never writes it to its own log or messages.

Unless the session says `"redact": "none"`, credentials are masked with `[redacted]` before an event is kept; with `"redact": "strict"`
`post_data`, `body` and `payload` are absent besides. [redaction.md](redaction.md) lists names and notations, with samples.)";

constexpr std::string_view kTypes =
    "One row per type. The last column names the end-to-end test that makes real Chromium produce it: a "
    "check after those\n"
    "tests fails for a type that its test has not produced (`tests/golden/producers.tsv`, "
    "`tests/compat/kernel`).";

// A vertical bar would end the cell.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string source_text(const EventType& type) {
  std::string text = "`" + std::string(base::enum_name(type.kind)) + "`";
  if (!type.source.empty()) text += ", `" + std::string(type.source) + "`";
  return text;
}

/// Names with their units, in one cell of a table.
std::string field_names(const TypeModel& type) {
  std::string names;
  bool has_context = false;
  for (const auto& row : type.fields) {
    if (row.flattened_from != nullptr) {
      has_context = true;
      continue;
    }
    names += (names.empty() ? "`" : ", `") + std::string(row.name) + "`";
    if (!row.unit.empty()) names += " (" + cell(row.unit) + ")";
  }
  const std::string context = has_context ? "[context](#context)" : "";
  if (names.empty()) return has_context ? context : "none";
  return has_context ? context + ", " + names : names;
}

class Document {
 public:
  /// A paragraph, heading or code block: a blank line stands between two.
  void block(std::string_view text) { text_.append(text_.empty() ? "" : "\n").append(text).append("\n"); }

  /// The table of a structure's own rows; those of a flattened struct are one link.
  void fields(const TypeModel& type) {
    bool own = false;
    for (const auto& row : type.fields) {
      if (row.flattened_from != nullptr) continue;
      if (!own) block("| field | type | unit | meaning |\n| --- | --- | --- | --- |");
      own = true;
      field(row);
    }
    const bool has_context = !type.fields.empty() && type.fields.front().flattened_from != nullptr;
    if (has_context) block(own ? "Plus the [context](#context)." : "Fields: the [context](#context).");
    if (type.fields.empty()) block("Has no `data`.");
  }

  /// The table of all types.
  void types(std::span<const EventModel> models, std::span<const EventProducer> producers) {
    block(
        "| type | category | source | fields | produced on a real browser by |\n| --- | --- | --- | --- | "
        "--- |");
    for (std::size_t i = 0; i < models.size(); ++i) {
      const EventType& event = *models[i].type;
      const std::string name(event.name);
      text_ += "| [`" + name + "`](#" + name + ") | " + std::string(base::enum_name(event.category)) + " | " +
               source_text(event) + " | " + field_names(*models[i].data) + " | ";
      if (i < producers.size()) {
        const auto& [type, test, note] = producers[i];
        if (!test.empty()) text_ += "`" + test + "`";
        if (!test.empty() && !note.empty()) text_ += "; ";
        text_ += cell(note);
      }
      text_ += " |\n";
    }
  }

  void sample(const Envelope& envelope) {
    std::string json;
    encode_envelope(json, envelope.seq, envelope.event, base::Secrets::reveal);
    block("```json\n" + nlohmann::ordered_json::parse(json).dump(2) + "\n```");
  }

  /// The structures that the tables so far refer to, and those that they refer to.
  void structures() {
    for (std::size_t i = 0; i < referenced_.size(); ++i) {
      block("### " + std::string(referenced_[i]->name));
      block(referenced_[i]->doc);
      fields(*referenced_[i]);
    }
  }
  void refer(const TypeModel& type) {
    if (seen_.insert(type.name).second) referenced_.push_back(&type);
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void field(const FieldModel& row) {
    text_ += "| `" + std::string(row.name) + "` | " + type(row.type());
    if (row.optional) text_ += ", *optional*";
    if (row.secret) text_ += ", *secret*";
    text_ += " | " + cell(row.unit) + " | " + cell(row.doc) + " |\n";
  }

  std::string type(const TypeModel& type) {
    switch (type.kind) {
      case TypeKind::boolean:
        return "boolean";
      case TypeKind::integer:
        return "integer";
      case TypeKind::number:
        return "number";
      case TypeKind::string:
        return "string";
      case TypeKind::raw_json:
        return "any JSON";
      case TypeKind::list:
        return "list of " + this->type(type.element());
      case TypeKind::map:
        return "object with values of " + this->type(type.element());
      case TypeKind::unsupported:
        return "not supported";
      case TypeKind::enumeration:
        break;
      case TypeKind::structure:
        refer(type);
        return "[" + std::string(type.name) + "](#" + base::ascii_lower(type.name) + ")";
    }
    std::string names;
    for (const auto name : type.enum_names) {
      if (!names.empty()) names += ", ";
      names += "`" + std::string(name) + "`";
    }
    return "one of " + names;
  }

  std::string text_;
  std::vector<const TypeModel*> referenced_;
  std::set<std::string_view> seen_;
};

}  // namespace

std::string derive_docs(std::span<const Envelope> samples, std::span<const EventProducer> producers) {
  Document document;
  document.block(kHeader);
  document.block("## Context");
  document.block(event_context_model().doc);
  document.fields(event_context_model());
  document.refer(base::type_model<Source>());
  const auto models = event_models();
  document.block("## Types");
  document.block(kTypes);
  document.types(models, producers);
  for (const auto& [category, name] : base::kEnumNames<Category>) {
    document.block("## Category " + std::string(name));
    for (std::size_t i = 0; i < models.size(); ++i) {
      const EventType& type = *models[i].type;
      if (type.category != category) continue;
      document.block("### " + std::string(type.name));
      document.block(std::string(type.doc) + "\nSource: " + source_text(type) + ".");
      document.fields(*models[i].data);
      if (i < samples.size()) document.sample(samples[i]);
    }
  }
  document.block("## Structures");
  document.structures();
  return document.take();
}

}  // namespace telltale::telemetry
