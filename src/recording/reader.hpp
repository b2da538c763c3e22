#pragma once

// Reads one recording: of a session that is over, of one that lives, in this process or another, or a copy.

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/strong.hpp"
#include "recording/chunk.hpp"
#include "recording/facts.hpp"
#include "recording/sqlite.hpp"
#include "recording/type_table.hpp"
#include "stream/record.hpp"

namespace telltale::recording {

/// stream::Record::type of an event whose type this version does not know. No index of telemetry::EventData.
inline constexpr std::uint8_t kUnknownType = 255;

/// Which events are wanted: those that all members let through.
struct Selection {
  /// Names; absent: all, also those that this version does not know.
  std::optional<std::vector<std::string>> types;
  std::optional<std::vector<std::string>> categories;
  /// `ts` at or after this, and before that: Unix time in microseconds.
  std::int64_t since_us = std::numeric_limits<std::int64_t>::min();
  std::int64_t until_us = std::numeric_limits<std::int64_t>::max();
};

/// What was read at once. The views are valid while `bytes` is held.
struct Run {
  std::vector<stream::Record> records;  ///< those that are wanted, in the order of seq; may be none
  base::Seq first;                      ///< the first and last event that was looked at, wanted or not
  base::Seq last;
  std::shared_ptr<const char[]> bytes;
};

/// What a recording holds.
struct Extent {
  base::Seq oldest;
  base::Seq newest;
  std::int64_t oldest_ts_us = 0;  ///< the smallest `ts`, Unix time in microseconds
  std::int64_t newest_ts_us = 0;  ///< the largest one
  std::int64_t events = 0;        ///< less than what the seqs span where there are holes
  std::vector<TypeCount> types;   ///< in the order in which they first came
};

/// Each thread has one of its own; it blocks for as long as the disk takes. While it is open,
/// Writer::finish() is refused: who waits for something else between two reads calls release(). A recording
/// that has no writer when it is opened must not get one before release(). Errors of all functions: not_found
/// (there is no such file), invalid_argument (no recording, or one of a newer version), io (damaged, or
/// trouble with the disk; a damaged chunk is named), conflict (the writer was in the way for longer than
/// limits::kReaderPatience).
class Reader {
 public:
  static base::Result<Reader> open(const std::filesystem::path& path);

  [[nodiscard]] base::Result<Facts> facts();
  /// Any row of the table `session`. Empty when there is no such key.
  [[nodiscard]] base::Result<std::optional<std::string>> value(std::string_view key);
  /// Empty while there is no event. Looks at what is said about each chunk, at no chunk itself.
  [[nodiscard]] base::Result<std::optional<Extent>> extent();

  /// From the chunk that may have wanted events behind `seq` and is nearest to it: those. Empty: there is
  /// none (yet). Chunks whose types or times do not fit are not unpacked. Go on with read_after(run.last).
  [[nodiscard]] base::Result<std::optional<Run>> read_after(base::Seq seq, const Selection& selection = {});
  /// The same, before `seq` (excluded). Go on with read_before(run.first).
  [[nodiscard]] base::Result<std::optional<Run>> read_before(base::Seq seq, const Selection& selection = {});
  /// The seq behind which read_after() finds everything at or after a time; passes by older chunks without a
  /// look at them.
  [[nodiscard]] base::Result<base::Seq> seek_since(std::int64_t since_us);
  /// The seq before which read_before() finds everything before a time.
  [[nodiscard]] base::Result<base::Seq> seek_until(std::int64_t until_us);

  /// Writes what the recording holds now to a new file, which is like that of a finished one. For a session
  /// that lives: a copy by other means would lack what is in the -wal. Errors: also conflict (there is such a
  /// file), limit.
  [[nodiscard]] base::Result<void> copy_to(const std::filesystem::path& path);

  /// Closes the file until the next call.
  void release() noexcept;

 private:
  struct Row {
    base::Seq first;
    base::Seq last;
  };

  explicit Reader(std::filesystem::path path) : path_(std::move(path)) {}
  base::Result<void> connect();
  base::Result<void> load_types();
  base::Result<std::map<std::size_t, std::int64_t>> numbers(std::string_view types);
  base::Result<std::optional<Row>> find(Statement& scan, base::Seq from, const Selection& selection);
  base::Result<std::optional<Run>> read(Statement Reader::* scan, base::Seq from, base::Seq low,
                                        base::Seq high, const Selection& selection);
  base::Result<UnpackedChunk> unpack(Row row);
  [[nodiscard]] std::unexpected<base::Error> damaged(Row row, const base::Error& error) const;
  [[nodiscard]] base::Result<std::optional<std::int64_t>> seek(std::string_view sql, std::int64_t ts_us);

  std::filesystem::path path_;
  std::unique_ptr<Database> database_;  // null while released
  Statement ascending_;
  Statement descending_;
  Statement frames_;
  TypeTable types_;
  ChunkDecoder decoder_;
};

}  // namespace telltale::recording
