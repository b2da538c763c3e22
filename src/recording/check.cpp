#include "recording/check.hpp"

#include <fmt/format.h>

#include "recording/format.hpp"

namespace telltale::recording {

base::Result<void> check_format(const Database& database) {
  using base::Errc;
  const auto path = database.path().string();
  const auto application = database.integer("PRAGMA application_id");
  if (!application && application.error().code == Errc::invalid_argument) {
    return base::fail(Errc::invalid_argument, path + " is no recording of telltale");
  }
  if (!application) return std::unexpected(application.error());
  if (*application != kApplicationId)
    return base::fail(Errc::invalid_argument, path + " is no recording of telltale");
  const auto format = database.integer("PRAGMA user_version");
  if (!format) return std::unexpected(format.error());
  if (*format > kFormat) {
    return base::fail(
        Errc::invalid_argument,
        fmt::format("{} was written by a newer telltale: its format is {}, this version reads up to {}", path,
                    *format, kFormat));
  }
  const auto tables = database.integer(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('chunk', 'session')");
  if (!tables) return std::unexpected(tables.error());
  if (*format < 1 || *tables != 2) return base::fail(Errc::io, path + " is damaged: it lacks a table");
  return {};
}

}  // namespace telltale::recording
