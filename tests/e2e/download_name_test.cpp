// The name of a download is the site's, whatever locale telltale was started with.

#include <cstdlib>

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

/// Sets or removes variables of the environment while it exists.
class Environment {
 public:
  Environment(std::initializer_list<std::pair<const char*, const char*>> values) {
    for (const auto& [name, value] : values) {
      const char* const before = std::getenv(name);
      before_.emplace_back(name, before == nullptr ? std::nullopt : std::optional<std::string>(before));
      set(name, value);
    }
  }
  ~Environment() {
    for (const auto& [name, value] : before_) set(name, value ? value->c_str() : nullptr);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  static void set(const char* name, const char* value) {
    value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
  }
  std::vector<std::pair<const char*, std::optional<std::string>>> before_;
};

class DownloadName : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Browsers, DownloadName, kBrowsers, browser_name);

void expect_name(const char* browser) {
  TestSite site;
  net::HttpResponse file;
  file.headers.set("Content-Type", "text/csv");
  file.headers.set("Content-Disposition", "attachment; filename*=UTF-8''%e2%82%ac%20r%C3%A4te.csv");
  file.body = "a,b";
  site.add("/file", file);
  site.add_page("/", "<a id=get href=/file>get it</a>");
  TelltaleProcess server(telltale_binary(), {"--chromium", browser});
  const auto session =
      server.create({{"start_url", site.url("/")}, {"telemetry", capture_page()}, {"timeout_seconds", 0}});
  EventStream events(server, session.at("session_id").get<std::string>());
  events.wait_for("page_load", {{"url", site.url("/")}});
  CdpDriver driver(TelltaleProcess::debugger_url(session));
  driver.call("Browser.setDownloadBehavior",
              {{"behavior", "allow"}, {"downloadPath", server.folder().string()}, {"eventsEnabled", true}});
  driver.click_on(driver.attach(site.url("/")), "document.querySelector('#get')");
  EXPECT_EQ(data_of(events.wait_for("page_download_started")).at("suggested_filename"), "€ räte.csv");
  EXPECT_EQ(data_of(events.wait_for("page_download_finished")).at("state"), "completed");
}

// F12
TEST_P(DownloadName, IsWholeWithoutALocale) {
  const Environment environment{{"LANG", nullptr}, {"LC_ALL", nullptr}, {"LC_CTYPE", nullptr}};
  expect_name(GetParam());
}

TEST_P(DownloadName, IsWholeInLocalesThatAreNotUtf8OrNotThere) {
  for (const auto& [lang, all] : {std::pair<const char*, const char*>{"C", nullptr}, {"de_XX.UTF-8", nullptr}, {"C.UTF-8", "POSIX"}}) {
    const Environment environment{{"LANG", lang}, {"LC_ALL", all}, {"LC_CTYPE", nullptr}};
    expect_name(GetParam());
  }
}

}  // namespace
}  // namespace telltale::e2e
