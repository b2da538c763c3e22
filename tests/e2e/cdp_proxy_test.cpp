// The DevTools endpoint of a session on telltale's own port.

#include <signal.h>

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

json capture_clients() { return capture({"console", "network", "page", "connection"}); }

class CdpProxy : public BrowserTest {
 protected:
  void SetUp() override { site.add_page("/", "<p>hello</p>"); }
  std::string path(std::string_view rest = "") {
    return "/browsers/" + session.at("session_id").get<std::string>() + std::string(rest);
  }
  [[nodiscard]] std::string proxy_url() const { return session.at("cdp_ws_url"); }
  json wait_for_client_to_be_gone() { return data_of(events->wait_for("cdp_disconnect")); }
};
INSTANTIATE_TEST_SUITE_P(Browsers, CdpProxy, kBrowsers, browser_name);

TEST_P(CdpProxy, PassesMessagesAndRecordsWhoWasConnected) {
  open("/", capture_clients());
  EXPECT_EQ(proxy_url().find(TelltaleProcess::debugger_url(session)), std::string::npos);
  {
    CdpDriver client(proxy_url());
    const auto connected = events->wait_for("cdp_connect");
    EXPECT_EQ(connected.at("event").at("category"), "connection");
    EXPECT_EQ(connected.at("event").at("source"), json({{"kind", "kernel_api"}}));
    EXPECT_FALSE(connected.at("event").contains("data"));
    const auto page = client.attach(site.url("/"));
    EXPECT_EQ(client.evaluate(page, "document.body.innerText.trim()"), "hello");
    client.evaluate(page, "console.log('from the client')");
    events->wait_for("console_log", {{"text", "from the client"}});
    // Larger than anything that is held in one piece, in both directions.
    EXPECT_EQ(client.evaluate(page, "'y'.repeat(30_000_000)").get<std::string>().size(), 30'000'000u);
    EXPECT_EQ(client.evaluate(page, "'" + std::string(20'000'000, 'z') + "'.length"), 20'000'000);
  }
  const auto gone = wait_for_client_to_be_gone();
  EXPECT_EQ(gone.at("reason"), "client_close");
  EXPECT_GT(gone.at("message_count"), 8);
  EXPECT_GE(gone.at("duration_ms"), 0);
}

TEST_P(CdpProxy, AdmitsNobodyWithoutATokenAndTellsStrangersNothing) {
  open("/", capture_clients());
  const auto stranger = [&](const std::string& target, const std::string& token) {
    net::HttpRequest request;
    request.path = target;
    if (!token.empty()) request.query = {{"token", token}};
    return server.send(std::move(request)).status;
  };
  for (const char* rest : {"/cdp", "/cdp/json/version", "/cdp/json/list", "/cdp/devtools/page/ABC"}) {
    EXPECT_EQ(stranger(path(rest), ""), 401u) << rest;
    EXPECT_EQ(stranger(path(rest), "wrong"), 401u) << rest;
  }
  EXPECT_EQ(stranger("/browsers/unknown/cdp", ""), 401u);
  EXPECT_EQ(server.get("/browsers/unknown/cdp").status, 404u);
  const auto token = proxy_url().substr(proxy_url().find("token=") + 6);
  EXPECT_EQ(stranger(path("/cdp/json/version"), token), 200u);
  EXPECT_EQ(stranger(path(), token), 401u) << "it opens the browser, not the session";
  const auto plain = server.get(path("/cdp"));
  EXPECT_EQ(plain.status, 426u);
  EXPECT_EQ(plain.headers.find("Upgrade"), "websocket");
  EXPECT_THROW(CdpDriver(proxy_url() + "x"), std::runtime_error);
}

TEST_P(CdpProxy, DescribesTheBrowserWithUrlsThatLeadThroughIt) {
  open("/", capture_clients());
  events->wait_for("page_load", {{"url", site.url("/")}});
  const auto version = server.get(path("/cdp/json/version")).body;
  EXPECT_NE(version.at("Browser").get<std::string>().find("Chrome/"), std::string::npos);
  EXPECT_EQ(version.at("webSocketDebuggerUrl"), proxy_url());
  std::string page_url;
  for (const auto& target : server.get(path("/cdp/json/list")).body) {
    EXPECT_FALSE(target.contains("devtoolsFrontendUrl"));
    if (target.at("url") == site.url("/")) page_url = target.at("webSocketDebuggerUrl");
  }
  ASSERT_TRUE(page_url.starts_with("ws://" + server.address().authority() + path("/cdp/devtools/page/")))
      << page_url;
  CdpDriver page(page_url);
  EXPECT_EQ(page.evaluate("", "document.body.innerText.trim()"), "hello");
}

TEST_P(CdpProxy, LeavesDialogsToItsClientWhileThereIsOne) {
  open("/", capture_clients());
  {
    CdpDriver client(proxy_url());
    const auto page = client.attach(site.url("/"));
    client.call("Page.enable", json::object(), page);
    client.evaluate(page, "void setTimeout(() => console.log('answer ' + confirm('first?')))");
    events->wait_for("page_dialog", {{"message", "first?"}});
    client.call("Page.handleJavaScriptDialog", {{"accept", true}}, page);
    events->wait_for("console_log", {{"text", "answer true"}});
    client.evaluate(page, "void setTimeout(() => console.log('answer ' + confirm('second?')))");
    events->wait_for("page_dialog", {{"message", "second?"}});
  }
  // Nobody is left to answer it.
  events->wait_for("console_log", {{"text", "answer false"}});
}

TEST_P(CdpProxy, EndsWithTheSession) {
  open("/", capture_clients());
  CdpDriver client(proxy_url());
  events->wait_for("cdp_connect");
  EXPECT_EQ(server.remove(path()).status, 204u);
  EXPECT_EQ(wait_for_client_to_be_gone().at("reason"), "context_cancelled");
  EXPECT_TRUE(events->wait_end());
  EXPECT_THROW(client.call("Browser.getVersion"), std::runtime_error);
  EXPECT_EQ(server.get(path("/cdp")).status, 404u);
}

TEST_P(CdpProxy, SaysThatTheBrowserIsGone) {
  open("/", capture_clients());
  CdpDriver client(proxy_url());
  events->wait_for("cdp_connect");
  ::kill(session.at("browser_pid").get<pid_t>(), SIGKILL);
  EXPECT_EQ(wait_for_client_to_be_gone().at("reason"), "upstream_error");
  EXPECT_TRUE(events->wait_end());
}

}  // namespace
}  // namespace telltale::e2e
