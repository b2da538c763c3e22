#include "base/json_decode.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/json_encode.hpp"

namespace telltale::base {

using nlohmann::json;

namespace {

std::string_view kind_of(const json& value) {
  switch (value.type()) {
    case json::value_t::null:
      return "null";
    case json::value_t::boolean:
      return "a boolean";
    case json::value_t::string:
      return "a string";
    case json::value_t::array:
      return "a list";
    case json::value_t::object:
      return "an object";
    default:
      return value.is_number_float() ? "a number" : "an integer";
  }
}

bool wrong_type(const json& value, std::string_view wanted, ViolationKind kind, DecodeContext& context) {
  context.violate("must be " + std::string(wanted) + ", not " + std::string(kind_of(value)), kind);
  return false;
}

// Levenshtein distance, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, replaced});
    }
  }
  return row.back();
}

// The known name that `name` was probably meant to be: at most a third of it is different. Empty when there
// is none.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
  constexpr std::size_t kLongestName = 64;  // nobody mistypes longer ones, and the distance is quadratic
  if (name.size() > kLongestName) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(name.size() / 3, 1) + 1;
  for (const auto candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

// Whether lists and objects nest deeper than kJsonDepth. Brackets inside strings do not count.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kJsonDepth) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

// As a person writes it: 2000000, not 2e+06, which is what is shortest.
std::string number_text(double value) {
  char buffer[std::numeric_limits<double>::max_exponent10 + 64];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr};
}

// 5.0 is an integer in JSON Schema and to JavaScript; beyond 2^53 a double no longer says which one.
bool is_whole(double value) { return std::trunc(value) == value && std::abs(value) <= 9007199254740992.0; }

}  // namespace

std::string to_string(const std::vector<Violation>& violations) {
  std::string text;
  for (const auto& [path, message, kind] : violations) {
    if (!text.empty()) text += "; ";
    if (!path.empty()) text += path + ": ";
    text += message;
  }
  return text;
}

DecodeContext::At::At(DecodeContext& context, std::string_view member)
    : path_(context.path_), length_(context.path_.size()) {
  if (!path_.empty()) path_ += '.';
  path_ += member;
}

DecodeContext::At::At(DecodeContext& context, std::size_t index)
    : path_(context.path_), length_(context.path_.size()) {
  path_ += '[' + std::to_string(index) + ']';
}

void DecodeContext::violate(std::string message, ViolationKind kind) {
  if (violations_.size() < kJsonViolations) violations_.push_back({path_, std::move(message), kind});
}

ObjectReader::ObjectReader(const json& value, DecodeContext& context)
    : json_(value.is_object() ? &value : nullptr), context_(context) {
  if (json_ == nullptr) wrong_type(value, "an object", ViolationKind::object, context);
}

const json* ObjectReader::find(std::string_view name) {
  known_.push_back(name);
  if (json_ == nullptr) return nullptr;
  const auto found = json_->find(name);
  return found == json_->end() ? nullptr : &*found;
}

const json* ObjectReader::require(std::string_view name) {
  const json* found = find(name);
  if (found == nullptr && json_ != nullptr) {
    const DecodeContext::At at(context_, name);
    context_.violate("is required", ViolationKind::missing);
  }
  return found;
}

void ObjectReader::report_unknown() const {
  if (json_ == nullptr || context_.unknown() == UnknownMembers::skip) return;
  for (const auto& [name, value] : json_->items()) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    if (context_.violations().size() >= kJsonViolations) return;
    const auto suggestion = nearest(name, known_);
    const DecodeContext::At at(context_, name);
    context_.violate(suggestion.empty() ? "is not known"
                                        : "is not known; did you mean " + std::string(suggestion) + "?",
                     ViolationKind::unknown);
  }
}

bool read_json(const json& value, bool& out, DecodeContext& context) {
  if (!value.is_boolean()) return wrong_type(value, "a boolean", ViolationKind::boolean, context);
  out = value.get<bool>();
  return true;
}

bool read_json(const json& value, double& out, DecodeContext& context) {
  if (!value.is_number()) return wrong_type(value, "a number", ViolationKind::number, context);
  out = value.get<double>();
  return true;
}

bool read_json(const json& value, std::string& out, DecodeContext& context) {
  if (!value.is_string()) return wrong_type(value, "a string", ViolationKind::string, context);
  out = value.get_ref<const std::string&>();
  return true;
}

