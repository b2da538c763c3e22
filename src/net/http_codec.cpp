#include "net/http_codec.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include "base/ascii.hpp"
#include "net/head_check.hpp"

namespace telltale::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

std::string_view std_view(string_view text) noexcept { return {text.data(), text.size()}; }

/// The target of a request line. The absolute form must be accepted (RFC 9112 3.2.2) although only proxies are
/// meant to get it.
struct Target {
  std::string_view path_and_query;
  std::optional<TargetOrigin> origin;
};

/// Nothing for a form that this server does not serve.
std::optional<Target> split_target(std::string_view target) {
  if (target.starts_with('/') || target == "*") return Target{target, std::nullopt};
  constexpr std::string_view kSchemeEnd = "://";
  const auto scheme_end = target.find(kSchemeEnd);
  if (scheme_end == std::string_view::npos || target.find_first_of("/?#") < scheme_end) return std::nullopt;
  const auto begin = scheme_end + kSchemeEnd.size();
  const auto end = std::min(target.find_first_of("/?#", begin), target.size());
  TargetOrigin origin{std::string(target.substr(0, scheme_end)), std::string(target.substr(begin, end - begin))};
  return Target{target.substr(end), std::move(origin)};
}

void set_target(HttpRequest& request, std::string_view path_and_query) {
  const auto path_end = std::min(path_and_query.find('?'), path_and_query.size());
  request.path = path_end == 0 ? "/" : path_and_query.substr(0, path_end);
  if (path_end < path_and_query.size()) request.query = parse_query(path_and_query.substr(path_end + 1));
}

/// What a field's line says, without the blanks around it.
std::string_view value_of(std::string_view line) {
  line = line.substr(0, line.find("\r\n"));
  line.remove_prefix(std::min(line.find(':'), line.size() - 1) + 1);
  const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
  const auto end = line.find_last_not_of(" \t");
  return end == std::string_view::npos ? std::string_view{} : line.substr(begin, end - begin + 1);
}

Refusal refusal_of(error_code error, std::size_t header_bytes, std::size_t body_bytes) {
  if (error == http::error::header_limit) {
    return {431, "the request header is larger than " + std::to_string(header_bytes) + " bytes"};
  }
  if (error == http::error::body_limit) {
    return {413, "the request body is larger than " + std::to_string(body_bytes) + " bytes"};
  }
  return {400, "not a valid HTTP/1.1 request: " + error.message()};
}

}  // namespace

/// Writes what Beast's parser finds straight into an HttpRequest.
class RequestParser::Impl final : public http::basic_parser<true> {
 public:
  Impl(std::size_t header_bytes, std::function<BodyPlan(const HttpRequest&)> plan)
      : header_bytes_(header_bytes), plan_of_(std::move(plan)) {
    header_limit(static_cast<std::uint32_t>(header_bytes));
    body_limit(boost::none);  // Beast would look at the length before we know what the request is about
  }

  std::size_t parse(std::string_view input) {
    error_code error;
    const bool in_head = !is_header_done();
    const std::size_t used = put(boost::asio::const_buffer(input.data(), input.size()), error);
    // Beast unfolds; others take such a line for a field of its own, or for none.
    if (in_head && !refusal_ && has_folded_line(input.substr(0, used))) {
      refusal_ = Refusal{400, "the request has a folded header line"};
    }
    if (error == http::error::bad_transfer_encoding && !refusal_) {
      refusal_ = check_.transfer_encoding(value_of(input.substr(used)));
    }
    // Only chunk headers can be pending for long here; without a bound their extensions could fill the
    // memory.
    if (error == http::error::need_more && input.size() - used > header_bytes_)
      error = http::error::header_limit;
    if (error && error != http::error::need_more && !refusal_) {
      refusal_ = refusal_of(error, header_bytes_, plan_.bytes);
    }
    if (is_header_done()) eager(true);
    return used;
  }

  HttpRequest request_;
  std::optional<Refusal> refusal_;
  BodyPlan plan_;
  bool http_1_0_ = false;
  bool expects_continue_ = false;

