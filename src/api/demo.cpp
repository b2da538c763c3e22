#include "api/demo.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "api/error_response.hpp"

namespace telltale::api {
namespace {

constexpr std::string_view kPage =
#include "demo/index.html.inc"
    ;
constexpr std::string_view kFrame =
#include "demo/frame.html.inc"
    ;
constexpr std::string_view kScript =
#include "demo/demo.js.inc"
    ;
constexpr std::string_view kWorker =
#include "demo/worker.js.inc"
    ;
constexpr std::string_view kPicture =
#include "demo/picture.svg.inc"
    ;

// A PNG of one transparent pixel, as counting pixels are.
constexpr unsigned char kPixel[] = {
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1F, 0x15, 0xC4, 0x89, 0x00,
    0x00, 0x00, 0x0B, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x60, 0x00, 0x02, 0x00, 0x00, 0x05, 0x00,
    0x01, 0xE9, 0xFA, 0xDC, 0xD8, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};

constexpr auto kSlowness = std::chrono::milliseconds(800);

net::HttpReply content(std::string_view type, std::string_view body) {
  net::HttpReply reply;
  reply.response.headers.set("Content-Type", std::string(type));
  reply.response.headers.set("Cache-Control", "no-store");  // each visit makes the same requests
  reply.response.body = body;
  return reply;
}

net::HttpReply json(std::string_view body) { return content("application/json", body); }

base::Task<net::HttpReply> get_page(const Services&, Call) {
  co_return content("text/html; charset=utf-8", kPage);
}
base::Task<net::HttpReply> get_frame(const Services&, Call) {
  co_return content("text/html; charset=utf-8", kFrame);
}
base::Task<net::HttpReply> get_script(const Services&, Call) {
  co_return content("text/javascript", kScript);
}
base::Task<net::HttpReply> get_worker(const Services&, Call) {
  co_return content("text/javascript", kWorker);
}
base::Task<net::HttpReply> get_picture(const Services&, Call) {
  co_return content("image/svg+xml", kPicture);
}

base::Task<net::HttpReply> get_pixel(const Services&, Call) {
  auto reply = content("image/png", {});
  reply.response.body.assign(std::begin(kPixel), std::end(kPixel));
  co_return reply;
}

base::Task<net::HttpReply> get_data(const Services&, Call) {
  co_return json(R"({"visitors":128,"items":[{"id":1,"name":"console"},{"id":2,"name":"network"}]})");
}

base::Task<net::HttpReply> post_data(const Services&, Call call) {
  co_return json(R"({"stored":true,"bytes":)" + std::to_string(call.request.body.size()) + "}");
}

base::Task<net::HttpReply> redirect(const Services&, Call) {
  net::HttpReply reply;
  reply.response.status = 302;
  reply.response.headers.set("Location", "/demo/data.json");
  co_return reply;
}

base::Task<net::HttpReply> missing(const Services&, Call) {
  net::HttpReply reply;
  reply.response = error_response(404, "not_found", "this is missing on purpose");
  co_return reply;
}

base::Task<net::HttpReply> slow(const Services&, Call) {
  co_await base::sleep_for(kSlowness);
  co_return json(R"({"slow":true})");
}

Route demo_route(std::string_view method, std::string_view pattern, Handler handler) {
  return {.method = method,
          .pattern = pattern,
          .operation_id = {},
          .summary = {},
          .handler = handler,
          .access = Access::open};
}

}  // namespace

std::vector<Route> demo_routes() {
  return {demo_route("GET", "/demo", get_page),
          demo_route("GET", "/demo/frame", get_frame),
          demo_route("GET", "/demo/demo.js", get_script),
          demo_route("GET", "/demo/worker.js", get_worker),
          demo_route("GET", "/demo/picture.svg", get_picture),
          demo_route("GET", "/demo/pixel.png", get_pixel),
          demo_route("GET", "/demo/data.json", get_data),
          demo_route("POST", "/demo/data.json", post_data),
          demo_route("GET", "/demo/redirect", redirect),
          demo_route("GET", "/demo/missing", missing),
          demo_route("GET", "/demo/slow", slow)};
}

}  // namespace telltale::api
