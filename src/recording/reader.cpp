#include "recording/reader.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_map>

#include "recording/check.hpp"
#include "recording/file.hpp"
#include "recording/format.hpp"
#include "recording/in_turn.hpp"
#include "recording/limits.hpp"
#include "telemetry/catalog.hpp"

namespace telltale::recording {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;
using base::Result;
using base::Seq;

static_assert(std::variant_size_v<telemetry::EventData> <= kUnknownType);

// "NOT INDEXED": in the order of seq, not through the index on time.
constexpr std::string_view kAscending =
    "SELECT first_seq, last_seq, types FROM chunk NOT INDEXED WHERE first_seq >= "
    "coalesce((SELECT max(first_seq) FROM chunk WHERE first_seq <= ?1), ?1) "
    "AND last_seq >= ?1 AND last_ts >= ?2 AND first_ts < ?3 ORDER BY first_seq";
constexpr std::string_view kDescending =
    "SELECT first_seq, last_seq, types FROM chunk NOT INDEXED WHERE first_seq <= ?1 "
    "AND last_ts >= ?2 AND first_ts < ?3 ORDER BY first_seq DESC";

std::int64_t signed_of(Seq seq) { return static_cast<std::int64_t>(seq.value); }
Seq seq_of(std::int64_t value) { return {static_cast<std::uint64_t>(value)}; }

bool has(const fs::path& path, const char* ending) {
  std::error_code error;
  return fs::exists(fs::path(path).concat(ending), error);
}

// SQLite makes -wal and -shm where they are missing and the header asks for them, and a connection that only
// reads cannot remove them: a recording that nobody writes would get two files beside it by being read. Nor
// can it do what a -journal asks for, which a writer leaves that died while it began or finished: that
// changes nothing but the header.
Result<std::unique_ptr<Database>> open_to_read(const fs::path& path) {
  const auto open = [&](Database::Mode mode) { return Database::open(path, mode, limits::kReaderPatience); };
  if (has(path, "-wal")) return open(Database::Mode::read_only);
  auto unwritten = open(Database::Mode::immutable);
  if (!unwritten || (*unwritten)->has_wal_header() || has(path, "-journal")) return unwritten;
  return open(Database::Mode::read_only);
}

// Whoever first opens a recording with a -wal makes its -shm. SQLite says only that a file cannot be opened.
base::Error explain(base::Error error, const fs::path& path) {
  const auto folder = fs::absolute(path).parent_path();
  if (error.code == Errc::io && has(path, "-wal") && ::access(folder.c_str(), W_OK) != 0) {
    error.message += " (what came last is in its -wal file, which can be read in a writable folder only)";
  }
  return error;
}

bool wants(const Selection& selection, const TypeTable::Entry& type) {
  const auto listed = [](const auto& names, const std::string& name) {
    return !names || std::ranges::find(*names, name) != names->end();
  };
  return listed(selection.types, type.name) && listed(selection.categories, type.category);
}

struct Type {
  std::uint8_t index = kUnknownType;  // in telemetry::EventData
  bool wanted = false;
};

std::uint8_t index_of(std::string_view name) {
  const auto* const found = telemetry::find_event_type(name);
  const auto all = telemetry::all_event_types();
  return found == nullptr ? kUnknownType : static_cast<std::uint8_t>(found - all.data());
}

std::unordered_map<std::string_view, Type> types_of(const TypeTable& table, const Selection& selection) {
  std::unordered_map<std::string_view, Type> out;
  for (const auto& entry : table.entries()) out[entry.name] = {index_of(entry.name), wants(selection, entry)};
  return out;
}

}  // namespace

Result<Reader> Reader::open(const fs::path& path) {
  Reader reader(path);
  if (const auto connected = reader.connect(); !connected) return std::unexpected(connected.error());
  return reader;
}

Result<void> Reader::connect() {
  if (database_) return {};
  auto database = open_to_read(path_);
  if (!database) return std::unexpected(database.error());
  if (auto checked = check_format(**database); !checked)
    return std::unexpected(explain(checked.error(), path_));
  const auto prepare = [&](Statement& statement, std::string_view sql) -> Result<void> {
    auto made = (*database)->prepare(sql);
    if (!made) return std::unexpected(made.error());
    statement = std::move(*made);
    return {};
  };
  auto prepared = in_turn(
      [&] { return (*database)->run(fmt::format("PRAGMA cache_size=-{}", limits::kCacheKib)); },
      [&] { return prepare(ascending_, kAscending); }, [&] { return prepare(descending_, kDescending); },
      [&] { return prepare(frames_, "SELECT frames FROM chunk WHERE first_seq = ?1"); });
  if (!prepared) {
    release();
    return prepared;
  }
  database_ = std::move(*database);
  return {};
}

