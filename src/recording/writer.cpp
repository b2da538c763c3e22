#include "recording/writer.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <string>

#include "recording/check.hpp"
#include "recording/file.hpp"
#include "recording/format.hpp"
#include "recording/in_turn.hpp"
#include "recording/limits.hpp"

namespace telltale::recording {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;
using base::Result;
using base::Seq;

fs::path with(const fs::path& path, const char* ending) { return fs::path(path).concat(ending); }

void remove_files(const fs::path& path) {
  std::error_code ignored;  // what cannot be removed is refused as no recording
  for (const char* const ending : {"", "-journal", "-wal", "-shm"}) fs::remove(with(path, ending), ignored);
}

// Without a sync in between: they are needed once, when all is there. An fsync may take tens of milliseconds.
Result<void> make_tables(const Database& database) {
  return database.run(
      fmt::format("PRAGMA page_size={}; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=MEMORY;"
                  "PRAGMA synchronous=OFF;"
                  "BEGIN; PRAGMA application_id={}; PRAGMA user_version={};{}COMMIT",
                  limits::kPageBytes, kApplicationId, kFormat, kSchema));
}

Result<void> write_with_wal(const Database& database) {
  auto set =
      database.run(fmt::format("PRAGMA synchronous=NORMAL; PRAGMA secure_delete=FAST; PRAGMA cache_size=-{};"
                               "PRAGMA wal_autocheckpoint={}; PRAGMA journal_size_limit={}",
                               limits::kCacheKib, limits::kWalPages, limits::kWalPages * limits::kPageBytes));
  if (!set) return set;
  const auto mode = database.text("PRAGMA journal_mode=WAL");
  if (!mode) return std::unexpected(mode.error());
  if (*mode != "wal")
    return fail(Errc::io, database.path().string() + ": its file system cannot share memory (WAL)");
  return {};
}

Result<void> write_without_wal(const Database& database) {
  const auto mode = database.text("PRAGMA journal_mode=DELETE");
  if (!mode) return std::unexpected(mode.error());
  if (*mode != "delete") return fail(Errc::conflict, database.path().string() + ": it is being read");
  return {};
}

}  // namespace

// --- beginning

Result<Writer> Writer::create(const fs::path& path, const SessionFacts& facts) {
  auto made = make_private_file(path);
  if (made) {
    made = in_turn([&] { return begin(path, facts); }, [&] { return sync_file(path); },
                   [&] { return sync_file(fs::absolute(path).parent_path()); });
    if (made) {
      auto writer = open(path);
      if (writer) return writer;
      made = std::unexpected(writer.error());
    }
    remove_files(path);
  }
  return std::unexpected(made.error().in("cannot make the recording"));
}

Result<void> Writer::begin(const fs::path& path, const SessionFacts& facts) {
  auto database = Database::open(path, Database::Mode::read_write, limits::kWriterPatience);
  if (!database) return std::unexpected(database.error());
  Writer writer(path, std::move(*database));
  return in_turn([&] { return make_tables(*writer.database_); }, [&] { return writer.prepare(); },
                 [&] { return writer.update(facts); },
                 [&] { return writer.database_->run("PRAGMA journal_mode=WAL"); });
}

Result<Writer> Writer::open(const fs::path& path) {
  auto database = Database::open(path, Database::Mode::read_write, limits::kWriterPatience);
  if (!database) return std::unexpected(database.error());
  Writer writer(path, std::move(*database));
  const auto ready = in_turn([&] { return check_format(*writer.database_); },
                             [&] { return write_with_wal(*writer.database_); },
                             [&] { return writer.prepare(); }, [&] { return writer.load(); });
  if (!ready) return std::unexpected(ready.error());
  return writer;
}

Result<void> Writer::prepare() {
  auto insert = database_->prepare(
      "INSERT INTO chunk (first_seq, last_seq, first_ts, last_ts, types, frames) VALUES (?, ?, ?, ?, ?, ?)");
  if (!insert) return std::unexpected(insert.error());
  auto set = database_->prepare("INSERT OR REPLACE INTO session (key, value) VALUES (?, ?)");
  if (!set) return std::unexpected(set.error());
  insert_ = std::move(*insert);
  set_ = std::move(*set);
  return {};
}

