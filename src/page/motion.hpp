#pragma once

// The points that a mouse passes on its way.

#include <chrono>
#include <span>
#include <vector>

namespace telltale::page {

struct Point {
  double x = 0;  ///< CSS px of the page's viewport
  double y = 0;
};

/// Every point of `path`, with `steps` moves from one to the next in a straight line.
std::vector<Point> straight(std::span<const Point> path, int steps);
/// The same along a slight curve, slow at both ends of each part, as a hand moves; more points for longer ways.
std::vector<Point> curved(std::span<const Point> path);
/// How long a hand takes for these points.
std::chrono::milliseconds usual_duration(std::span<const Point> points);

}  // namespace telltale::page