void Reader::release() noexcept {
  ascending_ = {};
  descending_ = {};
  frames_ = {};
  database_.reset();
}

// --- facts

Result<std::optional<std::string>> Reader::value(std::string_view key) {
  if (const auto connected = connect(); !connected) return std::unexpected(connected.error());
  auto row = database_->prepare("SELECT value FROM session WHERE key = ?1");
  if (!row) return std::unexpected(row.error());
  const auto found = row->bind(1, key).step();
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::nullopt;
  return std::string(row->bytes(0));
}

Result<Facts> Reader::facts() {
  if (const auto connected = connect(); !connected) return std::unexpected(connected.error());
  auto rows = database_->prepare("SELECT key, value FROM session");
  if (!rows) return std::unexpected(rows.error());
  Facts facts;
  auto& session = facts.session;
  for (;;) {
    const auto row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return facts;
    // The integer first: asked for text, SQLite turns the value into one.
    const auto integer = rows->integer(1);
    const auto text = rows->bytes(1);
    const auto name = rows->bytes(0);
    const auto ending = [&]() -> Ending& { return facts.ending ? *facts.ending : facts.ending.emplace(); };
    if (name == key::kId) session.id = text;
    if (name == key::kName) session.name = text;
    if (name == key::kTags) session.tags = text;
    if (name == key::kCreated) session.created_us = integer;
    if (name == key::kTelemetry) session.telemetry = text;
    if (name == key::kBrowserVersion) session.browser_version = text;
    if (name == key::kEnded) ending().ended_us = integer;
    if (name == key::kEndReason) ending().reason = text;
  }
}

Result<std::optional<Extent>> Reader::extent() {
  if (const auto connected = connect(); !connected) return std::unexpected(connected.error());
  auto rows = database_->prepare(
      "SELECT first_seq, last_seq, first_ts, last_ts, types FROM chunk INDEXED BY chunk_time");
  if (!rows) return std::unexpected(rows.error());
  std::optional<Extent> extent;
  std::vector<std::int64_t> events;
  for (;;) {
    const auto row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const Row chunk{seq_of(rows->integer(0)), seq_of(rows->integer(1))};
    const auto first_ts = rows->integer(2);
    const auto last_ts = rows->integer(3);
    const auto counts = numbers(rows->bytes(4));
    if (!counts) return damaged(chunk, counts.error());
    if (!extent) extent = Extent{chunk.first, chunk.last, first_ts, last_ts, 0, {}};
    extent->oldest = std::min(extent->oldest, chunk.first);
    extent->newest = std::max(extent->newest, chunk.last);
    extent->oldest_ts_us = std::min(extent->oldest_ts_us, first_ts);
    extent->newest_ts_us = std::max(extent->newest_ts_us, last_ts);
    events.resize(types_.entries().size());
    for (const auto& [number, count] : *counts) {
      events[number] += count;
      extent->events += count;
    }
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& [name, category] = types_.entries()[i];
    if (events[i] > 0) extent->types.push_back({name, category, events[i]});
  }
  return extent;
}

Result<void> Reader::load_types() {
  const auto json = value(key::kTypes);
  if (!json) return std::unexpected(json.error());
  auto table = TypeTable::parse(json->value_or("[]"));
  if (!table) return std::unexpected(table.error());
  types_ = std::move(*table);
  return {};
}

// The table only grows: it is read again when a chunk refers to what it lacks.
Result<std::map<std::size_t, std::int64_t>> Reader::numbers(std::string_view types) {
  if (auto known = types_.decode(types)) return known;
  if (const auto loaded = load_types(); !loaded) return std::unexpected(loaded.error());
  return types_.decode(types);
}

// --- events

// The first row that `scan` finds from there on whose types include a wanted one.
Result<std::optional<Reader::Row>> Reader::find(Statement& scan, Seq from, const Selection& selection) {
  scan.bind(1, signed_of(from)).bind(2, selection.since_us).bind(3, selection.until_us);
  for (;;) {
    const auto row = scan.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::nullopt;
    const Row chunk{seq_of(scan.integer(0)), seq_of(scan.integer(1))};
    const auto present = numbers(scan.bytes(2));
    if (!present) return damaged(chunk, present.error());
    const auto wanted = [&](const auto& type) { return wants(selection, types_.entries()[type.first]); };
    if (std::ranges::any_of(*present, wanted)) return chunk;
  }
}

