#pragma once

// The runtime model of a described type. Templates build it once per type; everything that is derived from a
// type but not on the hot path (JSON Schema, OpenAPI, TypeScript, documentation) is then plain code over this
// model.

#include <algorithm>
#include <limits>
#include <source_location>
#include <string_view>
#include <vector>

#include "base/describe.hpp"

namespace telltale::base {

enum class TypeKind {
  boolean,
  integer,
  number,
  string,
  enumeration,
  raw_json,     ///< any JSON value
  list,         ///< of `element`
  map,          ///< free member names, values of `element`
  structure,    ///< of `fields`
  unsupported,  ///< false, null, "" or an empty list or object
};

struct TypeModel;

/// A model by its accessor, because a recursive struct cannot hold its own model while that is being built.
using TypeRef = const TypeModel& (*)();

/// One member of a structure on the wire. The rows of flattened structs stand inline among those of their
/// owner.
struct FieldModel {
  std::string_view name;
  std::string_view doc;
  std::string_view unit;  ///< empty when there is none
  bool optional = false;  ///< absent when it has no value
  bool defaulted = false;
  bool secret = false;
  double minimum = -std::numeric_limits<double>::infinity();  ///< inclusive: of a number, or of a length
  double maximum = std::numeric_limits<double>::infinity();
  TypeRef type = nullptr;            ///< std::optional, Secret and Boxed are taken off
  TypeRef flattened_from = nullptr;  ///< the struct whose row this is; null for the owner's own rows
};

struct TypeModel {
  TypeKind kind = TypeKind::raw_json;
  std::string_view name;  ///< of structures and enumerations: the C++ name without its namespace
  std::string_view doc;   ///< of structures
  std::vector<std::string_view> enum_names;
  std::vector<FieldModel> fields;
  TypeRef element = nullptr;
};

/// Which concept of the model each C++ type is. `Wire<T>::type` is T without the wrappers that have no form
/// of their own.
template <class T>
struct Wire {
  using type = T;
  static constexpr bool kSecret = false;
};
template <class T>
struct Wire<std::optional<T>> : Wire<T> {};
template <class T>
struct Wire<Boxed<T>> : Wire<T> {};
template <class T>
struct Wire<Secret<T>> : Wire<T> {
  static constexpr bool kSecret = true;
};
template <class T>
struct Wire<std::vector<T>> {
  using type = std::vector<T>;
  using element = typename Wire<T>::type;
  static constexpr bool kSecret = Wire<T>::kSecret;
};
template <class T>
struct Wire<Object<T>> {
  using type = Object<T>;
  using element = typename Wire<T>::type;
  static constexpr bool kSecret = Wire<T>::kSecret;
};

/// The name of T without its namespaces, as the compiler spells it. A type whose public name differs from its
/// C++ name says so with `static constexpr std::string_view kTypeName`.
template <class T>
consteval std::string_view type_name() {
  if constexpr (requires { T::kTypeName; }) {
    return T::kTypeName;
  } else {
    // g++: "... [with T = a::b::Name; std::string_view = ...]", clang: "... [T = a::b::Name]"
    std::string_view text = std::source_location::current().function_name();
    text.remove_prefix(text.find("T = ") + 4);
    text = text.substr(0, text.find_first_of(";]"));
    const auto scope = text.rfind("::");
    return scope == std::string_view::npos ? text : text.substr(scope + 2);
  }
}

/// The model of T, built at the first call. Thread-safe; lives for ever.
template <class T>
const TypeModel& type_model();

template <Described T>
void append_field_models(std::vector<FieldModel>& out, TypeRef flattened_from) {
  for_each_row<T>([&](const auto& row) {
    using Row = std::remove_cvref_t<decltype(row)>;
    if constexpr (requires {
                    row.name;
                    row.member;
                  }) {
      using Member = typename Row::member_type;
      using Value = typename Wire<Member>::type;
      constexpr bool kUnsigned = std::is_unsigned_v<Value> || std::is_same_v<Value, Seq>;
      out.push_back(
          {.name = row.name,
           .doc = row.doc,
           .unit = row.unit_name,
           .optional = IsOptional<Member>::value || std::is_same_v<Value, Unsupported>,
           .defaulted = row.has_default,
           .secret = Wire<Member>::kSecret,
           .minimum = kUnsigned && !std::is_same_v<Value, bool> ? std::max(row.minimum, 0.0) : row.minimum,
           .maximum = row.maximum,
           .type = &type_model<Value>,
           .flattened_from = flattened_from});
    } else if constexpr (!std::is_same_v<Row, Ignored>) {
      using Inner = typename Row::member_type;
      append_field_models<Inner>(out, flattened_from ? flattened_from : &type_model<Inner>);
    }
  });
}

template <class T>
TypeModel build_type_model() {
  TypeModel model;
  if constexpr (std::is_same_v<T, bool>) {
    model.kind = TypeKind::boolean;
  } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, Seq>) {
    model.kind = TypeKind::integer;
  } else if constexpr (std::is_floating_point_v<T>) {
    model.kind = TypeKind::number;
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view> ||
                       IsStrongId<T>::value) {
    model.kind = TypeKind::string;
  } else if constexpr (DescribedEnum<T>) {
    model.kind = TypeKind::enumeration;
    model.name = type_name<T>();
    for (const auto& entry : kEnumNames<T>) model.enum_names.push_back(entry.name);
  } else if constexpr (std::is_same_v<T, RawJson>) {
    model.kind = TypeKind::raw_json;
  } else if constexpr (IsVector<T>::value || IsObject<T>::value) {
    model.kind = IsVector<T>::value ? TypeKind::list : TypeKind::map;
    model.element = &type_model<typename Wire<T>::element>;
  } else if constexpr (std::is_same_v<T, Unsupported>) {
    model.kind = TypeKind::unsupported;
  } else {
    static_assert(Described<T>, "this type has no describe() and no JSON form");
    model.kind = TypeKind::structure;
    model.name = type_name<T>();
    model.doc = T::describe().doc;
    append_field_models<T>(model.fields, nullptr);
  }
  return model;
}

template <class T>
const TypeModel& type_model() {
  static const TypeModel kModel = build_type_model<typename Wire<T>::type>();
  return kModel;
}

}  // namespace telltale::base
