#include "support/telltale_process.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "browser/devtools_endpoint.hpp"
#include "net/http_client.hpp"
#include "support/read_file.hpp"

namespace telltale::testing {
namespace {

namespace fs = std::filesystem;

/// This process' environment without what would change telltale's behaviour, and with folders of its own.
std::vector<std::string> environment_in(const fs::path& folder) {
  std::vector<std::string> result;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const auto has_prefix = [&](std::string_view prefix) { return text.starts_with(prefix); };
    constexpr std::array<std::string_view, 6> kDropped = {
        "TELLTALE_", "XDG_", "HOME=", "DISPLAY=", "WAYLAND_DISPLAY=", "NO_COLOR="};
    if (std::ranges::none_of(kDropped, has_prefix)) result.emplace_back(text);
  }
  result.push_back("HOME=" + (folder / "home").string());
  result.push_back("XDG_STATE_HOME=" + (folder / "state").string());
  result.push_back("XDG_RUNTIME_DIR=" + (folder / "run").string());
  return result;
}

/// The URL of the line "listening on URL"; empty while there is no whole line.
std::string listening_url(const std::string& out) {
  constexpr std::string_view kMark = "listening on ";
  const auto at = out.find(kMark);
  const auto end = at == std::string::npos ? at : out.find('\n', at);
  if (end == std::string::npos) return {};
  return out.substr(at + kMark.size(), end - at - kMark.size());
}

net::HttpRequest make_request(std::string method, std::string_view target) {
  net::HttpRequest request;
  request.method = std::move(method);
  const auto question = target.find('?');
  request.path = std::string(target.substr(0, question));
  if (question != std::string_view::npos) request.query = net::parse_query(target.substr(question + 1));
  return request;
}

}  // namespace

fs::path make_temporary_folder() {
  std::string name = (fs::temp_directory_path() / "telltale-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
  return name;
}

TelltaleProcess::TelltaleProcess(std::string binary, const std::vector<std::string>& options)
    : folder_(make_temporary_folder()), environment_(environment_in(folder_)), binary_(std::move(binary)) {
  for (const char* name : {"home", "state", "run"}) fs::create_directory(folder_ / name);
  std::vector<std::string> arguments = {"serve", "--listen", "127.0.0.1:0"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  process_ = start_command(arguments);
  const bool up = eventually([&] {
    return !listening_url(process_->out()).empty() || process_->wait_exit(std::chrono::milliseconds(0));
  });
  const std::string text = listening_url(process_->out());
  const auto url = net::parse_url(text);
  if (!up || !url) throw std::runtime_error("telltale does not listen: " + process_->out() + process_->err());
  address_ = *url;
  token_ = read_file(folder_ / "state" / "telltale" / "token");
  token_.erase(token_.find_last_not_of('\n') + 1);
}

TelltaleProcess::~TelltaleProcess() {
  process_->signal(SIGTERM);
  if (!process_->wait_exit()) ADD_FAILURE() << "telltale does not end: " << process_->err();
  const bool gone = eventually([&] { return browser_processes().empty(); });
  if (!gone) ADD_FAILURE() << "a browser has survived its telltale";
  for (const pid_t pid : browser_processes()) ::kill(pid, SIGKILL);
  if (::testing::Test::HasFailure()) {
    fprintf(stderr, "--- telltale's log\n%s---\n", process_->err().c_str());
  }
  std::error_code ignored;  // a folder left in /tmp does not fail a test
  fs::remove_all(folder_, ignored);
}

std::string TelltaleProcess::url(std::string_view path) const {
  return "http://" + address_.authority() + std::string(path);
}

Answer TelltaleProcess::send(net::HttpRequest request) {
  const std::string what = request.method + " " + request.path;
  auto response =
      loop_.call(net::http_fetch(address_.host, address_.port, std::move(request), 2 * kPatience));
  if (!response) throw std::runtime_error(what + ": " + response.error().message);
  Answer answer;
  answer.status = response->status;
  answer.headers = std::move(response->headers);
  answer.text = std::move(response->body);
  answer.body = nlohmann::json::parse(answer.text, nullptr, false);
  return answer;
}

Answer TelltaleProcess::get(std::string_view target) {
  auto request = make_request("GET", target);
  request.headers.set("Authorization", "Bearer " + token_);
  return send(std::move(request));
}

Answer TelltaleProcess::post(std::string_view target, const nlohmann::json& body) {
  return send_json("POST", target, body);
}

Answer TelltaleProcess::patch(std::string_view target, const nlohmann::json& body) {
  return send_json("PATCH", target, body);
}

Answer TelltaleProcess::send_json(std::string method, std::string_view target, const nlohmann::json& body) {
  auto request = make_request(std::move(method), target);
  request.headers.set("Authorization", "Bearer " + token_);
  request.headers.set("Content-Type", "application/json");
  request.body = body.dump();
  return send(std::move(request));
}

Answer TelltaleProcess::remove(std::string_view target) {
  auto request = make_request("DELETE", target);
  request.headers.set("Authorization", "Bearer " + token_);
  return send(std::move(request));
}

nlohmann::json TelltaleProcess::create(const nlohmann::json& request) {
  auto answer = post("/browsers", request);
  if (answer.status != 201) throw std::runtime_error("POST /browsers: " + answer.text);
  return std::move(answer.body);
}

std::unique_ptr<ChildProcess> TelltaleProcess::start_program(const std::vector<std::string>& argv) const {
  return std::make_unique<ChildProcess>(argv, environment_, folder_);
}

std::unique_ptr<ChildProcess> TelltaleProcess::start_command(
    const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = {binary_};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return start_program(argv);
}

std::string TelltaleProcess::debugger_url(const nlohmann::json& session) {
  const auto pid = std::to_string(session.at("browser_pid").get<pid_t>());
  // Arguments end with a NUL.
  std::string command_line = read_file(fs::path("/proc") / pid / "cmdline");
  constexpr std::string_view kProfile = "--user-data-dir=";
  const auto at = command_line.find(kProfile);
  if (at == std::string::npos) throw std::runtime_error("process " + pid + " is no browser");
  const std::string profile = command_line.c_str() + at + kProfile.size();
  const auto active = browser::read_devtools_active_port(profile);
  if (!active) throw std::runtime_error("the browser has no DevTools endpoint");
  return "ws://127.0.0.1:" + std::to_string(active->port) + active->path;
}

std::vector<pid_t> TelltaleProcess::browser_processes() const {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    // Empty for a process that has ended and waits to be collected.
    const std::string command_line = read_file(entry.path() / "cmdline");
    if (command_line.find("chrom") == std::string::npos) continue;
    // The browser names its profile in its arguments; its children have inherited the environment.
    const bool ours =
        (command_line + read_file(entry.path() / "environ")).find(folder_.string()) != std::string::npos;
    // --chromium makes "chrom" part of telltale's own arguments.
    const bool is_telltale = command_line.starts_with(binary_);
    if (ours && !is_telltale) found.push_back(std::stoi(name));
  }
  return found;
}

}  // namespace telltale::testing