 private:
  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code& error) override {
    request_.method = std_view(method);
    http_1_0_ = version < 11;
    auto parts = split_target(std_view(target));
    if (!parts) {
      refusal_ = Refusal{400, "the request target is neither a path nor an absolute URL"};
      error = http::error::bad_target;
      return;
    }
    set_target(request_, parts->path_and_query);
    check_.start(http_1_0_, std::move(parts->origin));
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(http::field, string_view name, string_view value, error_code& error) override {
    // What comes behind a chunked body must not become part of a head that was checked (RFC 9110 6.5.1).
    if (is_header_done()) return;
    refusal_ = check_.field(std_view(name), std_view(value));
    if (refusal_) error = http::error::bad_field;
    request_.headers.fields.emplace_back(std_view(name), std_view(value));
  }
  void on_header_impl(error_code& error) override {
    refusal_ = check_.end();
    if (refusal_) {
      error = http::error::bad_field;
      return;
    }
    const auto expect = request_.headers.find("Expect");
    expects_continue_ = expect && base::same_name(*expect, "100-continue") && !http_1_0_;
    plan_ = plan_of_(request_);
    if (const auto length = content_length(); length && *length > plan_.bytes) error = http::error::body_limit;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length && !plan_.streamed) request_.body.reserve(static_cast<std::size_t>(*length));  // checked above
  }
  std::size_t on_body_impl(string_view body, error_code& error) override {
    body_bytes_ += body.size();
    if (body_bytes_ > plan_.bytes) {
      error = http::error::body_limit;
      return 0;
    }
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(error_code&) override {}

  HeadCheck check_;
  std::size_t header_bytes_;
  std::size_t body_bytes_ = 0;  ///< that have come
  std::function<BodyPlan(const HttpRequest&)> plan_of_;
};

RequestParser::RequestParser(std::size_t header_bytes, std::size_t body_bytes)
    : RequestParser(header_bytes, [body_bytes](const HttpRequest&) { return BodyPlan{body_bytes, false}; }) {}
RequestParser::RequestParser(std::size_t header_bytes, std::function<BodyPlan(const HttpRequest&)> plan)
    : impl_(std::make_unique<Impl>(header_bytes, std::move(plan))) {}
RequestParser::~RequestParser() = default;

std::size_t RequestParser::put(std::string_view input) { return impl_->parse(input); }
const std::optional<Refusal>& RequestParser::failed() const noexcept { return impl_->refusal_; }
bool RequestParser::started() const noexcept { return impl_->got_some(); }
bool RequestParser::head_complete() const noexcept { return impl_->is_header_done(); }
bool RequestParser::complete() const noexcept { return impl_->is_done(); }
bool RequestParser::keep_alive() const noexcept { return impl_->keep_alive(); }
bool RequestParser::http_1_0() const noexcept { return impl_->http_1_0_; }
bool RequestParser::expects_continue() const noexcept { return impl_->expects_continue_; }
bool RequestParser::streamed() const noexcept { return impl_->plan_.streamed; }
HttpRequest RequestParser::take() { return std::exchange(impl_->request_, {}); }
std::string RequestParser::take_body() { return std::exchange(impl_->request_.body, {}); }

std::string response_head(const HttpResponse& response, BodyFraming framing, bool keep_alive, bool http_1_0) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  // May be left out (RFC 9112 4): for codes of somebody's own there is none.
  const auto status = http::int_to_status(response.status);
  if (status != http::status::unknown) head += std_view(http::obsolete_reason(status));
  head += "\r\n";
  for (const auto& [name, value] : response.headers.fields) {
    const bool is_ours = base::same_name(name, "Content-Length") ||
                         base::same_name(name, "Transfer-Encoding") || base::same_name(name, "Connection");
    if (!is_ours) append_header(head, name, value);
  }
  if (framing == BodyFraming::chunked) append_header(head, "Transfer-Encoding", "chunked");
  if (framing == BodyFraming::content_length && !is_bodiless(response.status)) {
    append_header(head, "Content-Length", std::to_string(response.body.size()));
  }
  if (!keep_alive) append_header(head, "Connection", "close");
  if (keep_alive && http_1_0) append_header(head, "Connection", "keep-alive");
  return head + "\r\n";
}

}  // namespace telltale::net
