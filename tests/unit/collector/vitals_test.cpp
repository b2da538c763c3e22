#include "collector/vitals.hpp"

#include <gtest/gtest.h>

namespace telltale::collector {
namespace {

TEST(Vitals, HasNoLayoutShiftAtFirst) { EXPECT_EQ(Vitals().cls(), 0); }

TEST(Vitals, AddsUpShiftsThatAreLessThanASecondApart) {
  Vitals vitals;
  vitals.shifted(100, 0.25);
  vitals.shifted(100.9, 0.125);
  EXPECT_EQ(vitals.cls(), 0.375);
}

TEST(Vitals, TakesTheLargestWindow) {
  Vitals vitals;
  vitals.shifted(100, 0.25);
  vitals.shifted(101, 0.5);  // a second later: a window of its own
  EXPECT_EQ(vitals.cls(), 0.5);
  vitals.shifted(110, 0.125);
  EXPECT_EQ(vitals.cls(), 0.5);
}

TEST(Vitals, EndsAWindowAfterFiveSeconds) {
  Vitals vitals;
  for (int i = 0; i < 20; ++i) vitals.shifted(100 + i * 0.5, 0.125);
  EXPECT_EQ(vitals.cls(), 10 * 0.125) << "the shifts of 5 s";
}

}  // namespace
}  // namespace telltale::collector
