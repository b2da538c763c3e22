#include "support/event_record.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

namespace telltale::testing {
namespace {

std::string running_test() {
  const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  if (test == nullptr) return "(none)";
  return std::string(test->test_suite_name()) + "." + test->name();
}

void append(std::string_view name, std::string_view json) {
  const char* const folder = std::getenv("TELLTALE_RECORDED_EVENTS");
  if (folder == nullptr || *folder == '\0') return;
  static std::mutex mutex;  // each stream of a test reads on a thread of its own
  const std::lock_guard lock(mutex);
  static std::ofstream file = [&] {
    std::filesystem::create_directories(folder);
    return std::ofstream(std::filesystem::path(folder) / (std::to_string(::getpid()) + ".ndjson"),
                         std::ios::app);
  }();
  file << R"({"test":)" << nlohmann::json(running_test()).dump() << ",\"" << name << "\":" << json << "}\n"
       << std::flush;
}

}  // namespace

void record_event(std::string_view envelope) { append("envelope", envelope); }

void record_skip(std::string_view reason) { append("skipped", nlohmann::json(reason).dump()); }

}  // namespace telltale::testing
