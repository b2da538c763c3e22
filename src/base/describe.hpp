#pragma once

// The describe vocabulary: a struct and its field table are all there is. JSON encoder and decoder, JSON
// Schema, TypeScript, documentation and validation are derived from the table (json_encode.hpp,
// json_decode.hpp, type_model.hpp).
//
//   struct Viewport {
//     std::int64_t width = 1920;
//     static constexpr auto describe() {
//       return base::table<Viewport>("Size of the page area.",
//                                    base::field("width", &Viewport::width, "Width of the
//                                    viewport.").unit("px"));
//     }
//   };
//
// A member without a row does not compile: the number of rows is compared with Boost.PFR's count of members.

#include <boost/pfr/tuple_size.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/strong.hpp"

namespace telltale::base {

/// One row of a field table. Optional members (std::optional) are absent on the wire when they have no value.
template <class Owner, class Member>
struct Field {
  using member_type = Member;
  std::string_view name;
  Member Owner::* member;
  std::string_view doc;
  std::string_view unit_name{};
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool has_default = false;

  /// Unit on the wire, e.g. "ms", "us since the Unix epoch", "CSS px".
  [[nodiscard]] constexpr Field unit(std::string_view text) const {
    Field copy = *this;
    copy.unit_name = text;
    return copy;
  }
  /// Inclusive bounds that the decoder enforces: of the value for numbers, of the length for strings and
  /// lists.
  [[nodiscard]] constexpr Field range(double low, double high) const {
    Field copy = *this;
    copy.minimum = low;
    copy.maximum = high;
    return copy;
  }
  /// The member may be left out of the input; it then keeps the value of its initialiser.
  [[nodiscard]] constexpr Field defaulted() const {
    Field copy = *this;
    copy.has_default = true;
    return copy;
  }
};

/// A row whose member is a described struct that appears inline: its rows become rows of the owner.
template <class Owner, class Member>
struct Flatten {
  using member_type = Member;
  Member Owner::* member;
};

/// A wire field that is known and on purpose not kept (large or useless to us). It has no member.
struct Ignored {
  std::string_view name;
  std::string_view reason;
};

template <class Owner, class Member>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::* member, std::string_view doc) {
  return {name, member, doc};
}

template <class Owner, class Member>
constexpr Flatten<Owner, Member> flatten(Member Owner::* member) {
  return {member};
}

constexpr Ignored ignored(std::string_view name, std::string_view reason) { return {name, reason}; }

template <class Owner, class... Rows>
struct Table {
  std::string_view doc;
  std::tuple<Rows...> rows;
};

template <class Row>
inline constexpr bool kHasMember = !std::is_same_v<Row, Ignored>;

/// The field table of `Owner`. Fails to compile when a member of the struct has no row.
template <class Owner, class... Rows>
constexpr auto table(std::string_view doc, Rows... rows) {
  static_assert((std::size_t{0} + ... + std::size_t{kHasMember<Rows>}) == boost::pfr::tuple_size_v<Owner>,
                "every member of a described struct needs exactly one row in its table");
  return Table<Owner, Rows...>{doc, {rows...}};
}

template <class T>
concept Described = requires { T::describe(); };

/// Calls visit(row) for each row of T's table, in order.
template <Described T, class Visit>
constexpr void for_each_row(Visit&& visit) {
  static constexpr auto kTable = T::describe();
  std::apply([&](const auto&... row) { (visit(row), ...); }, kTable.rows);
}

/// One name of a described enum. A described enum has a free function `describe_enum(E)` found by ADL that
/// returns a std::array of these; the array is the order on the wire documents.
template <class E>
struct EnumName {
  E value;
  std::string_view name;
};

template <class E>
concept DescribedEnum = std::is_enum_v<E> && requires(E e) { describe_enum(e); };

/// The names of an enum in their documented order.
template <DescribedEnum E>
inline constexpr auto kEnumNames = describe_enum(E{});

template <DescribedEnum E>
constexpr std::string_view enum_name(E value) noexcept {
  for (const auto& entry : kEnumNames<E>) {
    if (entry.value == value) return entry.name;
  }
  return "unknown";
}

template <DescribedEnum E>
constexpr std::optional<E> enum_from_name(std::string_view name) noexcept {
  for (const auto& entry : kEnumNames<E>) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

/// A value that logs and error messages must never show (credentials, bodies, typed text). Only the redaction
/// policy of the encoder decides whether it leaves the process; code that needs the value says reveal().
template <class T>
class Secret {
 public:
  using value_type = T;
  Secret() = default;
  explicit Secret(T value) : value_(std::move(value)) {}
  [[nodiscard]] const T& reveal() const noexcept { return value_; }
  bool operator==(const Secret&) const = default;

 private:
  T value_{};
};

/// A heap value with value semantics, for recursive structs.
template <class T>
class Boxed {
 public:
  using value_type = T;
  Boxed() : value_(std::make_unique<T>()) {}
  explicit Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Boxed(const Boxed& other) : value_(std::make_unique<T>(*other.value_)) {}
  Boxed& operator=(const Boxed& other) {
    value_ = std::make_unique<T>(*other.value_);
    return *this;
  }
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;
  [[nodiscard]] const T& operator*() const noexcept { return *value_; }
  [[nodiscard]] T& operator*() noexcept { return *value_; }
  [[nodiscard]] const T* operator->() const noexcept { return value_.get(); }
  bool operator==(const Boxed& other) const { return *value_ == *other.value_; }

 private:
  std::unique_ptr<T> value_;
};

/// A JSON value of any type as its text, passed through verbatim. Empty text means null.
struct RawJson {
  std::string text;
  bool operator==(const RawJson&) const = default;
};

/// A JSON value of any type, with strings already unescaped: `text` is the string's content or the other
/// value's JSON.
struct JsonScalar {
  std::string text;
  bool is_string = false;
  bool operator==(const JsonScalar&) const = default;
};

/// A JSON object with free member names, in wire order.
template <class T>
struct Object {
  std::vector<std::pair<std::string, T>> members;
  bool operator==(const Object&) const = default;
};

/// A field of somebody else's API that telltale cannot honour: false, null, "" and empty lists or objects are
/// accepted, any other value is refused by the decoder, never ignored.
struct Unsupported {
  bool operator==(const Unsupported&) const = default;
};

// What the derivations ask about a member's type.

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsSecret : std::false_type {};
template <class T>
struct IsSecret<Secret<T>> : std::true_type {};
template <class T>
struct IsBoxed : std::false_type {};
template <class T>
struct IsBoxed<Boxed<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsObject : std::false_type {};
template <class T>
struct IsObject<Object<T>> : std::true_type {};
template <class T>
struct IsStrongId : std::false_type {};
template <class Tag>
struct IsStrongId<StrongId<Tag>> : std::true_type {};

}  // namespace telltale::base
