#pragma once

// A disk that fails: an SQLite VFS in front of the default one.

#include <sqlite3.h>

#include <string>

namespace telltale::recording {

/// The default VFS of the process while it lives; one at a time. Counts what changes files (writes, syncs,
/// truncations, of every file of every connection that was opened meanwhile), and fails one of these, or that
/// and all later ones.
class FaultyVfs {
 public:
  struct Fault {
    int at = 0;            ///< which one fails, counted from 1; 0: none
    int code = SQLITE_OK;  ///< SQLITE_FULL or an SQLITE_IOERR
    bool half = false;     ///< of a write that fails, one half is done
    bool lasting = false;  ///< all later ones fail too, until repair()
  };

  explicit FaultyVfs(Fault fault);
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  [[nodiscard]] bool failed() const { return fault_.at != 0 && count_ >= fault_.at; }
  [[nodiscard]] int changes() const { return count_; }
  void repair() { repaired_ = true; }
  /// SQLITE_OK, or how this change fails.
  int next_change();
  [[nodiscard]] bool half() const { return fault_.half; }
  [[nodiscard]] sqlite3_vfs& real() const { return *real_; }

 private:
  Fault fault_;
  int count_ = 0;
  bool repaired_ = false;
  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
};

}  // namespace telltale::recording
