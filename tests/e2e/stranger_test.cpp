// Clients that leave, servers that lead back here, and other users of the machine.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/loop.hpp"
#include "browser/unique_fd.hpp"
#include "browser_test.hpp"
#include "support/fake_chromium.hpp"
#include "support/loop_thread.hpp"
#include "support/patience.hpp"
#include "support/read_file.hpp"

namespace telltale::e2e {
namespace {

namespace fs = std::filesystem;
using testing::eventually;
using namespace std::chrono_literals;

std::size_t descriptors_of(TelltaleProcess& server) {
  const fs::directory_iterator all("/proc/" + std::to_string(server.process().pid()) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

class Stranger : public BrowserTest {
 protected:
  void SetUp() override { site.add_page("/", "<p>hello</p>"); }
  std::size_t live() { return server.get("/browsers").body.size(); }
  std::string with_token(const std::string& path) { return path + "?token=" + server.token(); }
};
INSTANTIATE_TEST_SUITE_P(Browsers, Stranger, kBrowsers, browser_name);

// Asks for a session, and says after `patience` that it will not wait any longer. Whether there was an answer.
bool ask_and_leave(TelltaleProcess& server, const std::string& path, const std::string& body,
                   std::chrono::milliseconds patience) {
  const browser::UniqueFd connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.address().port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string request = "POST " + path + " HTTP/1.1\r\nHost: " + server.address().authority() +
                              "\r\nAuthorization: Bearer " + server.token() +
                              "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  EXPECT_EQ(::send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
  pollfd readable{connection.get(), POLLIN, 0};
  ::poll(&readable, 1, static_cast<int>(patience.count()));
  ::shutdown(connection.get(), SHUT_WR);
  char byte = 0;
  return ::recv(connection.get(), &byte, 1, 0) > 0;
}

TEST_P(Stranger, WhoDoesNotWaitForASessionLeavesNone) {
  const std::pair<const char*, std::string> doors[] = {
      {"/browsers", "{}"},
      {"/browsers", R"({"start_url":")" + site.url("/") + "\"}"},
      {"/sessions/start", "{}"},
      {"/v1/browser/sessions", "{}"},
      {"/invoke", R"({"cmd":"sessions.create","args":{}})"},
  };
  std::size_t answered = 0;
  for (const auto& [path, body] : doors) {
    for (const auto patience : {0ms, 20ms, 90ms, 200ms}) {
      answered += ask_and_leave(server, path, body, patience) ? 1 : 0;
    }
  }
  EXPECT_LT(answered, 20u) << "nobody has left before the answer";
  EXPECT_TRUE(eventually([&] { return live() == answered; })) << live() << " are left, " << answered << " were told";
  for (const auto& told : server.get("/browsers").body) {
    server.remove("/browsers/" + told.at("session_id").get<std::string>());
  }
  EXPECT_TRUE(eventually([&] { return server.browser_processes().empty(); }));
  EXPECT_EQ(server.create(json::object()).at("status"), "ready");
  EXPECT_EQ(live(), 1u) << "who waits keeps it";
}

TEST_P(Stranger, NoSessionIsAttachedToItsOwnServer) {
  const auto real = server.create({{"name", "real"}, {"start_url", site.url("/")}, {"timeout_seconds", 0}});
  const auto port = std::to_string(server.address().port);
  const auto path = with_token("/browsers/self/cdp");
  site.add("/json/version", "application/json",
           json({{"Browser", "Chrome/156"}, {"webSocketDebuggerUrl", "ws://127.0.0.1:" + port + path}}).dump());
  const std::string urls[] = {
      server.url(),
      "http://localhost:" + port,
      "http://LOCALHOST:" + port + "/browsers/real/cdp",
      "http://127.0.0.1:" + port + "/",
      "http://2130706433:" + port,
      "http://0.0.0.0:" + port,
      "ws://127.0.0.1:" + port + path,
      "ws://localhost:" + port + path,
      "ws://0.0.0.0:" + port + path,
      "ws://[::ffff:127.0.0.1]:" + port + path,
      "ws://127.0.0.1:" + port + "/anything",
      real.at("cdp_ws_url"),
      site.url(""),
  };
  const auto before = descriptors_of(server);
  for (const auto& url : urls) {
    SCOPED_TRACE(url);
    const auto answer = server.post("/browsers", {{"name", "self"}, {"cdp_url", url}});
    EXPECT_TRUE(answer.status == 400 || answer.status == 503) << answer.text;
    if (url.find("2130706433") == std::string::npos && url.find("ffff") == std::string::npos) {
      EXPECT_EQ(answer.status, 400u) << answer.text;
      EXPECT_NE(answer.text.find("leads back to this server"), std::string::npos) << answer.text;
    }
  }
  EXPECT_EQ(live(), 1u);
  EXPECT_LE(descriptors_of(server), before + 10);
  EXPECT_EQ(server.post("/sessions/start", {{"cdp_url", server.url()}}).status, 422u);
}

TEST_P(Stranger, TwoServersAttachedToOneAnotherWaitWithoutEnd) {
  const auto cdp_of = [](TelltaleProcess& other, const std::string& name) {
    return "ws://" + other.address().authority() + "/browsers/" + name + "/cdp?token=" + other.token();
  };
  // Named "attached", and trying again and again.
  TelltaleProcess second(telltale_binary(), {"--chromium", GetParam(), "--attach", cdp_of(server, "back")});
  const auto answer = server.post("/browsers", {{"name", "back"}, {"cdp_url", cdp_of(second, "attached")}});
  EXPECT_EQ(answer.status, 503u) << answer.text;
  EXPECT_LE(descriptors_of(server), 60u);
  EXPECT_LE(descriptors_of(second), 60u);
  // A chain that leads to a browser is no loop.
  const auto real = server.create({{"name", "back"}, {"start_url", site.url("/")}, {"timeout_seconds", 0}});
  EXPECT_TRUE(eventually([&] { return second.get("/browsers/attached").body.value("status", "") == "ready"; }))
      << second.get("/browsers/attached").text;
}

TEST_P(Stranger, OfOtherUsersSeeNoProfile) {
  const auto old = ::umask(0);
  TelltaleProcess open_handed(telltale_binary(), {"--chromium", GetParam()});
  session = open_handed.create(json::object());
  ::umask(old);
  const auto command = testing::read_file("/proc/" + std::to_string(session.at("browser_pid").get<pid_t>()) + "/cmdline");
  const std::string option = "--user-data-dir=";
  const auto begin = command.find(option) + option.size();
  fs::path folder = command.substr(begin, command.find('\0', begin) - begin);
  ASSERT_TRUE(fs::is_directory(folder)) << folder;
  // The profile, the folder of all profiles, and telltale's own in the runtime folder.
  for (int i = 0; i < 3; ++i, folder = folder.parent_path()) {
    EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all) << folder;
  }
}

TEST(StrangerServer, ItsTextHasNoEffectOnTheLog) {
  testing::LoopThread thread;
  auto browser = std::make_unique<testing::FakeChromium>(thread.loop());
  const std::string text = "\x1b]0;owned\x07\x1b[2J\r\nforged line\b\x7f\xc2\x9b" "31m\xe2\x80\xae" "evil\xe2\x80\xa8.";
  browser->on_command = [&](const json& command) {
    browser->reply_error(command, text);
    return true;
  };
  thread.spawn(browser->run());
  {
    TelltaleProcess server(telltale_binary(), {"--log-level", "trace", "--attach", browser->url()});
    EXPECT_TRUE(eventually([&] { return server.process().err().find("forged line") != std::string::npos; }))
        << server.process().err();
    const auto log = server.process().err();
    for (const char* effect : {"\x1b", "\x07", "\b", "\r", "\x7f", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\xa8", "\nforged"}) {
      EXPECT_EQ(log.find(effect), std::string::npos) << log;
    }
    EXPECT_NE(log.find("\\x1b]0;owned\\x07"), std::string::npos) << log;
  }
  thread.stop();
}

}  // namespace
}  // namespace telltale::e2e
