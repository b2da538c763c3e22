#pragma once

// The object graph of a running telltale.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "session/session_info.hpp"

namespace telltale::cli {

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: a free one
  std::size_t threads = 1;
  std::size_t max_sessions = 1;
  std::optional<std::string> token;  ///< absent: no authentication
  std::vector<std::string> allowed_origins;
  std::optional<std::string> chromium;  ///< absent: find one
  bool no_chromium_sandbox = false;
  bool answer_dialogs = true;
  std::filesystem::path profiles;
  std::filesystem::path uploads;  ///< what pages may be given; empty: nothing
  telemetry::Redaction redaction = telemetry::Redaction::standard;
  std::vector<std::string> secret_names;  ///< see telemetry::Redactor
  std::optional<session::SessionSpec>
      attached;  ///< a session that exists from the start and is never given up
};

/// Called once the server listens, with http://HOST:PORT; the server runs until it completes.
using WhileServing = std::function<base::Task<base::Result<int>>(std::string url)>;

/// Serves while `while_serving` runs, then stops in order: streams end, sessions end, and no browser is left
/// when it returns what `while_serving` yielded. Errors: of api::Server::listen.
base::Result<int> serve(ServeOptions options, WhileServing while_serving);

}  // namespace telltale::cli
