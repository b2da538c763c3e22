// monitor_screenshot of real pages.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class Screenshot : public BrowserTest {
 protected:
  /// Width and height in the header of a PNG in base64.
  static std::pair<unsigned, unsigned> size_of(const std::string& png) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char c : png.substr(0, 32)) {
      bits = bits << 6 | static_cast<unsigned>(kDigits.find(c));
      count += 6;
      if (count < 8) continue;
      count -= 8;
      bytes.push_back(static_cast<char>(bits >> count & 0xff));
    }
    EXPECT_TRUE(bytes.starts_with("\x89PNG\r\n")) << png.substr(0, 32);
    const auto number = [&](std::size_t at) {
      unsigned value = 0;
      for (std::size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes.at(i));
      return value;
    };
    return {number(16), number(20)};
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, Screenshot, kBrowsers, browser_name);

TEST_P(Screenshot, FollowsLoadAndExceptions) {
  site.add_page("/", "<h1>A page to look at</h1>");
  open("/", capture({"page", "screenshot"}));
  const auto navigation = navigation_to("/");
  const auto shot = events->wait_for("monitor_screenshot");
  const auto& event = shot.at("event");
  EXPECT_EQ(event.at("category"), "screenshot");
  EXPECT_EQ(event.at("source").at("kind"), "local_process");
  EXPECT_EQ(event.at("source").at("event"), "Page.loadEventFired");
  EXPECT_EQ(event.at("source").at("metadata").at("target_id"), data_of(navigation).at("target_id"));
  const auto page = driver().attach(site.url("/"));
  const auto [width, height] = size_of(data_of(shot).at("png"));
  EXPECT_EQ(width, driver().evaluate(page, "innerWidth"));
  EXPECT_EQ(height, driver().evaluate(page, "innerHeight"));
  EXPECT_FALSE(data_of(shot).contains("scale"));

  // Only those that come late enough after the last one are followed.
  EXPECT_TRUE(testing::eventually([&] {
    driver().evaluate(page, "void setTimeout(() => { throw new Error('look') })");
    return events->all("monitor_screenshot").size() > 1;
  }));
  const auto second = events->all("monitor_screenshot").at(1);
  EXPECT_EQ(second.at("event").at("source").at("event"), "Runtime.exceptionThrown");
  EXPECT_GE(second.at("event").at("ts").get<std::int64_t>() - shot.at("event").at("ts").get<std::int64_t>(),
            1'000'000)
      << "2 s from request to request; the first may have taken a while";
}

TEST_P(Screenshot, IsMadeSmallerWhenItIsTooLarge) {
  // Noise does not compress.
  site.add_page("/", R"(<canvas style='position:fixed;left:0;top:0'></canvas><script>
const canvas = document.querySelector('canvas');
canvas.width = innerWidth; canvas.height = innerHeight;
const context = canvas.getContext('2d');
const image = context.createImageData(canvas.width, canvas.height);
let seed = 1;
for (let i = 0; i < image.data.length; ++i) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  image.data[i] = i % 4 == 3 ? 255 : seed >> 16 & 255;
}
context.putImageData(image, 0, 0);
</script>)");
  open("/", capture({"page", "screenshot"}));
  const auto shot = events->wait_for("monitor_screenshot");
  EXPECT_FALSE(shot.at("event").contains("truncated"));
  const auto page = driver().attach(site.url("/"));
  const auto [width, height] = size_of(data_of(shot).at("png"));
  const double scale = data_of(shot).at("scale");
  EXPECT_LT(scale, 1);
  EXPECT_NEAR(width, driver().evaluate(page, "innerWidth").get<double>() * scale, 1);
  EXPECT_NEAR(height, driver().evaluate(page, "innerHeight").get<double>() * scale, 1);
  EXPECT_LE(data_of(shot).at("png").get<std::string>().size() / 4 * 3, 746'496u);
}

TEST_P(Screenshot, IsRepeatedWhereThatWasAskedFor) {
  site.add_page("/", "<h1>A page to look at</h1>");
  session = server.create({{"start_url", site.url("/")},
                           {"telemetry", capture({"screenshot"})},
                           {"screenshot_interval_seconds", 2},
                           {"timeout_seconds", 0}});
  EXPECT_EQ(session.at("screenshot_interval_seconds"), 2);
  events.emplace(server, session.at("session_id").get<std::string>());
  const auto shot = events->wait_for_any("a periodic one", [](const json& envelope) {
    return envelope.at("event").at("type") == "monitor_screenshot" &&
           !envelope.at("event").at("source").contains("event");
  });
  EXPECT_GT(size_of(data_of(shot).at("png")).first, 0u);
}

}  // namespace
}  // namespace telltale::e2e
