#pragma once

// Struct -> JSON text, straight into a buffer, from the field table. No DOM in between.

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/describe.hpp"

namespace telltale::base {

/// What the encoder does with Secret<T>. The choice is the session's redaction policy; there is no default.
enum class Secrets {
  reveal,  ///< Write the value (redaction `none`).
  mask,    ///< Write the string "[redacted]".
};

/// Appends `text` as a JSON string: quotes and escapes added, invalid UTF-8 replaced by U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Appends the shortest decimal text that reads back as the same double. NaN and infinities become null.
void append_json_number(std::string& out, double value);

template <class T>
void encode_json(std::string& out, const T& value, Secrets secrets);

/// Appends one member with its name; nothing when it is an optional without a value.
template <class T>
void encode_member(std::string& out, std::string_view name, const T& value, Secrets secrets, bool& first) {
  if constexpr (IsOptional<T>::value) {
    if (value) encode_member(out, name, *value, secrets, first);
  } else if constexpr (!std::is_same_v<T, Unsupported>) {
    out += first ? "\"" : ",\"";
    first = false;
    out += name;  // names are ours: they need no escaping
    out += "\":";
    encode_json(out, value, secrets);
  }
}

/// Appends the members of a described struct without the braces. `first` is false once a member was written,
/// so that flattened structs and hand-written prefixes join correctly.
template <Described T>
void encode_members(std::string& out, const T& value, Secrets secrets, bool& first) {
  for_each_row<T>([&](const auto& row) {
    using Row = std::remove_cvref_t<decltype(row)>;
    if constexpr (requires {
                    row.name;
                    row.member;
                  }) {
      encode_member(out, row.name, value.*row.member, secrets, first);
    } else if constexpr (!std::is_same_v<Row, Ignored>) {
      encode_members(out, value.*row.member, secrets, first);
    }
  });
}

/// Appends `value` as JSON. Absent optional members of structs are left out; a bare empty optional becomes
/// null.
template <class T>
void encode_json(std::string& out, const T& value, Secrets secrets) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, Seq>) {
    encode_json(out, value.value, secrets);
  } else if constexpr (std::is_integral_v<T>) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    out.append(buffer, end);
  } else if constexpr (std::is_floating_point_v<T>) {
    append_json_number(out, value);
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
    append_json_string(out, value);
  } else if constexpr (IsStrongId<T>::value) {
    append_json_string(out, value.value);
  } else if constexpr (DescribedEnum<T>) {
    append_json_string(out, enum_name(value));
  } else if constexpr (std::is_same_v<T, RawJson>) {
    out += value.text.empty() ? std::string_view("null") : std::string_view(value.text);
  } else if constexpr (std::is_same_v<T, JsonScalar>) {
    if (value.is_string) {
      append_json_string(out, value.text);
    } else {
      out += value.text;
    }
  } else if constexpr (IsOptional<T>::value) {
    if (value) {
      encode_json(out, *value, secrets);
    } else {
      out += "null";
    }
  } else if constexpr (IsSecret<T>::value) {
    if (secrets == Secrets::reveal) {
      encode_json(out, value.reveal(), secrets);
    } else {
      out += "\"[redacted]\"";
    }
  } else if constexpr (IsBoxed<T>::value) {
    encode_json(out, *value, secrets);
  } else if constexpr (IsVector<T>::value) {
    out += '[';
    bool first = true;
    for (const auto& item : value) {
      if (!first) out += ',';
      first = false;
      encode_json(out, item, secrets);
    }
    out += ']';
  } else if constexpr (IsObject<T>::value) {
    out += '{';
    bool first = true;
    for (const auto& [name, item] : value.members) {
      if (!first) out += ',';
      first = false;
      append_json_string(out, name);
      out += ':';
      encode_json(out, item, secrets);
    }
    out += '}';
  } else {
    static_assert(Described<T>, "this type has no describe() and no JSON form");
    out += '{';
    bool first = true;
    encode_members(out, value, secrets, first);
    out += '}';
  }
}

template <class T>
std::string to_json(const T& value, Secrets secrets) {
  std::string out;
  encode_json(out, value, secrets);
  return out;
}

}  // namespace telltale::base
