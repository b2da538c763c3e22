#pragma once

// The ten categories that event types are filtered by, and sets of them.

#include <array>
#include <bitset>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/describe.hpp"

namespace telltale::telemetry {

enum class Category {
  console,
  network,
  page,
  interaction,
  control,
  connection,
  system,
  screenshot,
  captcha,
  monitor
};

inline constexpr std::size_t kCategoryCount = 10;

constexpr std::array<base::EnumName<Category>, kCategoryCount> describe_enum(Category) {
  return {{{Category::console, "console"},
           {Category::network, "network"},
           {Category::page, "page"},
           {Category::interaction, "interaction"},
           {Category::control, "control"},
           {Category::connection, "connection"},
           {Category::system, "system"},
           {Category::screenshot, "screenshot"},
           {Category::captcha, "captcha"},
           {Category::monitor, "monitor"}}};
}

/// A set of categories; empty means that nothing is captured.
class CategorySet {
 public:
  constexpr CategorySet() = default;
  CategorySet(std::initializer_list<Category> categories) {
    for (const Category category : categories) insert(category);
  }

  [[nodiscard]] bool contains(Category category) const { return bits_[place(category)]; }
  [[nodiscard]] bool empty() const { return bits_.none(); }
  void insert(Category category) { bits_.set(place(category)); }
  void erase(Category category) { bits_.reset(place(category)); }
  void set(Category category, bool present) { bits_.set(place(category), present); }
  [[nodiscard]] bool intersects(const CategorySet& other) const { return (bits_ & other.bits_).any(); }
  bool operator==(const CategorySet&) const = default;

  /// In the order of the enum.
  [[nodiscard]] std::vector<std::string_view> names() const {
    std::vector<std::string_view> result;
    for (const auto& [category, name] : base::kEnumNames<Category>) {
      if (contains(category)) result.push_back(name);
    }
    return result;
  }

 private:
  static constexpr std::size_t place(Category category) { return static_cast<std::size_t>(category); }
  std::bitset<kCategoryCount> bits_;
};

}  // namespace telltale::telemetry
