#pragma once

// The files that a session's client may hand to a page: those that it brought, and those that the operator put
// into the folder of --upload-dir.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/sha256.hpp"
#include "browser/unique_fd.hpp"
#include "session/limits.hpp"

namespace telltale::session {

/// A file that a client brought.
struct StoredFile {
  std::string id;         ///< UUID
  std::string name;       ///< see safe_file_name; several files may have the same
  std::string mime_type;  ///< as the client said
  std::int64_t size = 0;  ///< bytes
  std::string sha256;     ///< lower-case hex
  base::Time created_at;
};

/// What a session's files and those on their way take up; counted up and down on any loop.
struct FileUsage {
  std::atomic<std::int64_t> files{0};
  std::atomic<std::int64_t> bytes{0};
  std::atomic<bool> closed{false};  ///< the session has ended
};

/// The bounds of a session's files; tests lower them.
struct FileLimits {
  std::int64_t file_bytes = limits::kFileBytes;
  std::int64_t files = limits::kFiles;
  std::int64_t all_bytes = limits::kFilesBytes;
};

/// A file on its way. Unless it is committed, it is removed with this. On one loop at a time.
class Upload {
 public:
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  /// Writes to the disk's cache; blocks for as long as that takes, so hand over pieces of some KiB. Errors: limit
  /// (the file is too large), conflict (the session's files are too large together), not_found (the session has
  /// ended), io (the disk is full, or worse).
  base::Result<void> write(std::string_view bytes);

 private:
  friend class FileStore;
  Upload(StoredFile file, const FileLimits& limits, std::shared_ptr<FileUsage> usage)
      : file_(std::move(file)), limits_(limits), usage_(std::move(usage)) {}

  StoredFile file_;
  FileLimits limits_;
  std::shared_ptr<FileUsage> usage_;
  base::Sha256 hash_;
  browser::UniqueFd parent_;  ///< the session's folder
  browser::UniqueFd folder_;  ///< the file's own
  browser::UniqueFd data_;
  bool committed_ = false;
};

/// `<uploads>/<session id>/<file id>/<name>`: folders 0700, files 0600. Nothing is there before the first file.
/// Owner: the session; everything on its loop. It blocks for as long as the file system takes.
class FileStore {
 public:
  /// `uploads` is empty where there is no such folder.
  FileStore(const std::filesystem::path& uploads, std::string session_id, FileLimits limits = {});
  ~FileStore();

  /// Where the file is that a client names: by its id, its name (of several the last one), or a path below the
  /// session's folder or that of --upload-dir; symbolic links are resolved. Errors: forbidden (outside of them, in
  /// another session's folder, no regular file, not readable), not_found, unavailable (no folder).
  [[nodiscard]] base::Result<std::filesystem::path> resolve(const std::string& file_path) const;

  /// Begins a file. `name` as safe_file_name gives it. Errors: conflict (too many), not_found (the session has
  /// ended), unavailable (no folder), io.
  base::Result<std::unique_ptr<Upload>> begin(std::string name, std::string mime_type);
  /// The file is complete. Errors: not_found (the session has ended).
  base::Result<StoredFile> commit(std::unique_ptr<Upload> upload, const base::Clock& clock);

  /// Oldest first.
  [[nodiscard]] const std::vector<StoredFile>& files() const noexcept { return files_; }
  [[nodiscard]] const StoredFile* find(std::string_view id) const noexcept;
  /// For reading. Errors: not_found, io.
  [[nodiscard]] base::Result<browser::UniqueFd> open(std::string_view id) const;
  /// Errors: not_found, io.
  base::Result<void> remove(std::string_view id);
  /// The session has ended: removes its folder, and what is on its way gets no place any more. Idempotent.
  void close() noexcept;

 private:
  base::Result<void> make_folder();
  [[nodiscard]] base::Result<std::filesystem::path> resolve_below(const std::filesystem::path& relative,
                                                                  const std::string& given) const;

  std::filesystem::path uploads_;  ///< absolute, without symbolic links; empty: none
  std::filesystem::path given_;    ///< the same as the operator wrote it
  std::string session_id_;
  FileLimits limits_;
  browser::UniqueFd folder_;  ///< once it is made
  browser::UniqueFd lock_;    ///< says that the folder is in use
  std::vector<StoredFile> files_;
  std::shared_ptr<FileUsage> usage_ = std::make_shared<FileUsage>();
};

/// Removes the folders of sessions whose telltale was killed. Returns how many.
std::size_t sweep_stale_files(const std::filesystem::path& uploads);

}  // namespace telltale::session
