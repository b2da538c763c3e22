#include "cli/server_choice.hpp"

#include "cli/access_token.hpp"
#include "cli/state_dir.hpp"

namespace telltale::cli {
namespace {

constexpr std::string_view kDefaultUrl = "http://127.0.0.1:8090";

}  // namespace

void declare_server_choice(CLI::App& command, ServerChoice& choice) {
  command
      .add_option(
          "--server", choice.url,
          "The telltale to talk to (default: the one that runs here, else " + std::string(kDefaultUrl) + ")")
      ->type_name("URL")
      ->envname("TELLTALE_SERVER");
  command
      .add_option("--token", choice.token, "Its access token (default: that of the servers on this machine)")
      ->type_name("TOKEN")
      ->envname("TELLTALE_TOKEN");
}

base::Result<Client> choose_server(const ServerChoice& choice) {
  const auto state = StateDir::locate();
  const auto recorded = state ? state->recorded_server() : std::nullopt;
  const std::string text =
      !choice.url.empty() ? choice.url : (recorded ? recorded->url : std::string(kDefaultUrl));
  auto url = net::parse_url(text);
  if (!url) return std::unexpected(url.error());
  if (url->scheme != "http") {
    return base::fail(
        base::Errc::invalid_argument,
        "'" + text + "': only http:// servers are supported; reach a TLS proxy's server from inside");
  }
  ServerAddress address{.url = std::move(*url), .token = std::nullopt};
  if (!choice.token.empty()) {
    if (const auto valid = check_token(choice.token); !valid)
      return std::unexpected(valid.error().in("--token"));
    address.token = choice.token;
  } else if (state && (net::is_loopback(address.url.host) || (recorded && recorded->url == text))) {
    // Without a readable file the server decides: it may run without authentication.
    if (auto token = read_token(state->token_file())) address.token = std::move(*token);
  }
  return Client(std::move(address));
}

}  // namespace telltale::cli
