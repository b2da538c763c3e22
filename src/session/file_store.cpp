#include "session/file_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/random.hpp"
#include "session/file_name.hpp"

namespace telltale::session {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;
using base::Result;
using browser::UniqueFd;

/// Locked while the session lives; see sweep_stale_files().
constexpr const char* kLockFile = ".lock";
/// Name of the lock file until it is locked, so that no sweep takes a folder in the making for a stale one.
constexpr const char* kUnlockedFile = ".lock.new";
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::unexpected<base::Error> io_failure(const std::string& what) {
  return fail(Errc::io, "cannot " + what + ": " + ::strerrordesc_np(errno));
}

std::unexpected<base::Error> over() { return fail(Errc::not_found, "the session has ended"); }

std::unexpected<base::Error> no_such_file(const std::string& given) {
  return fail(Errc::not_found,
              "file_path: there is no file '" + given + "' of this session, nor in the folder of --upload-dir");
}

std::unexpected<base::Error> no_folder() {
  return fail(Errc::unavailable, "this server keeps no files: start it with --upload-dir");
}

// Names the option alone: where the folder is is nobody's business.
std::unexpected<base::Error> refused(const std::string& given, std::string_view why) {
  return fail(Errc::forbidden,
              "file_path: '" + given + "' " + std::string(why) +
                  "; a session may use the files that were sent to it (POST /sessions/ID/files) and those that the "
                  "operator put into the folder of --upload-dir");
}

bool is_below(const fs::path& folder, const fs::path& path) {
  return std::ranges::mismatch(folder, path).in1 == folder.end();
}

}  // namespace

// --- a file on its way

Upload::~Upload() {
  if (committed_) return;
  usage_->files.fetch_sub(1);
  usage_->bytes.fetch_sub(file_.size);
  if (folder_) ::unlinkat(folder_.get(), file_.name.c_str(), 0);
  if (parent_) ::unlinkat(parent_.get(), file_.id.c_str(), AT_REMOVEDIR);
}

