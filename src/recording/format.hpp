#pragma once

// What makes a file a recording. docs/recording.md describes it for readers of the file; what is here never
// changes without a new kFormat.

#include <cstdint>
#include <string_view>

namespace telltale::recording {

/// PRAGMA application_id: "tell" in ASCII.
inline constexpr std::int64_t kApplicationId = 0x74656c6c;
/// PRAGMA user_version. A reader refuses what is newer than it.
inline constexpr std::int64_t kFormat = 1;
/// Of zstd. Higher ones cost the writer more than the disk gains.
inline constexpr int kZstdLevel = 3;

/// `frames` comes last: SQLite reads a row from its front, and the other columns without the pages of the
/// blob. With all of them in the index, seeking by time and counting events read no page of a chunk.
inline constexpr std::string_view kSchema = R"(
CREATE TABLE session (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE chunk (
  first_seq INTEGER PRIMARY KEY,
  last_seq  INTEGER NOT NULL,
  first_ts  INTEGER NOT NULL,
  last_ts   INTEGER NOT NULL,
  types     TEXT NOT NULL,
  frames    BLOB NOT NULL
);
CREATE INDEX chunk_time ON chunk (last_ts, first_ts, last_seq, types);
)";

/// Keys of the table `session`.
namespace key {
inline constexpr std::string_view kId = "id";
inline constexpr std::string_view kName = "name";
inline constexpr std::string_view kTags = "tags";
inline constexpr std::string_view kCreated = "created";
inline constexpr std::string_view kEnded = "ended";
inline constexpr std::string_view kEndReason = "end_reason";
inline constexpr std::string_view kTelemetry = "telemetry";
inline constexpr std::string_view kBrowserVersion = "browser_version";
inline constexpr std::string_view kFormatVersion = "format_version";
inline constexpr std::string_view kTypes = "types";
}  // namespace key

}  // namespace telltale::recording
