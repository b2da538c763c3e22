#include "recording/sqlite.hpp"

#include <fmt/format.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "recording/file.hpp"
#include "recording/limits.hpp"

namespace telltale::recording {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;
using base::Result;

int length(std::string_view text) { return static_cast<int>(text.size()); }

// The errno of a code that comes from the system; 0 where there is none. SQLite does not keep that of a full
// disk.
int errno_of(int code, sqlite3* handle) {
  const int kind = code & 0xff;
  if (kind == SQLITE_FULL) return ENOSPC;
  const bool of_system = kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN;
  return of_system && handle != nullptr ? sqlite3_system_errno(handle) : 0;
}

Errc errc_of(int code, sqlite3* handle) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Errc::conflict;
    case SQLITE_NOTADB:
      return Errc::invalid_argument;
    default:
      return errc_of_errno(errno_of(code, handle));
  }
}

std::string words_of(int code, sqlite3* handle) {
  const Errc errc = errc_of(code, handle);
  if (errc == Errc::conflict) return "another connection uses it";
  const int error = errno_of(code, handle);
  if (errc == Errc::limit) return ::strerrordesc_np(error);
  std::string words = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  if (error != 0) words += std::string(": ") + ::strerrordesc_np(error);
  return words;
}

std::string as_uri(const fs::path& path) {
  std::string uri = "file:";
  for (const char c : path.string()) {
    if (c == '?' || c == '#' || c == '%') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

// A recording may come by mail: its schema must not run anything.
void distrust(sqlite3* handle) {
  for (const int off : {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_VIEW,
                        SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL}) {
    sqlite3_db_config(handle, off, 0, nullptr);
  }
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, limits::kValueBytes);
  // A mapped file that gets shorter is a SIGBUS. It fails for want of memory alone.
  sqlite3_exec(handle, "PRAGMA mmap_size=0", nullptr, nullptr, nullptr);
}

}  // namespace

// --- statements

Statement& Statement::bind(int at, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(statement_.get(), at, value); code != SQLITE_OK) refused_ = code;
  return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
  const int code = sqlite3_bind_text(statement_.get(), at, text.data(), length(text), SQLITE_STATIC);
  if (code != SQLITE_OK) refused_ = code;
  return *this;
}

Statement& Statement::bind_bytes(int at, std::string_view bytes) {
  const int code = sqlite3_bind_blob(statement_.get(), at, bytes.data(), length(bytes), SQLITE_STATIC);
  if (code != SQLITE_OK) refused_ = code;
  return *this;
}

Result<bool> Statement::step() {
  if (refused_ != SQLITE_OK) return database_->failure(refused_);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->failure(code);
}

std::int64_t Statement::integer(int column) { return sqlite3_column_int64(statement_.get(), column); }

std::string_view Statement::bytes(int column) {
  const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

bool Statement::is_null(int column) { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

void Statement::reset() noexcept {
  if (!statement_) return;
  sqlite3_reset(statement_.get());  // says again what step() has said
  sqlite3_clear_bindings(statement_.get());
  refused_ = SQLITE_OK;
}

// --- the connection

Result<std::unique_ptr<Database>> Database::open(const fs::path& path, Mode mode,
                                                 std::chrono::milliseconds patience) {
  std::error_code error;
  // Absolute, because SQLite takes relative names that begin with "file:" or ":" for something else.
  const fs::path absolute = fs::absolute(path, error);
  if (error || !fs::exists(absolute, error))
    return fail(Errc::not_found, "there is no file " + path.string());
  sqlite3* handle = nullptr;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
  flags |= mode == Mode::read_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  const std::string name = mode == Mode::immutable ? as_uri(absolute) : absolute.string();
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(path, handle));
  if (code != SQLITE_OK) return database->failure(code);
  distrust(handle);
  sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
  return database;
}

std::unexpected<base::Error> Database::failure(int code) const {
  return fail(errc_of(code, handle_.get()), path_.string() + ": " + words_of(code, handle_.get()));
}

Result<Statement> Database::prepare(std::string_view sql) const {
  Statement statement;
  statement.database_ = this;
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), length(sql), SQLITE_PREPARE_PERSISTENT,
                                      &prepared, nullptr);
  statement.statement_.reset(prepared);
  if (code != SQLITE_OK) return failure(code);
  return statement;
}

Result<void> Database::run(std::string_view sql) const {
  const int code = sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return {};
}

Result<std::int64_t> Database::integer(std::string_view sql) const {
  std::int64_t value = 0;
  const auto read = first_row(sql, [&](Statement& row) { value = row.integer(0); });
  if (!read) return std::unexpected(read.error());
  return value;
}

Result<std::string> Database::text(std::string_view sql) const {
  std::string value;
  const auto read = first_row(sql, [&](Statement& row) { value = row.bytes(0); });
  if (!read) return std::unexpected(read.error());
  return value;
}

// To the end also where one row is of interest: PRAGMA journal_mode gives its row first, and then does what
// may fail.
template <class Use>
Result<void> Database::first_row(std::string_view sql, const Use& use) const {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  for (bool first = true;; first = false) {
    const auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    if (first) use(*statement);
  }
}

bool Database::has_wal_header() const noexcept {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
  std::array<char, 2> versions{};
  constexpr int kPlace = 18;  // "file format write version" and "read version" of the SQLite file format
  if (file == nullptr || file->pMethods == nullptr) return false;
  return file->pMethods->xRead(file, versions.data(), 2, kPlace) == SQLITE_OK && versions[1] == 2;
}

Result<void> Database::checkpoint() const {
  const int code =
      sqlite3_wal_checkpoint_v2(handle_.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK && errc_of(code, handle_.get()) != Errc::conflict) return failure(code);
  return {};
}

// --- transactions

Result<Transaction> Transaction::begin(const Database& database) {
  if (const auto begun = database.run("BEGIN IMMEDIATE"); !begun) return std::unexpected(begun.error());
  return Transaction(database);
}

Transaction::~Transaction() {
  // Some errors have SQLite roll back by itself. Whatever this one says, the error that led here is the one
  // to report.
  if (database_ != nullptr && database_->in_transaction()) std::ignore = database_->run("ROLLBACK");
}

Result<void> Transaction::commit() { return database_->run("COMMIT"); }

}  // namespace telltale::recording
