#include "page/motion.hpp"

#include <gtest/gtest.h>

#include <array>

namespace telltale::page {
namespace {

TEST(Straight, PassesEveryPointInEqualSteps) {
  const std::array<Point, 3> path{Point{0, 0}, Point{10, 0}, Point{10, 20}};
  const auto points = straight(path, 2);
  ASSERT_EQ(points.size(), 5u);
  EXPECT_EQ(points[1].x, 5);
  EXPECT_EQ(points[2].x, 10);
  EXPECT_EQ(points[3].y, 10);
  EXPECT_EQ(points[4].y, 20);
}

TEST(Curved, BeginsAndEndsWhereTheWayDoes) {
  const std::array<Point, 2> path{Point{0, 0}, Point{400, 0}};
  const auto points = curved(path);
  EXPECT_GT(points.size(), 10u);
  EXPECT_EQ(points.front().x, 0);
  EXPECT_DOUBLE_EQ(points.back().x, 400);
  EXPECT_DOUBLE_EQ(points.back().y, 0);
  EXPECT_NE(points[points.size() / 2].y, 0) << "not a curve";
  EXPECT_LT(points[1].x, 400.0 / static_cast<double>(points.size() - 1)) << "does not begin slowly";
}

TEST(Curved, TakesAWayOfNoLength) {
  const std::array<Point, 2> path{Point{7, 7}, Point{7, 7}};
  EXPECT_EQ(curved(path).size(), 2u);
  EXPECT_GT(usual_duration(curved(path)).count(), 0);
}

}  // namespace
}  // namespace telltale::page
