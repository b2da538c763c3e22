#pragma once

// Described structs that use every kind of member, for the tests of what is derived from a table.

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace telltale::base::samples {

enum class Colour { red, dark_blue };

constexpr std::array<EnumName<Colour>, 2> describe_enum(Colour) {
  return {{{Colour::red, "red"}, {Colour::dark_blue, "dark_blue"}}};
}

struct Position {
  double x = 0;
  std::optional<double> y;

  static constexpr auto describe() {
    return table<Position>("A place.", field("x", &Position::x, "Across.").unit("CSS px"),
                           field("y", &Position::y, "Down.").unit("CSS px"));
  }
};

struct Node {
  std::string name;
  std::vector<Node> children;
  std::optional<Boxed<Node>> twin;

  static constexpr auto describe() {
    return table<Node>("A tree.", field("name", &Node::name, "Its name."),
                       field("children", &Node::children, "Below it.").defaulted(),
                       field("twin", &Node::twin, "The same again."));
  }
};

struct Everything {
  Position position;
  bool flag = false;
  std::int32_t small = 0;
  std::uint64_t large = 0;
  std::string text;
  std::optional<Colour> colour;
  std::optional<Secret<std::string>> password;
  std::vector<std::string> tags;
  Object<RawJson> extra;
  std::optional<RawJson> raw;
  FrameId frame;
  Seq seq;
  std::optional<Node> node;
  std::int64_t limit = 10;
  Unsupported proxy;

  static constexpr auto describe() {
    return table<Everything>(
        "One of each.", flatten(&Everything::position), field("flag", &Everything::flag, ""),
        field("small", &Everything::small, ""), field("large", &Everything::large, ""),
        field("text", &Everything::text, "").range(1, 5), field("colour", &Everything::colour, "Its colour."),
        field("password", &Everything::password, "For the door."),
        field("tags", &Everything::tags, "").range(0, 3), field("extra", &Everything::extra, ""),
        field("raw", &Everything::raw, ""), field("frame", &Everything::frame, ""),
        field("seq", &Everything::seq, ""), field("node", &Everything::node, ""),
        field("limit", &Everything::limit, "How many.").range(1, 100).defaulted(),
        field("proxy", &Everything::proxy, "Not honoured."), ignored("legacy", "nobody reads it"));
  }
};

/// With every member set.
inline constexpr std::string_view kEverything =
    R"({"x":1.5,"y":-2,"flag":true,"small":-7,"large":18446744073709551615,"text":"häh","colour":"dark_blue",)"
    R"("password":"hunter2","tags":["a","b"],"extra":{"a":1,"b":[true,null]},"raw":{"k":0.5},"frame":"F1","seq":9,)"
    R"("node":{"name":"root","children":[{"name":"leaf","children":[]}],"twin":{"name":"other","children":[]}},)"
    R"("limit":20})";

}  // namespace telltale::base::samples
