#pragma once

// JSON -> described struct, from the field table. Every problem of the input is collected with its path, so
// that a client can correct all of them at once. For API bodies, configuration and stored events; CDP frames
// go through cdp/decode.hpp.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/describe.hpp"
#include "base/error.hpp"

namespace telltale::base {

/// JSON is refused when lists and objects are nested deeper: nlohmann's dump() recurses.
inline constexpr std::size_t kJsonDepth = 200;
/// Violations collected of one document. Further ones are dropped: they are for a human to read.
inline constexpr std::size_t kJsonViolations = 32;

/// What kind of thing is wrong: for APIs whose errors have machine-readable types.
enum class ViolationKind {
  value,    ///< any other reason
  missing,  ///< a required member is absent
  unknown,  ///< there is no such member
  boolean,  ///< not a boolean, and so on
  number,
  integer,
  string,
  list,
  object,
  one_of,  ///< not one of the names
  range,   ///< too small, too large, too short or too long
};

/// One thing that is wrong with a document.
struct Violation {
  std::string path;     ///< e.g. `browser.console.enabled` or `tags[2]`; empty for the document itself
  std::string message;  ///< e.g. `must be a boolean, not a string`; never contains a value of the document
  ViolationKind kind = ViolationKind::value;
  /// The message says the kind as well.
  bool operator==(const Violation& other) const { return path == other.path && message == other.message; }
};

/// All violations as one line: `path: message; path: message`.
std::string to_string(const std::vector<Violation>& violations);

/// What to do with members that the struct does not know.
enum class UnknownMembers {
  refuse,  ///< A violation that names the nearest known member: for requests, where it is a typing mistake.
  skip,    ///< For data written by a newer version.
};

/// The state of one decoding: where we are, and what was wrong so far.
class DecodeContext {
 public:
  explicit DecodeContext(UnknownMembers unknown) : unknown_(unknown) {}
  DecodeContext(const DecodeContext&) = delete;
  DecodeContext& operator=(const DecodeContext&) = delete;

  /// One step down in the document while it lives.
  class [[nodiscard]] At {
   public:
    At(DecodeContext& context, std::string_view member);
    At(DecodeContext& context, std::size_t index);
    At(const At&) = delete;
    At& operator=(const At&) = delete;
    ~At() { path_.resize(length_); }

   private:
    std::string& path_;
    std::size_t length_;
  };

  /// Records a violation at the current path.
  void violate(std::string message, ViolationKind kind = ViolationKind::value);
  [[nodiscard]] UnknownMembers unknown() const noexcept { return unknown_; }
  [[nodiscard]] const std::vector<Violation>& violations() const noexcept { return violations_; }

 private:
  UnknownMembers unknown_;
  std::string path_;
  std::vector<Violation> violations_;
};

/// Reads the members of one JSON object by name and, at the end, reports those that nobody asked for.
class ObjectReader {
 public:
  /// Not an object: a violation, and every member counts as absent without a further one.
  ObjectReader(const nlohmann::json& json, DecodeContext& context);
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;

  /// The member, or null when it is absent.
  const nlohmann::json* find(std::string_view name);
  /// Like find(); absence is a violation.
  const nlohmann::json* require(std::string_view name);
  /// Marks a name as known without reading it.
  void ignore(std::string_view name) { known_.push_back(name); }
  void report_unknown() const;

 private:
  const nlohmann::json* json_;  // null when it is not an object
  DecodeContext& context_;
  std::vector<std::string_view> known_;
};

// The primitive readings. Each reports what is wrong and then returns false.
bool read_json(const nlohmann::json& json, bool& out, DecodeContext& context);
bool read_json(const nlohmann::json& json, double& out, DecodeContext& context);
bool read_json(const nlohmann::json& json, std::string& out, DecodeContext& context);
bool read_json(const nlohmann::json& json, RawJson& out, DecodeContext& context);
bool read_json(const nlohmann::json& json, Unsupported& out, DecodeContext& context);
bool read_integer(const nlohmann::json& json, std::int64_t low, std::int64_t high, std::int64_t& out,
                  DecodeContext& context);
bool read_unsigned(const nlohmann::json& json, std::uint64_t high, std::uint64_t& out,
                   DecodeContext& context);
/// The place of the string among `names`.
bool read_name(const nlohmann::json& json, const std::vector<std::string_view>& names, std::size_t& out,
               DecodeContext& context);

[[nodiscard]] bool is_null(const nlohmann::json& json) noexcept;
/// The items of a list; a violation and an empty list when it is not one.
std::vector<const nlohmann::json*> list_items(const nlohmann::json& json, DecodeContext& context);
/// The members of an object in alphabetical order; a violation and an empty list when it is not one.
std::vector<std::pair<const std::string*, const nlohmann::json*>> object_members(const nlohmann::json& json,
                                                                                 DecodeContext& context);
/// Reports a number outside of [low, high]; `what` is "" or e.g. "length ".
void check_range(double value, double low, double high, std::string_view what, DecodeContext& context);
/// Length of UTF-8 text in code points, the unit of JSON Schema's minLength.
std::size_t text_length(std::string_view text) noexcept;

template <class T>
bool decode_value(const nlohmann::json& json, T& out, DecodeContext& context);

/// Checks a decoded value against the bounds of its row.
template <class T>
void check_bounds(const T& value, double low, double high, DecodeContext& context) {
  if constexpr (IsOptional<T>::value) {
    if (value) check_bounds(*value, low, high, context);
  } else if constexpr (IsSecret<T>::value) {
    check_bounds(value.reveal(), low, high, context);
  } else if constexpr (std::is_arithmetic_v<T>) {
    check_range(static_cast<double>(value), low, high, "", context);
  } else if constexpr (std::is_same_v<T, std::string>) {
    check_range(static_cast<double>(text_length(value)), low, high, "length ", context);
  } else if constexpr (IsStrongId<T>::value) {
    check_bounds(value.value, low, high, context);
  } else if constexpr (IsVector<T>::value) {
    check_range(static_cast<double>(value.size()), low, high, "number of items ", context);
  } else if constexpr (IsObject<T>::value) {
    check_range(static_cast<double>(value.members.size()), low, high, "number of members ", context);
  }
}

template <Described T>
void decode_members(ObjectReader& reader, T& out, DecodeContext& context) {
  for_each_row<T>([&](const auto& row) {
    using Row = std::remove_cvref_t<decltype(row)>;
    if constexpr (requires {
                    row.name;
                    row.member;
                  }) {
      using Member = typename Row::member_type;
      constexpr bool kMayBeAbsent = IsOptional<Member>::value || std::is_same_v<Member, Unsupported>;
      const auto* json = kMayBeAbsent || row.has_default ? reader.find(row.name) : reader.require(row.name);
      if (json == nullptr) return;
      const DecodeContext::At at(context, row.name);
      auto& member = out.*row.member;
      if (decode_value(*json, member, context)) check_bounds(member, row.minimum, row.maximum, context);
    } else if constexpr (std::is_same_v<Row, Ignored>) {
      reader.ignore(row.name);
    } else {
      decode_members(reader, out.*row.member, context);
    }
  });
}

template <class E>
bool decode_enum(const nlohmann::json& json, E& out, DecodeContext& context) {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    for (const auto& entry : kEnumNames<E>) names.push_back(entry.name);
    return names;
  }();
  std::size_t place = 0;
  if (!read_name(json, kNames, place, context)) return false;
  out = kEnumNames<E>[place].value;
  return true;
}