Result<void> Upload::write(std::string_view bytes) {
  if (usage_->closed.load()) return over();
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (file_.size + size > limits_.file_bytes) {
    return fail(Errc::limit, "the file is larger than " + std::to_string(limits_.file_bytes) + " bytes");
  }
  // Counted before it is written, so that files that come at the same time respect the limit together.
  file_.size += size;
  if (usage_->bytes.fetch_add(size) + size > limits_.all_bytes) {
    return fail(Errc::conflict, "the session's files would be larger than " + std::to_string(limits_.all_bytes) +
                                    " bytes together, which is the limit: delete one first");
  }
  hash_.put(bytes);
  while (!bytes.empty()) {
    const auto written = ::write(data_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_failure("store the file");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// --- the files of a session

FileStore::FileStore(const fs::path& uploads, std::string session_id, FileLimits limits)
    : given_(uploads), session_id_(std::move(session_id)), limits_(limits) {
  if (uploads.empty()) return;
  std::error_code error;  // a folder that is not there yet has no links either
  uploads_ = fs::weakly_canonical(fs::absolute(uploads, error), error);
  if (!uploads_.has_filename()) uploads_ = uploads_.parent_path();
  given_ = given_.lexically_normal();
  if (!given_.has_filename()) given_ = given_.parent_path();
}

FileStore::~FileStore() { close(); }

Result<fs::path> FileStore::resolve(const std::string& file_path) const {
  if (uploads_.empty()) return no_folder();
  if (usage_->closed.load()) return over();
  if (file_path.find('\0') != std::string::npos) return refused("", "is no path");
  const auto own = fs::path(session_id_);
  const StoredFile* named = find(file_path);
  for (const auto& file : files_) {
    if (named == nullptr || named->id != file_path) named = file.name == file_path ? &file : named;
  }
  if (named != nullptr) return resolve_below(own / named->id / named->name, file_path);
  fs::path path = fs::path(file_path).lexically_normal();
  if (path.is_absolute()) {
    const auto& root = is_below(uploads_, path) ? uploads_ : given_;
    if (!root.is_absolute() || !is_below(root, path)) return refused(file_path, "leads outside");
    return resolve_below(path.lexically_relative(root), file_path);
  }
  if (path.empty() || *path.begin() == "..") return refused(file_path, "leads outside");
  // The id of a file that is gone, or of another session's: ids of sessions look the same.
  if (is_session_id(file_path) && file_path != session_id_) return no_such_file(file_path);
  auto found = resolve_below(own / path, file_path);
  if (found || found.error().code != Errc::not_found) return found;
  return resolve_below(path, file_path);
}

Result<fs::path> FileStore::resolve_below(const fs::path& relative, const std::string& given) const {
  const auto foreign = [&](const fs::path& path) {
    const auto top = path.begin()->string();
    return is_session_id(top) && top != session_id_;
  };
  // Asked of the name first: whether another session has such a file is not to be learned either.
  if (foreign(relative)) return refused(given, "is another session's");
  // The file is looked up once; what follows is asked of the file that was found, not of its name.
  const UniqueFd file(::open((uploads_ / relative).c_str(), O_PATH | O_CLOEXEC));
  if (!file && (errno == ENOENT || errno == ENOTDIR)) return no_such_file(given);
  if (!file) return refused(given, "cannot be opened");
  const auto link = "/proc/self/fd/" + std::to_string(file.get());
  std::error_code error;
  const auto real = fs::read_symlink(link, error);
  if (error || !is_below(uploads_, real)) return refused(given, "leads outside");
  if (foreign(real.lexically_relative(uploads_))) return refused(given, "is another session's");
  struct stat info{};
  const bool regular = ::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink > 0;
  if (!regular) return refused(given, "is no regular file");
  const UniqueFd readable(::open(link.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!readable) return refused(given, "cannot be read");
  return real;
}

Result<void> FileStore::make_folder() {
  if (folder_) return {};
  const auto path = uploads_ / session_id_;
  // The operator may have made it, to put a file there.
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return io_failure("make a folder for the session's files");
  }
  UniqueFd folder(::open(path.c_str(), kFolderFlags));
  struct stat info{};
  if (!folder || ::fstat(folder.get(), &info) != 0) return io_failure("open the folder of the session's files");
  if (info.st_uid != ::geteuid() || ::fchmod(folder.get(), 0700) != 0) {
    return fail(Errc::io, "the folder of the session's files belongs to another user");
  }
  UniqueFd lock(::openat(folder.get(), kUnlockedFile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return io_failure("lock the folder of the session's files");
  ::flock(lock.get(), LOCK_EX | LOCK_NB);  // a file system without locks: nothing there is ever swept
  if (::renameat(folder.get(), kUnlockedFile, folder.get(), kLockFile) != 0) {
    return io_failure("lock the folder of the session's files");
  }
  folder_ = std::move(folder);
  lock_ = std::move(lock);
  return {};
}

Result<std::unique_ptr<Upload>> FileStore::begin(std::string name, std::string mime_type) {
  if (uploads_.empty()) return no_folder();
  if (usage_->closed.load()) return over();
  if (const auto made = make_folder(); !made) return std::unexpected(made.error());
  StoredFile file;
  file.id = base::uuid_v4();
  file.name = std::move(name);
  file.mime_type = std::move(mime_type);
  const bool too_many = usage_->files.fetch_add(1) >= limits_.files;
  // From here on the destructor undoes what was done.
  std::unique_ptr<Upload> upload(new Upload(std::move(file), limits_, usage_));
  if (too_many) {
    return fail(Errc::conflict, "the session has " + std::to_string(limits_.files) +
                                    " files, which is the limit: delete one first");
  }
  const auto& id = upload->file_.id;
  upload->parent_ = UniqueFd(::fcntl(folder_.get(), F_DUPFD_CLOEXEC, 0));
  if (!upload->parent_ || ::mkdirat(folder_.get(), id.c_str(), 0700) != 0) {
    return io_failure("make a folder for the file");
  }
  upload->folder_ = UniqueFd(::openat(folder_.get(), id.c_str(), kFolderFlags));
  if (!upload->folder_) return io_failure("open the file's folder");
  upload->data_ = UniqueFd(::openat(upload->folder_.get(), upload->file_.name.c_str(),
                                    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!upload->data_) return io_failure("store the file");
  return upload;
}

Result<StoredFile> FileStore::commit(std::unique_ptr<Upload> upload, const base::Clock& clock) {
  if (usage_->closed.load()) return over();
  // Some file systems (NFS) say only here that there was no room.
  if (::close(upload->data_.release()) != 0) return io_failure("store the file");
  upload->file_.sha256 = upload->hash_.finish();
  upload->file_.created_at = clock.now();
  upload->committed_ = true;
  files_.push_back(upload->file_);
  return files_.back();
}

const StoredFile* FileStore::find(std::string_view id) const noexcept {
  const auto found = std::ranges::find(files_, id, &StoredFile::id);
  return found == files_.end() ? nullptr : &*found;
}

Result<UniqueFd> FileStore::open(std::string_view id) const {
  const auto* const file = find(id);
  if (file == nullptr) return fail(Errc::not_found, "the session has no file '" + std::string(id) + "'");
  const auto path = file->id + "/" + file->name;
  UniqueFd data(::openat(folder_.get(), path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!data) return io_failure("read the file");
  return data;
}

Result<void> FileStore::remove(std::string_view id) {
  const auto found = std::ranges::find(files_, id, &StoredFile::id);
  if (found == files_.end()) return fail(Errc::not_found, "the session has no file '" + std::string(id) + "'");
  const auto path = found->id + "/" + found->name;
  if (::unlinkat(folder_.get(), path.c_str(), 0) != 0 && errno != ENOENT) return io_failure("remove the file");
  ::unlinkat(folder_.get(), found->id.c_str(), AT_REMOVEDIR);  // an operator may have put something there
  usage_->files.fetch_sub(1);
  usage_->bytes.fetch_sub(found->size);
  files_.erase(found);
  return {};
}

void FileStore::close() noexcept {
  if (usage_->closed.exchange(true)) return;
  files_.clear();
  if (uploads_.empty()) return;
  std::error_code ignored;  // the next start removes what could not be removed now
  fs::remove_all(uploads_ / session_id_, ignored);
  folder_.reset();
  lock_.reset();
}

std::size_t sweep_stale_files(const fs::path& uploads) {
  std::error_code error;
  std::size_t removed = 0;
  for (fs::directory_iterator entry(uploads, error), end; !error && entry != end; entry.increment(error)) {
    if (!is_session_id(entry->path().filename().string())) continue;
    const UniqueFd folder(::open(entry->path().c_str(), kFolderFlags));
    const UniqueFd lock(::openat(folder.get(), kLockFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    // Another telltale's session lives there, or it is none of ours.
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
    std::error_code failure;  // what cannot be removed now is tried again by the next start
    fs::remove_all(entry->path(), failure);
    if (!failure) ++removed;
  }
  return removed;
}

}  // namespace telltale::session
