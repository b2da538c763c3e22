#pragma once

// The real telltale executable, serving for one test.

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"
#include "net/url.hpp"
#include "support/child_process.hpp"
#include "support/loop_thread.hpp"
#include "support/paths.hpp"

namespace telltale::testing {

/// The answer to a REST call.
struct Answer {
  unsigned status = 0;
  net::HttpHeaders headers;
  std::string text;
  nlohmann::json body;  ///< discarded (see is_discarded()) when the text is no JSON
};

/// `telltale serve` on a free port, with state, runtime and home folders of its own. The destructor ends it
/// and fails the test when a browser of it survives. Blocking calls have deadlines and throw
/// std::runtime_error.
class TelltaleProcess {
 public:
  /// Returns once it listens. `binary`: telltale_binary(); `options`: of `serve`.
  explicit TelltaleProcess(std::string binary, const std::vector<std::string>& options = {});
  ~TelltaleProcess();
  TelltaleProcess(const TelltaleProcess&) = delete;
  TelltaleProcess& operator=(const TelltaleProcess&) = delete;

  [[nodiscard]] std::string url(std::string_view path = "") const;
  [[nodiscard]] const net::Url& address() const noexcept { return address_; }
  [[nodiscard]] const std::string& token() const noexcept { return token_; }
  /// Temporary; every file that it writes is below.
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

  // --- REST, with the token ---
  Answer get(std::string_view target);
  Answer post(std::string_view target, const nlohmann::json& body);
  Answer patch(std::string_view target, const nlohmann::json& body);
  Answer remove(std::string_view target);  ///< DELETE
  /// As it is, without the token.
  Answer send(net::HttpRequest request);
  /// Creates a session and returns it as answered; throws unless the status is 201.
  nlohmann::json create(const nlohmann::json& request);

  // --- the process ---
  [[nodiscard]] ChildProcess& process() noexcept { return *process_; }
  /// The same executable with other arguments in the same environment: a client of this server.
  [[nodiscard]] std::unique_ptr<ChildProcess> start_command(const std::vector<std::string>& arguments) const;
  /// The DevTools endpoint of a launched session's browser itself. Its clients are none of telltale's: it goes on
  /// answering dialogs, and publishes nothing of them.
  [[nodiscard]] static std::string debugger_url(const nlohmann::json& session);
  /// Any program in the environment of this server.
  [[nodiscard]] std::unique_ptr<ChildProcess> start_program(const std::vector<std::string>& argv) const;
  /// The browsers' processes that run at this moment, children of browsers included.
  [[nodiscard]] std::vector<pid_t> browser_processes() const;

 private:
  Answer send_json(std::string method, std::string_view target, const nlohmann::json& body);

  std::filesystem::path folder_;
  std::vector<std::string> environment_;
  std::string binary_;
  std::unique_ptr<ChildProcess> process_;
  net::Url address_;
  std::string token_;
  LoopThread loop_;
};

/// A new folder below the system's temporary one, with a short path: Chromium puts sockets there.
std::filesystem::path make_temporary_folder();

}  // namespace telltale::testing