template <class T>
bool decode_number(const nlohmann::json& json, T& out, DecodeContext& context) {
  if constexpr (std::is_unsigned_v<T>) {
    std::uint64_t wide = 0;
    if (!read_unsigned(json, std::numeric_limits<T>::max(), wide, context)) return false;
    out = static_cast<T>(wide);
  } else {
    std::int64_t wide = 0;
    if (!read_integer(json, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), wide, context))
      return false;
    out = static_cast<T>(wide);
  }
  return true;
}

template <class T>
bool decode_list(const nlohmann::json& json, std::vector<T>& out, DecodeContext& context) {
  const auto before = context.violations().size();
  const auto items = list_items(json, context);
  out.clear();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const DecodeContext::At at(context, i);
    T item{};
    decode_value(*items[i], item, context);
    out.push_back(std::move(item));
  }
  return context.violations().size() == before;
}

template <class T>
bool decode_object(const nlohmann::json& json, Object<T>& out, DecodeContext& context) {
  const auto before = context.violations().size();
  out.members.clear();
  for (const auto& [name, value] : object_members(json, context)) {
    const DecodeContext::At at(context, *name);
    T item{};
    decode_value(*value, item, context);
    out.members.emplace_back(*name, std::move(item));
  }
  return context.violations().size() == before;
}

/// Decodes `json` into `out`. Returns false, with the reasons in `context`, when it has the wrong type or
/// shape; `out` is then unspecified.
template <class T>
bool decode_value(const nlohmann::json& json, T& out, DecodeContext& context) {
  if constexpr (IsOptional<T>::value) {
    out.reset();
    return is_null(json) || decode_value(json, out.emplace(), context);
  } else if constexpr (IsSecret<T>::value) {
    typename T::value_type value{};
    if (!decode_value(json, value, context)) return false;
    out = T(std::move(value));
    return true;
  } else if constexpr (IsBoxed<T>::value) {
    return decode_value(json, *out, context);
  } else if constexpr (IsStrongId<T>::value || std::is_same_v<T, Seq>) {
    return decode_value(json, out.value, context);
  } else if constexpr (IsVector<T>::value) {
    return decode_list(json, out, context);
  } else if constexpr (IsObject<T>::value) {
    return decode_object(json, out, context);
  } else if constexpr (DescribedEnum<T>) {
    return decode_enum(json, out, context);
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    return decode_number(json, out, context);
  } else if constexpr (Described<T>) {
    const auto before = context.violations().size();
    ObjectReader reader(json, context);
    decode_members(reader, out, context);
    reader.report_unknown();
    return context.violations().size() == before;
  } else {
    return read_json(json, out, context);
  }
}

/// Parses a document. Errors: invalid_argument with the place of the first syntax error, or when it is nested
/// too deeply.
Result<std::shared_ptr<const nlohmann::json>> parse_json(std::string_view text);

/// Decodes a parsed document. Errors: all violations.
template <class T>
std::expected<T, std::vector<Violation>> decode_checked(const nlohmann::json& json,
                                                        UnknownMembers unknown = UnknownMembers::refuse) {
  DecodeContext context(unknown);
  T value{};
  decode_value(json, value, context);
  if (!context.violations().empty()) return std::unexpected(context.violations());
  return value;
}

/// Decodes a whole document. Errors: invalid_argument with every violation in the message.
template <class T>
Result<T> decode_json(std::string_view text, UnknownMembers unknown = UnknownMembers::refuse) {
  auto json = parse_json(text);
  if (!json) return std::unexpected(json.error());
  auto value = decode_checked<T>(**json, unknown);
  if (!value) return fail(Errc::invalid_argument, to_string(value.error()));
  return std::move(*value);
}

}  // namespace telltale::base
