#include "page/net_error.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace telltale::page {
namespace {

using base::Errc;

// Those that people meet, in Chromium's net_error_list.h of 156. A name also stands for those that begin with it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 36> kWords{{
    {"NAME_NOT_RESOLVED", "no such host is known"},
    {"NAME_RESOLUTION_FAILED", "the name of the host could not be looked up"},
    {"DNS_", "the name of the host could not be looked up"},
    {"CONNECTION_REFUSED", "nobody listens there"},
    {"CONNECTION_RESET", "the server broke the connection off"},
    {"CONNECTION_CLOSED", "the server closed the connection"},
    {"CONNECTION_ABORTED", "the connection was broken off"},
    {"CONNECTION_TIMED_OUT", "the host did not answer in time"},
    {"TIMED_OUT", "the host did not answer in time"},
    {"CONNECTION_FAILED", "no connection could be made"},
    {"ADDRESS_UNREACHABLE", "the host cannot be reached"},
    {"ADDRESS_INVALID", "the address is not valid"},
    {"INTERNET_DISCONNECTED", "there is no network"},
    {"NETWORK_CHANGED", "the network has just changed"},
    {"NETWORK_ACCESS_DENIED", "the system does not let the browser reach it"},
    {"PROXY_", "the proxy cannot be used"},
    {"TUNNEL_CONNECTION_FAILED", "the proxy does not lead there"},
    {"EMPTY_RESPONSE", "the server closed the connection without an answer"},
    {"INVALID_HTTP_RESPONSE", "the server's answer is no HTTP"},
    {"INVALID_RESPONSE", "the server's answer is not valid"},
    {"INCOMPLETE_CHUNKED_ENCODING", "the server's answer broke off"},
    {"CONTENT_LENGTH_MISMATCH", "the server's answer broke off"},
    {"CONTENT_DECODING_FAILED", "the server's answer cannot be unpacked"},
    {"RESPONSE_HEADERS_", "the headers of the server's answer are not valid"},
    {"TOO_MANY_REDIRECTS", "it redirects again and again"},
    {"UNSAFE_REDIRECT", "it redirects to where a page must not lead"},
    {"UNSAFE_PORT", "browsers do not open this port"},
    {"INVALID_URL", "the URL is not valid"},
    {"UNKNOWN_URL_SCHEME", "browsers do not open such URLs"},
    {"DISALLOWED_URL_SCHEME", "such URLs are not allowed"},
    {"CERT_", "the server's certificate is not trusted"},
    {"SSL_", "the server does not speak TLS as it should"},
    {"HTTP2_PROTOCOL_ERROR", "the server broke the rules of HTTP/2"},
    {"QUIC_PROTOCOL_ERROR", "the server broke the rules of QUIC"},
    {"BLOCKED_BY_CLIENT", "a client of this browser blocks it"},
    {"BLOCKED_BY_", "the browser blocks it"},
}};

std::string_view words_of(std::string_view net_error) {
  constexpr std::string_view kPrefix = "net::ERR_";
  if (net_error.starts_with(kPrefix)) net_error.remove_prefix(kPrefix.size());
  if (net_error == "INVALID_AUTH_CREDENTIALS") return "the server wants a user name and a password";
  const auto found =
      std::ranges::find_if(kWords, [&](const auto& row) { return net_error.starts_with(row.first); });
  return found == kWords.end() ? "the browser gave it up" : found->second;
}

}  // namespace

base::Error is_download(const std::string& url, const std::optional<std::string>& name) {
  const std::string called = name ? " of '" + *name + "'" : "";
  return {Errc::invalid_argument, url + " is a download" + called + ", not a page: the page stays as it is"};
}

base::Error is_no_page(const std::string& url, const std::string& net_error, std::optional<std::int64_t> status) {
  if (status == 204 || status == 205) {
    return {Errc::invalid_argument, url + " has no content (the server answered " + std::to_string(*status) +
                                        "): the page stays as it is"};
  }
  if (net_error == "net::ERR_ABORTED") {
    return {Errc::invalid_argument, url + " led to no page: there is no content, or the navigation was cancelled; "
                                          "the page stays as it is"};
  }
  if (net_error == "net::ERR_HTTP_RESPONSE_CODE_FAILURE") {
    const std::string answered = status ? std::to_string(*status) : "an error";
    return {Errc::protocol,
            "cannot open " + url + ": the server answered " + answered + ", without a page (" + net_error + ")"};
  }
  return {Errc::protocol, "cannot open " + url + ": " + std::string(words_of(net_error)) + " (" + net_error + ")"};
}

}  // namespace telltale::page
