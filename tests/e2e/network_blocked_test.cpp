// Requests that the browser does not let through say why (F10).

#include "network_test_base.hpp"

namespace telltale::e2e {
namespace {

class NetworkBlocked : public NetworkTest {
 protected:
  void TearDown() override {
    end_session();
    expect_one_end_each();
    for (const auto& failed : events->all("network_loading_failed")) EXPECT_NE(data_of(failed).at("error_text"), "");
    NetworkTest::TearDown();
  }
  std::string reason(const std::string& url) { return data_of(failure_of(url)).value("blocked_reason", "(none)"); }
  void expect_reason(const std::string& url, std::string_view begin) {
    EXPECT_EQ(reason(url).substr(0, begin.size()), begin) << url;
  }
  void add_document(const std::string& path, std::vector<std::pair<std::string, std::string>> headers,
                    const std::string& body) {
    headers.emplace_back("Content-Type", "text/html");
    headers.emplace_back("Cache-Control", "no-store");
    add(path, 200, std::move(headers), "<!doctype html><link rel=icon href='data:,'>" + body);
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, NetworkBlocked, kBrowsers, browser_name);

TEST_P(NetworkBlocked, NamesThePolicyOfThePage) {
  add_document("/", {{"Content-Security-Policy", "img-src 'none'; script-src 'unsafe-inline'; style-src 'none'; "
                                                 "frame-src 'none'; connect-src 'none'; form-action 'none'"}},
               "<img src=/i.png><script src=/s.js></script><link rel=stylesheet href=/c.css><iframe src=/f></iframe>"
               "<form method=post action=/x></form><script>new EventSource('/e');document.forms[0].submit()</script>");
  open("/");
  const std::string policy = "Content Security Policy of the page: ";
  EXPECT_EQ(reason(site.url("/i.png")), policy + "img-src 'none'");
  EXPECT_EQ(reason(site.url("/s.js")), policy + "script-src 'unsafe-inline'");
  EXPECT_EQ(reason(site.url("/c.css")), policy + "style-src 'none'");
  EXPECT_EQ(reason(site.url("/e")), policy + "connect-src 'none'");
  EXPECT_EQ(reason(site.url("/f")), policy + "frame-src 'none'");
  EXPECT_EQ(reason(site.url("/x")), policy + "form-action 'none'");
  EXPECT_EQ(data_of(request_of("/x")).at("method"), "POST");
  EXPECT_EQ(data_of(failure_of(site.url("/i.png"))).at("error_text"), "blocked:csp");
}

TEST_P(NetworkBlocked, NamesWhatForbidsAFrame) {
  add_document("/deny", {{"X-Frame-Options", "DENY"}}, "<p>deny");
  add_document("/ancestors", {{"Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"}}, "<p>no");
  add_document("/", {}, "<iframe src=/deny></iframe><iframe src=/ancestors></iframe>"
                        "<iframe src=http://user:secret@localhost:1/f></iframe>");
  open("/");
  EXPECT_EQ(reason(site.url("/deny")), "X-Frame-Options of the response: DENY");
  EXPECT_EQ(reason(site.url("/ancestors")), "Content Security Policy of the response: frame-ancestors 'none'");
  const auto failed = events->wait_for("network_loading_failed",
                                       {{"blocked_reason", "the URL of a subresource names a user or password"}});
  EXPECT_EQ(failed.dump().find("secret"), std::string::npos);
}

TEST_P(NetworkBlocked, TellsWhatCorsMisses) {
  const std::string other = site.cross_site_url("");
  add("/none", 200, {{"Content-Type", "application/json"}}, "{}");
  add("/star", 200, {{"Access-Control-Allow-Origin", "*"}}, "{}");
  add("/wrong", 200, {{"Access-Control-Allow-Origin", "http://other.test"}}, "{}");
  add("/uncredited", 200, {{"Access-Control-Allow-Origin", site.url("")}}, "{}");
  std::string script = "<script>const go = (path, options) => fetch('" + other + "' + path, options).catch(() => {});";
  script += R"(go('/none'); go('/wrong'); go('/star', {credentials: 'include'});
go('/uncredited', {credentials: 'include'}); go('/none?header', {headers: {'x-a': '1'}});
go('/star?header', {headers: {'x-a': '1'}}); go('/star?method', {method: 'DELETE'});</script>)";
  add_document("/", {}, script);
  open("/");
  EXPECT_EQ(reason(other + "/none"), "CORS: the response has no Access-Control-Allow-Origin");
  EXPECT_EQ(reason(other + "/wrong"), "CORS: Access-Control-Allow-Origin is another origin (http://other.test)");
  EXPECT_EQ(reason(other + "/star"), "CORS: Access-Control-Allow-Origin may not be * for a request with credentials");
  EXPECT_EQ(reason(other + "/uncredited"),
            "CORS: Access-Control-Allow-Credentials is not true, but the request has credentials");
  EXPECT_EQ(reason(other + "/none?header"), "CORS: preflight: the response has no Access-Control-Allow-Origin");
  EXPECT_EQ(reason(other + "/star?header"), "CORS: Access-Control-Allow-Headers of the preflight lacks a header (x-a)");
  EXPECT_EQ(reason(other + "/star?method"),
            "CORS: Access-Control-Allow-Methods of the preflight lacks the method (DELETE)");
}

TEST_P(NetworkBlocked, TellsTheOtherReasonsOfTheBrowser) {
  const std::string other = site.cross_site_url("");
  add("/corp.png", 200, {{"Content-Type", "image/png"}, {"Cross-Origin-Resource-Policy", "same-origin"}}, "x");
  add("/orb.json", 200, {{"Content-Type", "application/json"}, {"X-Content-Type-Options", "nosniff"}}, "{}");
  add("/plain.png", 200, {{"Content-Type", "image/png"}}, "x");
  add_document("/coep", {{"Cross-Origin-Embedder-Policy", "require-corp"}}, "<img src='" + other + "/plain.png'>");
  add_document("/frame", {}, "<p>frame");
  add_document("/integrity", {{"Integrity-Policy", "blocked-destinations=(script)"}}, "<script src=/s.js></script>");
  add_document("/", {},
               "<img src='http://user:secret@localhost:1/i.png'><img src='" + other + "/corp.png'><img src='" + other +
                   "/orb.json'><img src=http://localhost:22/i.png><img src=file:///x.png>");
  open("/");
  expect_reason(other + "/corp.png", "Cross-Origin-Resource-Policy of the response: same-origin");
  expect_reason(other + "/orb.json", "Opaque Response Blocking: ");
  expect_reason("http://localhost:22/i.png", "the port belongs to another protocol");
  expect_reason("file:///x.png", "the page may not load URLs of the scheme file");
  const auto failed = events->wait_for("network_loading_failed",
                                       {{"blocked_reason", "the URL of a subresource names a user or password"}});
  EXPECT_EQ(data_of(failed).at("error_text"), "blocked:origin");
  const auto page = driver().attach(site.url("/"));
  driver().call("Page.navigate", {{"url", site.url("/coep")}}, page);
  expect_reason(other + "/plain.png", "Cross-Origin-Embedder-Policy of the page: ");
  const auto again = driver().attach(site.url("/coep"));
  driver().call("Page.navigate", {{"url", site.url("/integrity")}}, again);
  expect_reason(site.url("/s.js"), "Integrity-Policy of the page: ");
}

TEST_P(NetworkBlocked, TellsWhatAClientBlocks) {
  site.add_page("/", "<p>stays</p>");
  add("/data", 200, {{"Content-Type", "text/plain"}}, "data");
  open("/");
  const auto page = driver().attach(site.url("/"));
  driver().call("Network.enable", json::object(), page);
  driver().call("Network.setBlockedURLs", {{"urls", {"*/data?blocked"}}}, page);
  driver().evaluate(page, "fetch('/data?blocked').catch(() => {}); 0");
  EXPECT_EQ(reason(site.url("/data?blocked")), "a DevTools client has blocked it");
  driver().evaluate(page, "fetch('http://127.0.0.1:1/').catch(() => {}); 0");
  EXPECT_EQ(reason("http://127.0.0.1:1/"), "the port belongs to another protocol");
}

}  // namespace
}  // namespace telltale::e2e
