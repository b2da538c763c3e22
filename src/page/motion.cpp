#include "page/motion.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace telltale::page {
namespace {

constexpr double kPixelsPerStep = 20;
constexpr int kMostSteps = 50;
// How far the curve leaves the straight line, of its length.
constexpr double kBend = 0.08;

double distance(Point a, Point b) { return std::hypot(b.x - a.x, b.y - a.y); }

// One part of the way; the curve's control point is beside the middle of the line.
void append_curve(std::vector<Point>& out, Point from, Point to) {
  const double length = distance(from, to);
  const int steps = std::clamp(static_cast<int>(length / kPixelsPerStep), 1, kMostSteps);
  const Point control{(from.x + to.x) / 2 - (to.y - from.y) * kBend, (from.y + to.y) / 2 + (to.x - from.x) * kBend};
  for (int step = 1; step <= steps; ++step) {
    const double part = static_cast<double>(step) / steps;
    const double eased = part * part * (3 - 2 * part);
    const double rest = 1 - eased;
    out.push_back({rest * rest * from.x + 2 * rest * eased * control.x + eased * eased * to.x,
                   rest * rest * from.y + 2 * rest * eased * control.y + eased * eased * to.y});
  }
}

}  // namespace

std::vector<Point> straight(std::span<const Point> path, int steps) {
  std::vector<Point> points;
  if (path.empty()) return points;
  points.push_back(path.front());
  for (std::size_t i = 1; i < path.size(); ++i) {
    for (int step = 1; step <= steps; ++step) {
      const double part = static_cast<double>(step) / steps;
      points.push_back({path[i - 1].x + (path[i].x - path[i - 1].x) * part,
                        path[i - 1].y + (path[i].y - path[i - 1].y) * part});
    }
  }
  return points;
}

std::vector<Point> curved(std::span<const Point> path) {
  std::vector<Point> points;
  if (path.empty()) return points;
  points.push_back(path.front());
  for (std::size_t i = 1; i < path.size(); ++i) append_curve(points, path[i - 1], path[i]);
  return points;
}

std::chrono::milliseconds usual_duration(std::span<const Point> points) {
  double length = 0;
  for (std::size_t i = 1; i < points.size(); ++i) length += distance(points[i - 1], points[i]);
  return std::chrono::milliseconds(std::clamp(static_cast<int>(length), 50, 1'000));
}

}  // namespace telltale::page