Result<void> Writer::load() {
  auto ends = database_->prepare(
      "SELECT min(first_seq), (SELECT last_seq FROM chunk ORDER BY first_seq DESC) FROM chunk");
  if (!ends) return std::unexpected(ends.error());
  if (const auto row = ends->step(); !row) return std::unexpected(row.error());
  if (!ends->is_null(0)) {
    oldest_ = Seq{static_cast<std::uint64_t>(ends->integer(0))};
    newest_ = Seq{static_cast<std::uint64_t>(ends->integer(1))};
  }
  const auto json = database_->text(fmt::format("SELECT value FROM session WHERE key = '{}'", key::kTypes));
  if (!json) return std::unexpected(json.error());
  auto table = json->empty() ? TypeTable() : TypeTable::parse(*json);
  if (!table) return std::unexpected(table.error().in(path_.string()));
  types_ = std::move(*table);
  return {};
}

// --- events

Result<void> Writer::append(const Chunk& chunk) {
  const auto refused = [&](const base::Error& error) {
    return std::unexpected(
        error.in(fmt::format("cannot store events {} to {}", chunk.first.value, chunk.last.value)));
  };
  if (const auto ready = usable(); !ready) return refused(ready.error());
  const bool follows = !newest_ || chunk.first == newest_->next() ||
                       (chunk.first > *newest_ && skipped_to_ && chunk.first <= *skipped_to_);
  if (!follows) {
    const auto held = holds(chunk);
    if (!held) return refused(held.error());
    if (*held) return {};
    return refused(
        {Errc::conflict, fmt::format("{}: it ends with event {}", path_.string(), newest_->value)});
  }
  if (const auto stored = store(chunk); !stored) return refused(stored.error());
  newest_ = chunk.last;
  if (!oldest_) oldest_ = chunk.first;
  return {};
}

Result<void> Writer::store(const Chunk& chunk) {
  TypeTable types = types_;
  const auto numbers = types.encode(chunk.types);
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return std::unexpected(transaction.error());
  if (types.entries().size() > types_.entries().size()) {
    const auto json = types.json();
    if (auto stored = store_value(key::kTypes, std::string_view(json)); !stored) return stored;
  }
  const ResetAtEnd reset(insert_);
  insert_.bind(1, static_cast<std::int64_t>(chunk.first.value))
      .bind(2, static_cast<std::int64_t>(chunk.last.value))
      .bind(3, chunk.first_ts_us)
      .bind(4, chunk.last_ts_us)
      .bind(5, numbers)
      .bind_bytes(6, chunk.frames);
  if (const auto stored = insert_.step(); !stored) return std::unexpected(stored.error());
  insert_.reset();
  if (auto committed = transaction->commit(); !committed) return committed;
  types_ = std::move(types);
  return {};
}

// Whether a chunk was stored, and perhaps removed since.
Result<bool> Writer::holds(const Chunk& chunk) {
  if (chunk.last < *oldest_) return true;
  const auto last = database_->integer(fmt::format(
      "SELECT last_seq FROM chunk WHERE first_seq <= {} ORDER BY first_seq DESC LIMIT 1", chunk.first.value));
  if (!last) return std::unexpected(last.error());
  return static_cast<std::uint64_t>(*last) >= chunk.last.value;
}

// --- facts

template <class Value>
Result<void> Writer::store_value(std::string_view key, Value value) {
  const ResetAtEnd reset(set_);
  if (const auto stored = set_.bind(1, key).bind(2, value).step(); !stored)
    return std::unexpected(stored.error());
  return {};
}

