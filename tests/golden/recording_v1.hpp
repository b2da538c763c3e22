#pragma once

// What tests/golden/recording-v1.telltale says about its session. Its events are those of
// recording-v1.ndjson.

#include "recording/facts.hpp"

namespace telltale::golden {

inline recording::Facts recording_v1_facts() {
  return {.session = {.id = "7c0f7a5e-3d0b-4c3e-9f43-0d3f5b1f2a10",
                      .name = "Tasse „Köln“",
                      .tags = R"({"team":"checkout"})",
                      .created_us = 1'763'704'800'000'000,
                      .telemetry = R"({"browser":{"console":{"enabled":true},"network":{"enabled":true}}})",
                      .browser_version = "Chrome/131.0.6778.85"},
          .ending = recording::Ending{1'763'704'900'000'000, "deleted"}};
}

}  // namespace telltale::golden
