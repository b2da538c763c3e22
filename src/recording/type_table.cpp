#include "recording/type_table.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/json_decode.hpp"
#include "base/json_encode.hpp"
#include "recording/limits.hpp"

namespace telltale::recording {
namespace {

using base::Errc;
using base::fail;
using base::Result;

}  // namespace

Result<TypeTable> TypeTable::parse(std::string_view json) {
  const auto damaged = fail(Errc::io, "the table of event types is damaged");
  const auto document = base::parse_json(json);
  if (!document || !(*document)->is_array()) return damaged;
  TypeTable table;
  for (const auto& item : **document) {
    const auto text = [&](const char* member) {
      const auto found = item.is_object() ? item.find(member) : item.end();
      return item.is_object() && found != item.end() && found->is_string() ? found->get<std::string>()
                                                                           : std::string();
    };
    table.entries_.push_back({text("name"), text("category")});
    if (table.entries_.back().name.empty()) return damaged;
  }
  return table;
}

std::string TypeTable::json() const {
  std::string out = "[";
  for (const auto& [name, category] : entries_) {
    out += out.size() > 1 ? R"(,{"name":)" : R"({"name":)";
    base::append_json_string(out, name);
    out += R"(,"category":)";
    base::append_json_string(out, category);
    out += '}';
  }
  return out + "]";
}

std::string TypeTable::encode(const std::vector<TypeCount>& counts) {
  std::map<std::size_t, std::int64_t> by_number;
  for (const auto& count : counts) {
    const auto found = std::ranges::find(entries_, count.name, &Entry::name);
    by_number[static_cast<std::size_t>(found - entries_.begin())] += count.events;
    if (found == entries_.end()) entries_.push_back({count.name, count.category});
  }
  std::string out = "{";
  for (const auto& [number, events] : by_number) {
    if (out.size() > 1) out += ',';
    out += "\"" + std::to_string(number) + "\":" + std::to_string(events);
  }
  return out + "}";
}

// By hand, because a filtered read looks at thousands of them.
Result<std::map<std::size_t, std::int64_t>> TypeTable::decode(std::string_view types) const {
  const auto damaged = fail(Errc::io, "its set of event types is damaged");
  std::map<std::size_t, std::int64_t> out;
  const char* at = types.data();
  const char* const end = at + types.size();
  const auto skip = [&](char expected) { return at != end && *at++ == expected; };
  const auto read = [&](auto& number) {
    const auto [next, error] = std::from_chars(at, end, number);
    at = next;
    return error == std::errc();
  };
  if (!skip('{')) return damaged;
  for (;;) {
    std::size_t number = 0;
    std::int64_t events = 0;
    if (!skip('"') || !read(number) || !skip('"') || !skip(':') || !read(events)) return damaged;
    constexpr std::int64_t kMost = limits::kChunkBytes;  // so that sums do not overflow
    if (number >= entries_.size() || events <= 0 || events > kMost) return damaged;
    out[number] = events;
    if (at != end && *at == '}') break;
    if (!skip(',')) return damaged;
  }
  if (at + 1 != end) return damaged;
  return out;
}

}  // namespace telltale::recording
