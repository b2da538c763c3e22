#pragma once

// Writes one recording.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/strong.hpp"
#include "recording/chunk.hpp"
#include "recording/facts.hpp"
#include "recording/sqlite.hpp"
#include "recording/type_table.hpp"

namespace telltale::recording {

/// The one writer of a recording; used by one thread at a time, blocks for as long as the disk takes. Readers
/// in any process see what it has stored at once. A function that fails may be called again. Errors of all of
/// them: limit (the disk is full), io (another trouble with the disk, or with the file), conflict (another
/// program writes it), closed (after finish()).
class Writer {
 public:
  /// A new recording, readable and writable by its owner only. Errors: conflict (there is such a file).
  /// Leaves no file behind when it fails.
  static base::Result<Writer> create(const std::filesystem::path& path, const SessionFacts& facts);
  /// Goes on with a recording whose writer ended, was killed, or has finished it. Errors: not_found,
  /// invalid_argument (no recording, or one of a newer version), conflict (a finished one that is being
  /// read).
  static base::Result<Writer> open(const std::filesystem::path& path);

  /// Of the oldest event; empty while there is none.
  [[nodiscard]] std::optional<base::Seq> oldest() const noexcept { return oldest_; }
  [[nodiscard]] std::optional<base::Seq> newest() const noexcept { return newest_; }

  /// Stores a chunk. It survives the death of this process from then on, and a loss of power from the next
  /// sync() on. One that is there already, or that retain() has removed, is done: after a crash what may be
  /// missing is simply appended. Errors: conflict (it does not begin behind newest(); the first chunk may
  /// begin anywhere).
  base::Result<void> append(const Chunk& chunk);
  /// The events before `next` that are not stored are lost: what comes next may begin there.
  void skip_to(base::Seq next) noexcept { skipped_to_ = next; }

  /// Replaces what was said about the session.
  base::Result<void> update(const SessionFacts& facts);
  /// Any other row of the table `session`; `value` replaces the one that the key has.
  base::Result<void> set(std::string_view key, std::string_view value);

  /// What was stored survives a loss of power.
  base::Result<void> sync();
  /// On disk, with what is still in the -wal.
  [[nodiscard]] std::uint64_t bytes() const;
  /// If bytes() is above `max_bytes`: removes the oldest chunks until it is not; the newest chunk stays. The
  /// file shrinks now, or, where a reader is in the midst of it, with the next call.
  base::Result<void> retain(std::uint64_t max_bytes);

  /// The session has ended: stores how, and leaves one plain file without -wal and -shm. Nothing can be
  /// written any more. Errors: conflict (a Reader is open: how the session ended is stored, finish() can be
  /// called again).
  base::Result<void> finish(const Ending& ending);

 private:
  Writer(std::filesystem::path path, std::unique_ptr<Database> database)
      : path_(std::move(path)), database_(std::move(database)) {}
  static base::Result<void> begin(const std::filesystem::path& path, const SessionFacts& facts);
  base::Result<void> prepare();
  base::Result<void> load();
  base::Result<void> store(const Chunk& chunk);
  base::Result<void> store_facts(const SessionFacts& facts);
  base::Result<void> store_ending(const Ending& ending);
  template <class Value>
  base::Result<void> store_value(std::string_view key, Value value);
  [[nodiscard]] base::Result<base::Seq> cut(std::uint64_t excess) const;
  [[nodiscard]] base::Result<bool> holds(const Chunk& chunk);
  [[nodiscard]] base::Result<void> usable() const;

  std::filesystem::path path_;
  std::unique_ptr<Database> database_;  // null once finished
  Statement insert_;
  Statement set_;
  TypeTable types_;
  std::optional<base::Seq> oldest_;
  std::optional<base::Seq> newest_;
  std::optional<base::Seq> skipped_to_;
};

}  // namespace telltale::recording
