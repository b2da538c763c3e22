#pragma once

// The server's side of HTTP/1.1 on the wire, without I/O: bytes to requests, responses to heads.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace telltale::net {

/// Why a request is refused before any handler sees it.
struct Refusal {
  unsigned status;
  std::string message;
};

/// How the body of a request is taken.
struct BodyPlan {
  std::size_t bytes = 0;  ///< At the limit: 413
  bool streamed = false;  ///< piece by piece, by take_body()
};

/// Parses one request from bytes that come piece by piece. Behind the scenes Beast's parser.
class RequestParser {
 public:
  RequestParser(std::size_t header_bytes, std::size_t body_bytes);
  /// `plan` is asked once, when the head is there.
  RequestParser(std::size_t header_bytes, std::function<BodyPlan(const HttpRequest& head)> plan);
  ~RequestParser();

  /// Parses some of `input` and returns how many bytes it used. It stops after the head, so that Expect can
  /// be answered before the body; call it again while it uses bytes. Fewer than all: more input is needed, or
  /// failed().
  std::size_t put(std::string_view input);

  [[nodiscard]] const std::optional<Refusal>& failed() const noexcept;
  [[nodiscard]] bool started() const noexcept;        ///< It has seen the first bytes.
  [[nodiscard]] bool head_complete() const noexcept;  ///< The accessors below have a value.
  [[nodiscard]] bool complete() const noexcept;       ///< take() may be called.
  [[nodiscard]] bool keep_alive() const noexcept;
  [[nodiscard]] bool http_1_0() const noexcept;
  [[nodiscard]] bool expects_continue() const noexcept;
  [[nodiscard]] bool streamed() const noexcept;  ///< take() may be called when the head is complete.
  /// The request, once.
  HttpRequest take();
  /// What has come of the body since the last call.
  std::string take_body();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// How the end of a response body is marked.
enum class BodyFraming { content_length, chunked, until_close };

/// Status line and header fields, with the empty line. Content-Length, Transfer-Encoding and Connection are
/// the server's: fields of these names in `response` are left out.
std::string response_head(const HttpResponse& response, BodyFraming framing, bool keep_alive, bool http_1_0);

/// Whether a response of this status never has a body (RFC 9110 6.4.1).
constexpr bool is_bodiless(unsigned status) noexcept {
  return status / 100 == 1 || status == 204 || status == 304;
}

}  // namespace telltale::net
