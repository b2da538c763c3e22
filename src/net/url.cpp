#include "net/url.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "base/ascii.hpp"
#include "net/http.hpp"

namespace telltale::net {
namespace {

using base::Errc;
using base::fail;
using base::Result;

base::Result<std::uint16_t> default_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return std::uint16_t{80};
  if (scheme == "https" || scheme == "wss") return std::uint16_t{443};
  return fail(Errc::invalid_argument, "the scheme is not http, https, ws or wss");
}

std::string in_brackets(std::string_view host) {
  const bool ipv6 = host.find(':') != std::string_view::npos;
  return ipv6 ? "[" + std::string(host) + "]" : std::string(host);
}

Result<Url> parse(std::string_view text) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return fail(Errc::invalid_argument, "not an absolute URL such as http://127.0.0.1:9222");
  Url url;
  for (const char c : parsed->scheme()) url.scheme += base::ascii_lower(c);
  const auto port_by_scheme = default_port(url.scheme);
  if (!port_by_scheme) return std::unexpected(port_by_scheme.error());
  if (parsed->has_userinfo()) {
    return fail(Errc::invalid_argument, "user and password in a URL are not supported");
  }
  url.host = parsed->host_address();
  if (url.host.empty()) return fail(Errc::invalid_argument, "it has no host");
  url.port = *port_by_scheme;
  if (parsed->has_port() && !parsed->port().empty()) {
    // Not port_number(): what it says of a number that does not fit 16 bits depends on Boost's version.
    const std::string digits(parsed->port());
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    if (!whole || url.port == 0) return fail(Errc::invalid_argument, "the port is not between 1 and 65535");
  }
  const auto target = parsed->encoded_target();
  url.target.assign(target.data(), target.size());
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

}  // namespace

std::string Url::authority() const { return in_brackets(host) + ":" + std::to_string(port); }

Result<Url> parse_url(std::string_view text) {
  auto url = parse(text);
  if (!url) return std::unexpected(url.error().in("URL '" + std::string(text) + "'"));
  return url;
}

Result<HostPort> parse_host_port(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return fail(Errc::invalid_argument, "'" + std::string(text) + "': " + std::string(why));
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("expected HOST:PORT, for example 127.0.0.1:8090");
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.empty()) return wrong("name the address to listen on: 127.0.0.1, or 0.0.0.0 for every interface");
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (host.empty()) return wrong("the address between the brackets is missing");
  } else if (host.find(':') != std::string_view::npos) {
    return wrong("put an IPv6 address in brackets, for example [::1]:8090");
  }
  HostPort result{std::string(host), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result.port);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return wrong("the port is not a number between 0 and 65535");
  }
  return result;
}

bool is_loopback(std::string_view host) {
  if (base::same_name(host, "localhost")) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host), error);
  return !error && address.is_loopback();
}

std::string_view without_default_port(std::string_view scheme, std::string_view authority) {
  const auto port = default_port(scheme);
  if (!port) return authority;
  const auto suffix = ":" + std::to_string(*port);
  if (authority.ends_with(suffix)) authority.remove_suffix(suffix.size());
  return authority;
}

}  // namespace telltale::net
