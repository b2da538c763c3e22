#pragma once

// What telltale keeps between runs: the access token and the address of the running server.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace telltale::cli {

/// Where a server of this user listens.
struct RecordedServer {
  std::string url;  ///< http://HOST:PORT
  pid_t pid = 0;
};

/// $XDG_STATE_HOME/telltale, by default ~/.local/state/telltale; a folder of the user alone (0700).
class StateDir {
 public:
  /// Of this user, by the XDG Base Directory specification 0.8. Creates nothing. Errors: unavailable, when
  /// there is neither XDG_STATE_HOME nor a home directory.
  static base::Result<StateDir> locate();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path token_file() const { return path_ / "token"; }
  /// Where browser profiles go: $XDG_RUNTIME_DIR/telltale/profiles, else below path(). Short, because
  /// Chromium puts sockets there, whose paths have at most 107 bytes.
  [[nodiscard]] std::filesystem::path profiles() const;

  /// Creates the folder. Errors: io.
  base::Result<void> create() const;

  /// Notes that this process serves at `url`. Errors: io.
  base::Result<void> record_server(const std::string& url) const;
  /// Removes the note, unless another process has written its own since.
  void forget_server() const noexcept;
  /// The server that is noted, if its process still runs.
  [[nodiscard]] std::optional<RecordedServer> recorded_server() const;

 private:
  explicit StateDir(std::filesystem::path path) : path_(std::move(path)) {}
  [[nodiscard]] std::filesystem::path server_file() const { return path_ / "server.json"; }
  std::filesystem::path path_;
};

/// Where files for pages are kept unless --upload-dir says otherwise: $XDG_DATA_HOME/telltale/uploads, by default
/// ~/.local/share/telltale/uploads. Creates nothing. Errors: unavailable, when there is neither XDG_DATA_HOME nor
/// a home directory.
base::Result<std::filesystem::path> default_upload_dir();

/// Makes a folder of the user alone (0700), and those above it, unless it is there. Errors: io.
base::Result<void> make_private_folder(const std::filesystem::path& folder);

}  // namespace telltale::cli