Result<UnpackedChunk> Reader::unpack(Row row) {
  const ResetAtEnd reset(frames_);
  const auto found = frames_.bind(1, signed_of(row.first)).step();
  if (!found) return std::unexpected(found.error());
  auto chunk = decoder_.decode(*found ? frames_.bytes(0) : "", row.first, row.last);
  if (!chunk) return damaged(row, chunk.error());
  return chunk;
}

Result<std::optional<Run>> Reader::read(Statement Reader::* scan, Seq from, Seq low, Seq high,
                                        const Selection& selection) {
  if (const auto connected = connect(); !connected) return std::unexpected(connected.error());
  // Held until the chunk is read: retention may remove it, but not from this transaction.
  const ResetAtEnd reset(this->*scan);
  const auto row = find(this->*scan, from, selection);
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  const auto chunk = unpack(**row);
  if (!chunk) return std::unexpected(chunk.error());
  const auto types = types_of(types_, selection);
  Run run{{}, std::max((*row)->first, low), std::min((*row)->last, high), chunk->bytes};
  std::string_view rest(chunk->bytes.get(), chunk->size);
  for (const auto& head : chunk->heads) {
    const auto frame = rest.substr(0, head.size);
    rest.remove_prefix(head.size);
    const auto type = types.find(head.type);
    if (type == types.end()) {
      return damaged(**row,
                     {Errc::io, fmt::format("event {} is of a type that has no number", head.seq.value)});
    }
    const bool in_time = head.ts_us >= selection.since_us && head.ts_us < selection.until_us;
    if (head.seq < low || head.seq > high || !in_time || !type->second.wanted) continue;
    run.records.push_back({head.seq, head.ts_us, type->second.index, frame});
  }
  return run;
}

Result<std::optional<Run>> Reader::read_after(Seq seq, const Selection& selection) {
  constexpr Seq kLast{std::numeric_limits<std::int64_t>::max()};  // SQLite's integers end here
  if (seq >= kLast) return std::nullopt;
  return read(&Reader::ascending_, seq.next(), seq.next(), kLast, selection);
}

Result<std::optional<Run>> Reader::read_before(Seq seq, const Selection& selection) {
  if (seq.value == 0) return std::nullopt;
  const Seq high{std::min(seq.value - 1, std::uint64_t{std::numeric_limits<std::int64_t>::max()})};
  return read(&Reader::descending_, high, {}, high, selection);
}

Result<std::optional<std::int64_t>> Reader::seek(std::string_view sql, std::int64_t ts_us) {
  if (const auto connected = connect(); !connected) return std::unexpected(connected.error());
  auto row = database_->prepare(sql);
  if (!row) return std::unexpected(row.error());
  const auto found = row->bind(1, ts_us).step();
  if (!found) return std::unexpected(found.error());
  if (!*found || row->is_null(0)) return std::nullopt;
  return row->integer(0);
}

// Events are not strictly in the order of time: all later chunks are asked, in the index.
Result<Seq> Reader::seek_since(std::int64_t since_us) {
  const auto first =
      seek("SELECT min(first_seq) FROM chunk INDEXED BY chunk_time WHERE last_ts >= ?1", since_us);
  if (!first) return std::unexpected(first.error());
  if (*first) return Seq{seq_of(**first).value - 1};
  const auto last = database_->integer("SELECT last_seq FROM chunk ORDER BY first_seq DESC LIMIT 1");
  if (!last) return std::unexpected(last.error());
  return seq_of(*last);
}

Result<Seq> Reader::seek_until(std::int64_t until_us) {
  const auto last =
      seek("SELECT max(last_seq) FROM chunk INDEXED BY chunk_time WHERE first_ts < ?1", until_us);
  if (!last) return std::unexpected(last.error());
  return *last ? seq_of(**last).next() : Seq{};
}

Result<void> Reader::copy_to(const fs::path& path) {
  if (const auto connected = connect(); !connected) return std::unexpected(connected.error());
  const fs::path absolute = fs::absolute(path);
  auto into = database_->prepare("VACUUM INTO ?1");
  if (!into) return std::unexpected(into.error());
  const auto refused = [&](const base::Error& error) {
    return std::unexpected(error.in("cannot copy the recording"));
  };
  if (const auto made = make_private_file(absolute); !made) return refused(made.error());
  const auto copied = into->bind(1, std::string_view(absolute.native())).step();
  if (copied) return {};
  std::error_code ignored;  // the copy's own error says more
  fs::remove(absolute, ignored);
  return refused(copied.error());
}

std::unexpected<base::Error> Reader::damaged(Row row, const base::Error& error) const {
  const auto where = fmt::format("{}, events {} to {}", path_.string(), row.first.value, row.last.value);
  return std::unexpected(error.in(where));
}

}  // namespace telltale::recording