bool read_json(const json& value, RawJson& out, DecodeContext&) {
  out.text = value.is_null() ? std::string() : value.dump();
  return true;
}

bool read_json(const json& value, Unsupported&, DecodeContext& context) {
  const bool empty_text = value.is_string() && value.get_ref<const std::string&>().empty();
  const bool empty_container = value.is_structured() && value.empty();
  if (value.is_null() || value == false || empty_text || empty_container) return true;
  context.violate("telltale cannot honour this: leave it out, or send false or null");
  return false;
}

bool read_integer(const json& value, std::int64_t low, std::int64_t high, std::int64_t& out,
                  DecodeContext& context) {
  if (value.is_number_float() && is_whole(value.get<double>())) {
    out = static_cast<std::int64_t>(value.get<double>());
  } else if (!value.is_number_integer()) {
    return wrong_type(value, "an integer", ViolationKind::integer, context);
  } else if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX}) {
    context.violate("must be at most " + std::to_string(high), ViolationKind::range);
    return false;
  } else {
    out = value.get<std::int64_t>();
  }
  if (out < low || out > high) {
    context.violate("must be from " + std::to_string(low) + " to " + std::to_string(high),
                    ViolationKind::range);
    return false;
  }
  return true;
}

bool read_unsigned(const json& value, std::uint64_t high, std::uint64_t& out, DecodeContext& context) {
  if (value.is_number_unsigned()) {
    out = value.get<std::uint64_t>();
  } else {
    std::int64_t number = 0;
    if (!read_integer(value, 0, INT64_MAX, number, context)) return false;
    out = static_cast<std::uint64_t>(number);
  }
  if (out > high) {
    context.violate("must be at most " + std::to_string(high), ViolationKind::range);
    return false;
  }
  return true;
}

bool read_name(const json& value, const std::vector<std::string_view>& names, std::size_t& out,
               DecodeContext& context) {
  if (value.is_string()) {
    const auto found = std::ranges::find(names, value.get_ref<const std::string&>());
    out = static_cast<std::size_t>(found - names.begin());
    if (found != names.end()) return true;
  }
  std::string message = "must be one of ";
  for (const auto name : names) {
    if (name != names.front()) message += ", ";
    message += name;
  }
  context.violate(std::move(message), ViolationKind::one_of);
  return false;
}

bool is_null(const json& value) noexcept { return value.is_null(); }

std::vector<const json*> list_items(const json& value, DecodeContext& context) {
  std::vector<const json*> items;
  if (!value.is_array()) {
    wrong_type(value, "a list", ViolationKind::list, context);
    return items;
  }
  items.reserve(value.size());
  for (const auto& item : value) items.push_back(&item);
  return items;
}

std::vector<std::pair<const std::string*, const json*>> object_members(const json& value,
                                                                       DecodeContext& context) {
  std::vector<std::pair<const std::string*, const json*>> members;
  if (!value.is_object()) {
    wrong_type(value, "an object", ViolationKind::object, context);
    return members;
  }
  for (const auto& [name, member] : value.get_ref<const json::object_t&>())
    members.emplace_back(&name, &member);
  return members;
}

void check_range(double value, double low, double high, std::string_view what, DecodeContext& context) {
  if (value >= low && value <= high) return;
  std::string message(what);
  message += "must be ";
  if (std::isfinite(low) && std::isfinite(high)) {
    message += "from " + number_text(low) + " to " + number_text(high);
  } else {
    message += std::isfinite(low) ? "at least " + number_text(low) : "at most " + number_text(high);
  }
  context.violate(std::move(message), ViolationKind::range);
}

std::size_t text_length(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Result<std::shared_ptr<const json>> parse_json(std::string_view text) {
  if (too_deep(text)) {
    return fail(Errc::invalid_argument,
                "JSON is nested deeper than " + std::to_string(kJsonDepth) + " levels");
  }
  try {
    return std::make_shared<const json>(json::parse(text));
  } catch (const json::parse_error& error) {
    return fail(Errc::invalid_argument, "not valid JSON at byte " + std::to_string(error.byte));
  } catch (const json::out_of_range&) {
    return fail(Errc::invalid_argument, "not valid JSON: a number is out of range");
  }
}

}  // namespace telltale::base
