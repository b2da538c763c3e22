#pragma once

// Which server a client command talks to: --server and --token.

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "cli/client.hpp"

namespace telltale::cli {

/// Empty: not given.
struct ServerChoice {
  std::string url;
  std::string token;
};

/// Declares --server (TELLTALE_SERVER) and --token (TELLTALE_TOKEN). `choice` outlives `command`.
void declare_server_choice(CLI::App& command, ServerChoice& choice);

/// The server to use: the named one, else the one that runs on this machine for this user, else
/// http://127.0.0.1:8090. The token to use: the given one, else that of the token file, which only servers on
/// this machine get to see. Errors: invalid_argument (URL, token).
base::Result<Client> choose_server(const ServerChoice& choice);

}  // namespace telltale::cli
