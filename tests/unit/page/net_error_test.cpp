#include "page/net_error.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace telltale::page {
namespace {

constexpr auto kUrl = "http://x.test/";

// F14
TEST(NetError, NamesADownloadAsTheBrowserDoes) {
  EXPECT_EQ(is_download(kUrl, "a b.pdf").message,
            "http://x.test/ is a download of 'a b.pdf', not a page: the page stays as it is");
  EXPECT_EQ(is_download(kUrl, std::nullopt).message, "http://x.test/ is a download, not a page: the page stays as it is");
  EXPECT_EQ(is_download(kUrl, std::nullopt).code, base::Errc::invalid_argument);
}

TEST(NetError, SaysThatThereIsNoContentAndNeverAborted) {
  EXPECT_EQ(is_no_page(kUrl, "net::ERR_ABORTED", 204).message,
            "http://x.test/ has no content (the server answered 204): the page stays as it is");
  for (const std::optional<std::int64_t> status : {std::optional<std::int64_t>(205), std::optional<std::int64_t>(200),
                                                   std::optional<std::int64_t>()}) {
    EXPECT_EQ(is_no_page(kUrl, "net::ERR_ABORTED", status).message.find("ABORTED"), std::string::npos);
  }
}

TEST(NetError, HasWordsForWhatPeopleMeet) {
  const std::pair<const char*, const char*> cases[] = {
      {"net::ERR_NAME_NOT_RESOLVED", "no such host is known"},
      {"net::ERR_CONNECTION_REFUSED", "nobody listens there"},
      {"net::ERR_CERT_AUTHORITY_INVALID", "the server's certificate is not trusted"},
      {"net::ERR_CERT_DATE_INVALID", "the server's certificate is not trusted"},
      {"net::ERR_BLOCKED_BY_CLIENT", "a client of this browser blocks it"},
      {"net::ERR_BLOCKED_BY_RESPONSE", "the browser blocks it"},
      {"net::ERR_INVALID_AUTH_CREDENTIALS", "the server wants a user name and a password"},
      {"net::ERR_SOMETHING_NEW", "the browser gave it up"}};
  for (const auto& [net_error, words] : cases) {
    EXPECT_EQ(is_no_page(kUrl, net_error, std::nullopt).message,
              std::string("cannot open http://x.test/: ") + words + " (" + net_error + ")");
  }
  EXPECT_EQ(is_no_page(kUrl, "net::ERR_HTTP_RESPONSE_CODE_FAILURE", 404).message,
            "cannot open http://x.test/: the server answered 404, without a page (net::ERR_HTTP_RESPONSE_CODE_FAILURE)");
}

}  // namespace
}  // namespace telltale::page
