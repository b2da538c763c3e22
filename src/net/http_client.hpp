#pragma once

// A small HTTP/1.1 client: one request per connection, plain TCP. For DevTools discovery and for the command
// line.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/task.hpp"
#include "net/http.hpp"

namespace telltale::net {

/// Sends `request` to host:port (the Host header is host:port unless set) and completes with the whole
/// response. Errors: refused (nobody listens, name unknown), timeout (`deadline` for everything), closed,
/// protocol, limit.
base::Task<base::Result<HttpResponse>> http_fetch(std::string host, std::uint16_t port, HttpRequest request,
                                                  std::chrono::nanoseconds deadline);

/// Like http_fetch, but a 2xx body is handed to `on_data` piece by piece as it arrives, without a bound on
/// its length, until it ends or the caller cancels. The returned response has an empty body on 2xx and the
/// whole body otherwise. `on_head` is called once with status and headers before the body. `idle` bounds the
/// silence between two pieces.
base::Task<base::Result<HttpResponse>> http_stream(std::string host, std::uint16_t port, HttpRequest request,
                                                   std::function<void(const HttpResponse&)> on_head,
                                                   std::function<void(std::string_view)> on_data,
                                                   std::chrono::nanoseconds idle);

}  // namespace telltale::net