Result<void> Writer::store_facts(const SessionFacts& facts) {
  const std::array<std::pair<std::string_view, std::string_view>, 5> texts{
      {{key::kId, facts.id},
       {key::kName, facts.name},
       {key::kTags, facts.tags},
       {key::kTelemetry, facts.telemetry},
       {key::kBrowserVersion, facts.browser_version}}};
  for (const auto& [name, value] : texts) {
    if (auto stored = store_value(name, value); !stored) return stored;
  }
  return in_turn([&] { return store_value(key::kCreated, facts.created_us); },
                 [&] { return store_value(key::kFormatVersion, kFormat); });
}

Result<void> Writer::update(const SessionFacts& facts) {
  if (auto ready = usable(); !ready) return ready;
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return std::unexpected(transaction.error());
  return in_turn([&] { return store_facts(facts); }, [&] { return transaction->commit(); });
}

Result<void> Writer::set(std::string_view key, std::string_view value) {
  return in_turn([&] { return usable(); }, [&] { return store_value(key, value); });
}

// --- the disk

// synchronous=NORMAL writes a commit to the -wal without syncing it; what is in a synced -wal is as good as
// in the file.
Result<void> Writer::sync() {
  // There is no -wal when nothing was written since it was brought into the file.
  return in_turn([&] { return usable(); }, [&] { return sync_file(with(path_, "-wal")); });
}

std::uint64_t Writer::bytes() const {
  std::uint64_t sum = 0;
  for (const char* const ending : {"", "-wal"}) {
    struct stat info{};
    if (::stat(with(path_, ending).c_str(), &info) == 0) sum += static_cast<std::uint64_t>(info.st_size);
  }
  return sum;
}

// The oldest chunk to keep when those before it, with `excess` bytes of frames or more, go. The newest one
// stays.
Result<Seq> Writer::cut(std::uint64_t excess) const {
  auto chunks = database_->prepare("SELECT first_seq, length(frames) FROM chunk ORDER BY first_seq");
  if (!chunks) return std::unexpected(chunks.error());
  Seq kept = *oldest_;
  for (std::uint64_t removed = 0; removed < excess;) {
    const auto row = chunks->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    kept = Seq{static_cast<std::uint64_t>(chunks->integer(0))};
    removed += static_cast<std::uint64_t>(chunks->integer(1));
  }
  return kept;
}

Result<void> Writer::retain(std::uint64_t max_bytes) {
  if (auto ready = usable(); !ready || bytes() <= max_bytes) return ready;
  while (oldest_) {
    const auto pages = database_->integer("PRAGMA page_count");
    const auto free = database_->integer("PRAGMA freelist_count");
    if (!pages || !free) return std::unexpected(!pages ? pages.error() : free.error());
    const auto used = static_cast<std::uint64_t>((*pages - *free) * limits::kPageBytes);
    if (used <= max_bytes) break;
    const auto kept = cut(used - max_bytes);
    if (!kept) return std::unexpected(kept.error());
    if (*kept == *oldest_) break;
    auto removed = database_->run(fmt::format("DELETE FROM chunk WHERE first_seq < {}", kept->value));
    if (!removed) return removed;
    oldest_ = *kept;
  }
  return in_turn([&] { return database_->run("PRAGMA incremental_vacuum"); },
                 [&] { return database_->checkpoint(); });
}

Result<void> Writer::store_ending(const Ending& ending) {
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return std::unexpected(transaction.error());
  return in_turn([&] { return store_value(key::kEnded, ending.ended_us); },
                 [&] { return store_value(key::kEndReason, std::string_view(ending.reason)); },
                 [&] { return transaction->commit(); });
}

Result<void> Writer::finish(const Ending& ending) {
  if (auto ready = usable(); !ready) return ready;
  const auto finished = in_turn([&] { return store_ending(ending); }, [&] { return database_->checkpoint(); },
                                [&] { return write_without_wal(*database_); });
  if (!finished) return std::unexpected(finished.error().in("cannot finish the recording"));
  insert_ = {};
  set_ = {};
  database_.reset();
  return {};
}

Result<void> Writer::usable() const {
  if (!database_) return fail(Errc::closed, "the recording is finished");
  return {};
}

}  // namespace telltale::recording
