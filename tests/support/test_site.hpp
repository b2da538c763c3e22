#pragma once

// A local web site for browsers under test: what it answers is a table, and a request can be held back.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/wait_list.hpp"
#include "net/http_server.hpp"
#include "support/loop_thread.hpp"

namespace telltale::testing {

/// Listens on 127.0.0.1 from construction on. Its pages can be reached as 127.0.0.1 and as localhost: to a
/// browser these are two sites. Paths without an entry are 404. Any thread.
class TestSite final : private net::HttpHandler {
 public:
  TestSite();
  ~TestSite() override;

  /// http://127.0.0.1:PORT/path
  [[nodiscard]] std::string url(std::string_view path = "/") const;
  /// The same page as one of another site: http://localhost:PORT/path
  [[nodiscard]] std::string cross_site_url(std::string_view path = "/") const;

  void add(std::string path, net::HttpResponse response);
  void add(std::string path, std::string_view content_type, std::string body);
  /// A document with that body; the markup around it has no effects of its own.
  void add_page(std::string path, std::string_view body);
  void add_redirect(std::string path, std::string location);
  /// Answers with a head and a first piece, and never ends.
  void add_endless(std::string path);
  /// Answers with a head at once and a chunked body in pieces, each after a pause.
  struct Piece {
    std::chrono::milliseconds after;
    std::string text;
  };
  void add_pieces(std::string path, std::string_view content_type, std::vector<Piece> pieces);
  /// An event stream: one message, and no end.
  void add_event_stream(std::string path);
  /// From now on requests of `path` wait until release(path).
  void hold(const std::string& path);
  void release(const std::string& path);

  /// All requests so far.
  [[nodiscard]] std::vector<net::HttpRequest> received() const;
  /// The requests for `path` so far.
  [[nodiscard]] std::vector<net::HttpRequest> received(std::string_view path) const;
  /// Blocks until `path` was requested that often; false when it was not within kPatience.
  [[nodiscard]] bool wait_for_request(std::string_view path, std::size_t count = 1) const;

 private:
  struct Entry {
    net::HttpResponse response;
    bool held = false;
    bool endless = false;
    std::vector<Piece> pieces;
  };

  base::Task<net::HttpReply> handle(net::HttpRequest request) override;
  net::HttpResponse refuse(unsigned status, std::string_view message) override;
  [[nodiscard]] Entry entry(const std::string& path) const;

  LoopThread thread_;
  net::HttpServer http_;
  base::WaitList released_;
  mutable std::mutex mutex_;  // guards the two tables, which the test and the loop use
  std::map<std::string, Entry> entries_;
  std::vector<net::HttpRequest> requests_;
  std::uint16_t port_ = 0;
};

}  // namespace telltale::testing
