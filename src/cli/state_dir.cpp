#include "cli/state_dir.hpp"

#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/private_file.hpp"

namespace telltale::cli {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;
using base::Result;

/// The specification wants relative paths to be ignored.
std::optional<fs::path> absolute_path_in(const char* variable) {
  const char* const value = std::getenv(variable);
  if (value == nullptr || !fs::path(value).is_absolute()) return std::nullopt;
  return fs::path(value);
}

std::optional<fs::path> home() {
  if (auto path = absolute_path_in("HOME")) return path;
  // A service may run without HOME.
  const passwd* const user = ::getpwuid(::geteuid());
  if (user == nullptr || user->pw_dir == nullptr || *user->pw_dir != '/') return std::nullopt;
  return fs::path(user->pw_dir);
}

bool runs(pid_t pid) { return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM); }

std::optional<RecordedServer> parse_record(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto url = json.find("url");
  const auto pid = json.find("pid");
  if (url == json.end() || !url->is_string() || pid == json.end() || !pid->is_number_integer())
    return std::nullopt;
  return RecordedServer{.url = url->get<std::string>(), .pid = pid->get<pid_t>()};
}

}  // namespace

Result<StateDir> StateDir::locate() {
  if (const auto state = absolute_path_in("XDG_STATE_HOME")) return StateDir(*state / "telltale");
  if (const auto folder = home()) return StateDir(*folder / ".local" / "state" / "telltale");
  return fail(Errc::unavailable,
              "there is no home directory: set HOME or XDG_STATE_HOME to where telltale may keep its state");
}

fs::path StateDir::profiles() const {
  const auto runtime = absolute_path_in("XDG_RUNTIME_DIR");
  return runtime ? *runtime / "telltale" / "profiles" : path_ / "profiles";
}

Result<void> StateDir::create() const { return make_private_folder(path_); }

Result<void> StateDir::record_server(const std::string& url) const {
  const nlohmann::json record = {{"url", url}, {"pid", ::getpid()}};
  return replace_private_file(server_file(), record.dump() + "\n");
}

void StateDir::forget_server() const noexcept {
  const auto text = read_small_file(server_file());
  const auto record = text ? parse_record(*text) : std::nullopt;
  if (!record || record->pid != ::getpid()) return;
  std::error_code ignored;  // a note that stays names a process that is gone, and is not believed
  fs::remove(server_file(), ignored);
}

std::optional<RecordedServer> StateDir::recorded_server() const {
  const auto text = read_small_file(server_file());
  auto record = text ? parse_record(*text) : std::nullopt;
  if (!record || !runs(record->pid)) return std::nullopt;
  return record;
}

Result<fs::path> default_upload_dir() {
  if (const auto data = absolute_path_in("XDG_DATA_HOME")) return *data / "telltale" / "uploads";
  if (const auto folder = home()) return *folder / ".local" / "share" / "telltale" / "uploads";
  return fail(Errc::unavailable, "there is no home directory: set HOME or XDG_DATA_HOME, or say --upload-dir");
}

Result<void> make_private_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Errc::io, "cannot create " + folder.string() + ": " + ::strerrordesc_np(errno));
  }
  if (!fs::is_directory(folder, error)) return fail(Errc::io, folder.string() + " is no folder: remove it");
  return {};
}

}  // namespace telltale::cli
