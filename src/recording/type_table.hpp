#pragma once

// The numbers that stand for the names of event types within one recording.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace telltale::recording {

/// How many events of one type there are.
struct TypeCount {
  std::string name;
  std::string category;
  std::int64_t events = 0;
  bool operator==(const TypeCount&) const = default;
};

/// The value of the key `types`: a name and its category at each number, in the order in which the types
/// first came. It only grows, so that what chunks refer to stays. Indices of the catalog would not do: they
/// change between versions.
class TypeTable {
 public:
  struct Entry {
    std::string name;
    std::string category;
  };

  /// From `[{"name":"page_load","category":"page"}, ...]`. Errors: io (damaged).
  static base::Result<TypeTable> parse(std::string_view json);
  [[nodiscard]] std::string json() const;

  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  /// A chunk's column `types`, `{"0":120,"3":4}`: events by number. Gives new types a number.
  std::string encode(const std::vector<TypeCount>& counts);
  /// By number. Errors: io (damaged, or a number that is not in this table: it may be older than the chunk).
  [[nodiscard]] base::Result<std::map<std::size_t, std::int64_t>> decode(std::string_view types) const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace telltale::recording
