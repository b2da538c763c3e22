#include "api/host_check.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "api/error_response.hpp"
#include "base/ascii.hpp"
#include "net/url.hpp"

namespace telltale::api {
namespace {

// The host of a Host field: without port, without the brackets of an IPv6 address.
std::string_view host_of(std::string_view field) {
  if (field.starts_with('[')) {
    const auto end = field.find(']');
    return end == std::string_view::npos ? std::string_view{} : field.substr(1, end - 1);
  }
  return field.substr(0, field.find(':'));
}

}  // namespace

HostCheck::HostCheck(std::string listen_host)
    : listen_host_(std::move(listen_host)), loopback_(net::is_loopback(listen_host_)) {}

std::optional<net::HttpResponse> HostCheck::refuse(const net::HttpRequest& request) const {
  if (!loopback_) return std::nullopt;
  const auto field = request.headers.find("Host").value_or(std::string_view{});
  const std::array<std::string_view, 4> allowed = {"localhost", "127.0.0.1", "::1", listen_host_};
  for (const auto name : allowed) {
    if (base::same_name(host_of(field), name)) return std::nullopt;
  }
  return error_response(
      421, "host_not_allowed",
      "this server listens on a loopback address and answers only requests whose Host is localhost, "
      "127.0.0.1 or [::1]: any other name may be a web page attacking it by DNS rebinding");
}

}  // namespace telltale::api
