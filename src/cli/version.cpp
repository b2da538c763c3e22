#include "cli/version.hpp"

#include <fmt/format.h>
#include <spdlog/version.h>

#include <CLI/Version.hpp>
#include <boost/version.hpp>

namespace telltale::cli {
namespace {

#if defined(__clang__)
constexpr auto kCompiler = "clang++ " __clang_version__;
#else
constexpr auto kCompiler = "g++ " __VERSION__;
#endif

}  // namespace

std::string version() { return TELLTALE_VERSION; }

std::string build_description() {
  return fmt::format("Boost {}.{}.{}, simdjson {}, nlohmann-json {}, spdlog {}.{}.{}, CLI11 {}, {}",
                     BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100,
                     TELLTALE_SIMDJSON_VERSION, TELLTALE_JSON_VERSION, SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR,
                     SPDLOG_VER_PATCH, CLI11_VERSION, kCompiler);
}

std::string version_line() { return "telltale " + version() + " (" + build_description() + ")"; }

}  // namespace telltale::cli
