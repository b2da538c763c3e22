#include "support/test_site.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <span>
#include <stdexcept>
#include <utility>

#include "support/patience.hpp"

namespace telltale::testing {
namespace {

base::Task<> write_and_wait(net::BodyWriter& out) {
  const std::string_view first = "data: the beginning of something\n\n";
  const std::span<const std::string_view> pieces(&first, 1);
  const auto written = co_await out.write(pieces);
  if (!written) co_return;
  co_await base::sleep_for(std::chrono::hours(1));  // cancelled when the client leaves or the site stops
}

base::Task<> write_pieces(net::BodyWriter& out, std::vector<TestSite::Piece> pieces) {
  for (const auto& piece : pieces) {
    co_await base::sleep_for(piece.after);
    const std::string_view text = piece.text;
    const std::span<const std::string_view> one(&text, 1);
    const auto written = co_await out.write(one);
    if (!written) co_return;
  }
}

}  // namespace

TestSite::TestSite() : http_(thread_.loops(), *this), released_(thread_.loop()) {
  const auto port = http_.listen("127.0.0.1", 0);
  if (!port) throw std::runtime_error("the test site cannot listen: " + port.error().message);
  port_ = *port;
  thread_.spawn(http_.run());
}

TestSite::~TestSite() { thread_.stop(); }

std::string TestSite::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

std::string TestSite::cross_site_url(std::string_view path) const {
  return "http://localhost:" + std::to_string(port_) + std::string(path);
}

void TestSite::add(std::string path, net::HttpResponse response) {
  const std::lock_guard lock(mutex_);
  entries_[std::move(path)].response = std::move(response);
}

void TestSite::add(std::string path, std::string_view content_type, std::string body) {
  net::HttpResponse response;
  response.headers.set("Content-Type", std::string(content_type));
  response.headers.set("Cache-Control", "no-store");
  response.body = std::move(body);
  add(std::move(path), std::move(response));
}

void TestSite::add_page(std::string path, std::string_view body) {
  // The empty icon keeps the browser from asking for /favicon.ico.
  constexpr std::string_view kHead =
      "<!doctype html><html lang=en><head><meta charset=utf-8><title>Test page</title>"
      "<link rel=icon href='data:,'></head><body style='margin:0'>\n";
  add(std::move(path), "text/html; charset=utf-8",
      std::string(kHead) + std::string(body) + "\n</body></html>\n");
}

void TestSite::add_redirect(std::string path, std::string location) {
  net::HttpResponse response;
  response.status = 302;
  response.headers.set("Location", std::move(location));
  add(std::move(path), std::move(response));
}

void TestSite::add_endless(std::string path) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[std::move(path)];
  entry.endless = true;
  entry.response.headers.set("Content-Type", "text/plain");
}

void TestSite::add_pieces(std::string path, std::string_view content_type, std::vector<Piece> pieces) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[std::move(path)];
  entry.pieces = std::move(pieces);
  entry.response.headers.set("Content-Type", std::string(content_type));
  entry.response.headers.set("Cache-Control", "no-store");
}

void TestSite::add_event_stream(std::string path) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[std::move(path)];
  entry.endless = true;
  entry.response.headers.set("Content-Type", "text/event-stream");
}

void TestSite::hold(const std::string& path) {
  const std::lock_guard lock(mutex_);
  entries_[path].held = true;
}

void TestSite::release(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    entries_[path].held = false;
  }
  base::asio::post(thread_.loop().executor(), [this] { released_.notify_all(); });
}

std::vector<net::HttpRequest> TestSite::received() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<net::HttpRequest> TestSite::received(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  std::vector<net::HttpRequest> found;
  std::ranges::copy_if(requests_, std::back_inserter(found),
                       [&](const auto& request) { return request.path == path; });
  return found;
}

bool TestSite::wait_for_request(std::string_view path, std::size_t count) const {
  return eventually([&] { return received(path).size() >= count; });
}

TestSite::Entry TestSite::entry(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(path);
  if (found != entries_.end()) return found->second;
  Entry missing;
  missing.response.status = 404;
  missing.response.headers.set("Content-Type", "text/plain");
  missing.response.body = "there is nothing at " + path + "\n";
  return missing;
}

base::Task<net::HttpReply> TestSite::handle(net::HttpRequest request) {
  const std::string path = request.path;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  auto wake = base::Wake::notified;
  while (entry(path).held && wake == base::Wake::notified) wake = co_await released_.wait(deadline);
  Entry answer = entry(path);
  net::HttpReply reply;
  reply.response = std::move(answer.response);
  if (answer.endless) reply.stream = [](net::BodyWriter& out) { return write_and_wait(out); };
  if (!answer.pieces.empty()) {
    reply.stream = [pieces = std::move(answer.pieces)](net::BodyWriter& out) { return write_pieces(out, pieces); };
  }
  co_return reply;
}

net::HttpResponse TestSite::refuse(unsigned status, std::string_view message) {
  net::HttpResponse response;
  response.status = status;
  response.body = message;
  return response;
}

}  // namespace telltale::testing
