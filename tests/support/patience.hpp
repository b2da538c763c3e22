#pragma once

// How long tests wait for what must happen. Conditions end the wait, so a passing test never takes that long.

#include <chrono>
#include <thread>

namespace telltale::testing {

/// Generous: a loaded machine with two cores starts a browser in seconds.
inline constexpr auto kPatience = std::chrono::seconds(60);

/// Looks at `condition` every few milliseconds until it holds; false when it does not within `patience`.
template <class Condition>
bool eventually(Condition condition, std::chrono::nanoseconds patience = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace telltale::testing
