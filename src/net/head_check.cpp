#include "net/head_check.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "net/url.hpp"

namespace telltale::net {
namespace {

constexpr std::string_view kHost = "Host";
constexpr std::string_view kContentLength = "Content-Length";
constexpr std::string_view kTransferEncoding = "Transfer-Encoding";
// One who forwards may take the first of two, and this server the last.
constexpr std::array kOnce = {kHost,           kContentLength,           kTransferEncoding,
                              std::string_view("Origin"), std::string_view("Authorization"),
                              std::string_view("X-API-Key"), std::string_view("Sec-Fetch-Site")};

// host [ ":" port ] (RFC 3986 3.2.2). A comma is allowed there and refused here: it joins two fields into one.
bool is_authority(std::string_view text) {
  static constexpr std::string_view kMarks = "-._~%!$&'()*+;=";
  const auto in_name = [](char c) {
    return base::is_alphanumeric(c) || kMarks.contains(c);
  };
  const auto in_address = [](char c) { return base::hex_digit(c) >= 0 || c == ':' || c == '.'; };
  std::string_view rest = text;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !std::ranges::all_of(text.substr(1, end - 1), in_address)) return false;
    rest = text.substr(end + 1);
  } else {
    rest.remove_prefix(std::min(text.find(':'), text.size()));
    if (!std::ranges::all_of(text.substr(0, text.size() - rest.size()), in_name)) return false;
  }
  if (rest.empty()) return true;
  return rest.starts_with(':') && std::ranges::all_of(rest.substr(1), base::is_digit);
}

// A client that forms such a target sends the same text as Host (RFC 9112 3.2.2).
bool names_the_same(const TargetOrigin& origin, std::string_view host) {
  const auto scheme = base::ascii_lower(origin.scheme);
  const bool http = scheme == "http" || scheme == "https";
  return http && !host.empty() &&
         base::same_name(without_default_port(scheme, origin.authority), without_default_port(scheme, host));
}

bool is_chunked(std::string_view value) { return base::same_name(value, "chunked"); }

Refusal not_implemented() {
  return {501, "of the transfer encodings, this server knows `chunked` alone, once"};
}

Refusal two_lengths() {
  return {400, "the request has a Transfer-Encoding and a Content-Length: where it ends is a matter of opinion"};
}

}  // namespace

void HeadCheck::start(bool http_1_0, std::optional<TargetOrigin> origin) {
  http_1_0_ = http_1_0;
  origin_ = std::move(origin);
}

bool HeadCheck::seen(std::string_view name) const { return std::ranges::find(once_, name) != once_.end(); }

Refusal HeadCheck::transfer_encoding(std::string_view value) const {
  return is_chunked(value) && !seen(kTransferEncoding) ? two_lengths() : not_implemented();
}

std::optional<Refusal> HeadCheck::field(std::string_view name, std::string_view value) {
  const auto* const known =
      std::ranges::find_if(kOnce, [&](std::string_view once) { return base::same_name(name, once); });
  if (known == kOnce.end()) return std::nullopt;
  const bool repeated = seen(*known);
  if (!repeated) once_.push_back(*known);
  if (*known == kTransferEncoding) {
    if (repeated || !is_chunked(value)) return not_implemented();
    // RFC 9112 6.1: there is no such thing in HTTP/1.0, and its framing is faulty.
    if (http_1_0_) return Refusal{400, "a request of HTTP/1.0 has no Transfer-Encoding"};
  }
  if (repeated) return Refusal{400, "the request has two " + std::string(*known) + " fields"};
  if (*known == kContentLength && (value.empty() || !std::ranges::all_of(value, base::is_digit))) {
    return Refusal{400, "the Content-Length is not a number"};
  }
  if (seen(kTransferEncoding) && seen(kContentLength)) return two_lengths();
  if (*known == kHost) {
    if (!is_authority(value)) return Refusal{400, "the Host field is not a host with a port"};
    host_ = std::string(value);
  }
  return std::nullopt;
}

std::optional<Refusal> HeadCheck::end() const {
  if (!http_1_0_ && !host_) return Refusal{400, "the Host header is missing"};  // RFC 9112 3.2
  if (!origin_ || (host_ && names_the_same(*origin_, *host_))) return std::nullopt;
  return Refusal{421, "the URL on the request line is one of another host: this server is no proxy"};
}

bool has_folded_line(std::string_view lines) {
  for (auto at = lines.find("\r\n"); at != std::string_view::npos; at = lines.find("\r\n", at + 2)) {
    const auto next = lines.substr(at + 2, 1);
    if (next == " " || next == "\t") return true;
  }
  return false;
}

}  // namespace telltale::net
