#include "browser/profile_folder.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include "browser/browser_process.hpp"

namespace telltale::browser {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;
using base::Result;

constexpr std::string_view kPrefix = "telltale-";
constexpr std::size_t kRandomLetters = 6;  // what mkdtemp(3) puts in
constexpr std::string_view kLockFile = "owner";
/// Name of the lock file until it is locked, so that no sweep takes a folder in the making for an abandoned
/// one.
constexpr std::string_view kUnlockedFile = "owner.new";
/// A folder without a lock file is in the making, or the last breath of a browser that outlived the removal
/// of its profile. Making takes milliseconds, so one that has not changed for this long is the latter.
constexpr auto kMakingTakes = std::chrono::minutes(1);
constexpr int kRemoveAttempts = 10;
constexpr auto kRemovePause = std::chrono::milliseconds(10);

Result<UniqueFd> lock(const fs::path& folder) {
  const fs::path unlocked = folder / kUnlockedFile;
  UniqueFd file(::open(unlocked.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  // A file system without locks is no reason to fail: the pid and start time in the folder's name remain.
  if (file) ::flock(file.get(), LOCK_EX | LOCK_NB);
  if (!file || ::rename(unlocked.c_str(), (folder / kLockFile).c_str()) != 0) {
    return fail(Errc::io, "cannot write " + (folder / kLockFile).string() + ": " + ::strerrordesc_np(errno));
  }
  return file;
}

/// Takes one decimal number and the hyphen after it off the front of `text`.
template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop == text.data() + text.size() || *stop != '-') return false;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return true;
}

/// The process that made a folder.
struct Owner {
  pid_t pid;
  std::uint64_t start_time;
};

/// Empty for a name that ProfileFolder::create() does not give.
std::optional<Owner> owner_in(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  Owner owner{};
  if (!take_number(name, owner.pid) || !take_number(name, owner.start_time)) return std::nullopt;
  if (name.size() != kRandomLetters) return std::nullopt;
  return owner;
}

bool is_ours(int fd, mode_t type, struct stat& info) {
  return ::fstat(fd, &info) == 0 && (info.st_mode & S_IFMT) == type && info.st_uid == ::geteuid();
}

bool changed_lately(const struct stat& info) {
  const auto changed = std::chrono::system_clock::from_time_t(info.st_mtim.tv_sec);
  return std::chrono::system_clock::now() - changed < kMakingTakes;
}

/// The owner must have left its lock and not be running: the second covers file systems without locks.
bool is_abandoned(const fs::path& folder) {
  const auto owner = owner_in(folder.filename().string());
  if (!owner || process_start_time(owner->pid) == owner->start_time) return false;
  struct stat info{};
  const UniqueFd directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory || !is_ours(directory.get(), S_IFDIR, info)) return false;
  // O_NONBLOCK: opening a planted FIFO must not hang.
  const UniqueFd file(
      ::openat(directory.get(), kLockFile.data(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) return errno == ENOENT && !changed_lately(info);
  if (!is_ours(file.get(), S_IFREG, info)) return false;
  return ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/// Makes the folders that are not there yet, for nobody but their owner: what a browser keeps is in them.
bool make_private(const fs::path& folder) {
  std::error_code error;
  const auto parent = folder.parent_path();
  if (!parent.empty() && parent != folder && !fs::exists(parent, error) && !make_private(parent)) return false;
  return ::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST;
}

/// Chromium keeps its single-instance socket in a folder of its own below the temporary folder, because
/// socket paths are short, and leaves it there when it is killed. The profile's link to it is written by the
/// browser: followed only to where Chromium puts such folders, and only the two files that belong there are
/// removed.
void remove_singleton_folder(const fs::path& profile) {
  std::error_code error;
  const fs::path folder = fs::read_symlink(profile / "SingletonSocket", error).parent_path();
  const std::string name = folder.filename().string();
  if (error || folder.parent_path() != fs::temp_directory_path(error)) return;
  if (!name.starts_with("org.chromium.Chromium.") && !name.starts_with("com.google.Chrome.")) return;
  if (fs::symlink_status(folder, error).type() != fs::file_type::directory) return;
  fs::remove(folder / "SingletonSocket", error);
  fs::remove(folder / "SingletonCookie", error);
  fs::remove(folder, error);  // only if it is empty now
}

}  // namespace

Result<ProfileFolder> ProfileFolder::create(const fs::path& profiles) {
  std::error_code error;
  if (!make_private(profiles)) {
    return fail(Errc::io, "cannot create " + profiles.string() + ": " + ::strerrordesc_np(errno));
  }
  // Chromium resolves a relative --user-data-dir by itself; an absolute path leaves no doubt.
  std::string name = (fs::absolute(profiles, error) / kPrefix).string() + std::to_string(::getpid()) + '-' +
                     std::to_string(process_start_time(::getpid()).value_or(0)) + '-' +
                     std::string(kRandomLetters, 'X');
  if (::mkdtemp(name.data()) == nullptr) {
    return fail(Errc::io, "cannot create a folder in " + profiles.string() + ": " + ::strerrordesc_np(errno));
  }
  ProfileFolder folder(name, UniqueFd());
  auto locked = lock(folder.path_);
  if (!locked) return std::unexpected(locked.error());
  folder.lock_ = std::move(*locked);
  return folder;
}

ProfileFolder::ProfileFolder(fs::path path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

ProfileFolder::ProfileFolder(ProfileFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

ProfileFolder::~ProfileFolder() {
  for (int attempt = 1; !remove() && attempt < kRemoveAttempts; ++attempt)
    std::this_thread::sleep_for(kRemovePause);
}

bool ProfileFolder::remove() noexcept {
  if (path_.empty()) return true;
  remove_singleton_folder(path_);
  std::error_code error;
  fs::remove_all(path_, error);  // does not follow symbolic links
  if (error) return false;
  path_.clear();
  lock_.reset();
  return true;
}

std::optional<std::uint64_t> process_start_time(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat;
  if (!std::getline(file, stat)) return std::nullopt;
  // Field 2 is the program's name in parentheses and may contain spaces and parentheses itself.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  std::uint64_t start_time = 0;
  if (!(fields >> start_time)) return std::nullopt;
  return start_time;
}

std::size_t sweep_stale_profiles(const fs::path& profiles) {
  std::error_code error;
  std::size_t removed = 0;
  for (fs::directory_iterator entry(profiles, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& folder = entry->path();
    if (!is_abandoned(folder)) continue;
    remove_singleton_folder(folder);
    std::error_code failure;  // what cannot be removed now is tried again by the next start
    fs::remove_all(folder, failure);
    if (!failure) ++removed;
  }
  return removed;
}

}  // namespace telltale::browser
