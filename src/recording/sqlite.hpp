#pragma once

// A connection to an SQLite file and its statements, with errors as values.

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace telltale::recording {

/// A prepared statement. Its database outlives it, and is used by one thread at a time.
class Statement {
 public:
  Statement() = default;

  /// `at` counts from 1. Text and bytes are not copied: they stay as they are until reset().
  Statement& bind(int at, std::int64_t value);
  Statement& bind(int at, std::string_view text);
  Statement& bind_bytes(int at, std::string_view bytes);
  /// Whether there is a row (one more row). Errors: those of Database.
  [[nodiscard]] base::Result<bool> step();
  /// Of the present row; `column` counts from 0. Views are valid until the next step() or reset().
  [[nodiscard]] std::int64_t integer(int column);
  [[nodiscard]] std::string_view bytes(int column);
  [[nodiscard]] bool is_null(int column);
  /// Ends the statement's part in a transaction: a reader that keeps a row keeps the -wal file from being
  /// used again.
  void reset() noexcept;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const class Database* database_ = nullptr;
  int refused_ = SQLITE_OK;  // what bind() was told
};

/// Resets a statement at the end of the scope.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Statement& statement_;
};

/// One connection. Every error names the file and has the system's words: limit (the disk is full), conflict
/// (another connection is in the way), invalid_argument (no SQLite file), io (anything else).
class Database {
 public:
  enum class Mode {
    read_write,
    read_only,
    immutable,  ///< read_only, and nothing else writes it: works without -wal and -shm and leaves none
  };

  /// The file must be there. SQLite looks into it with the first statement only.
  static base::Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, Mode mode,
                                                      std::chrono::milliseconds patience);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] base::Result<Statement> prepare(std::string_view sql) const;
  /// One or several statements; rows are not looked at.
  [[nodiscard]] base::Result<void> run(std::string_view sql) const;
  /// The first column of the first row; 0, or empty, where there is none.
  [[nodiscard]] base::Result<std::int64_t> integer(std::string_view sql) const;
  [[nodiscard]] base::Result<std::string> text(std::string_view sql) const;
  [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }
  /// The header of the file says that it has a -wal (the bytes 18 and 19 are 2). Asked of SQLite: opening a
  /// file of one's own on it, and closing that, would drop the locks that this process has on it (fcntl(2)).
  [[nodiscard]] bool has_wal_header() const noexcept;
  /// Brings the pages of the -wal into the file and empties the -wal. Readers may keep it from doing so,
  /// which is no error.
  [[nodiscard]] base::Result<void> checkpoint() const;
  /// The error of the last call, which returned `code`.
  [[nodiscard]] std::unexpected<base::Error> failure(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  template <class Use>
  base::Result<void> first_row(std::string_view sql, const Use& use) const;
  Database(std::filesystem::path path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Undoes what was done since begin(), unless it was committed.
class Transaction {
 public:
  static base::Result<Transaction> begin(const Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  base::Result<void> commit();

 private:
  explicit Transaction(const Database& database) : database_(&database) {}
  const Database* database_;
};

}  // namespace telltale::recording
