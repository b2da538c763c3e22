#pragma once

// telltale's API as the commands use it: sessions and their event streams.

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/strong.hpp"
#include "base/task.hpp"
#include "net/http.hpp"
#include "net/url.hpp"

namespace telltale::cli {

/// A server and what it lets us in with.
struct ServerAddress {
  net::Url url;  ///< http
  std::optional<std::string> token;
};

/// Which events of a session, and from where on.
struct StreamRequest {
  std::string session;                  ///< id or name
  std::vector<std::string> categories;  ///< empty: all
  std::vector<std::string> types;       ///< empty: all
  std::optional<base::Seq> after;       ///< absent: see replay_all
  bool replay_all = false;              ///< from the oldest event there is; false: only new ones

  [[nodiscard]] bool filtered() const noexcept { return !categories.empty() || !types.empty(); }
};

/// Every call has a deadline and opens a connection of its own. Errors are those of net::http_fetch, or
/// follow from the status of the answer (not_found 404, refused 401 and 403, invalid_argument other 4xx,
/// conflict 409, limit 429, unavailable 5xx) with the server's message.
class Client {
 public:
  explicit Client(ServerAddress address) : address_(std::move(address)) {}

  /// "http://127.0.0.1:8090"
  [[nodiscard]] std::string base_url() const;

  /// The version of the telltale that answers. Errors: protocol too, when something else does.
  base::Task<base::Result<std::string>> server_version() const;
  /// The session as the server describes it. `request` is a JSON object.
  base::Task<base::Result<nlohmann::json>> create_session(std::string request) const;
  /// All sessions, as a JSON array. `status`: active, deleted or all.
  base::Task<base::Result<nlohmann::json>> list_sessions(std::string status) const;
  /// Also an ended one, as long as the server keeps it.
  base::Task<base::Result<nlohmann::json>> get_session(std::string session) const;
  /// The session as it is after the change. `request` is a JSON object.
  base::Task<base::Result<nlohmann::json>> update_session(std::string session, std::string request) const;
  base::Task<base::Result<void>> delete_session(std::string session) const;
  /// What an operation on a page answers, in the shape of today's SDKs of Notte. `body` is a JSON object.
  base::Task<base::Result<nlohmann::json>> post(std::string path, std::string body) const;
  /// Brings a file to a session, for its upload_file; `name` without folders. As the server describes it.
  base::Task<base::Result<nlohmann::json>> send_file(std::string session, std::string name,
                                                     std::string content) const;
  /// The body of what is there, as it is.
  base::Task<base::Result<std::string>> get(std::string path) const;
  /// Hands over the bytes of the event stream until it ends or the caller is cancelled (Errc::stopped).
  base::Task<base::Result<void>> stream(StreamRequest request,
                                        std::function<void(std::string_view)> on_data) const;

 private:
  [[nodiscard]] net::HttpRequest request(std::string method, std::string path) const;
  base::Task<base::Result<net::HttpResponse>> fetch(net::HttpRequest request,
                                                    std::chrono::seconds deadline) const;
  [[nodiscard]] base::Error refusal(const net::HttpResponse& response) const;

  ServerAddress address_;
};

}  // namespace telltale::cli
