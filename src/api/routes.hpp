#pragma once

// The table of everything that the server answers. Matching, authentication, 404, 405 and the OpenAPI
// document come from it.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/auth.hpp"
#include "api/call_record.hpp"
#include "base/clock.hpp"
#include "base/task.hpp"
#include "base/type_model.hpp"
#include "net/http_server.hpp"

namespace telltale::session {
class Registry;
}

namespace telltale::api {

class RouteTable;

/// What handlers work with. Owner: the server; it outlives every handler.
struct Services {
  session::Registry& registry;
  const base::Clock& clock;
  const RouteTable& routes;
  std::string version;
};

/// A request on its way to its handler.
struct Call {
  net::HttpRequest request;
  std::vector<std::string> parameters;  ///< of the path, percent-decoded, in the order of the pattern
  CallRecord& record;                   ///< to be told the session that the call names; outlives the handler
  net::BodyReader* body = nullptr;      ///< of a route with a file_field: what request.body has not
  bool admitted = true;                 ///< false only with Access::session_token: the handler looks for that
};

using Handler = base::Task<net::HttpReply> (*)(const Services&, Call);

/// A query or header parameter, for the OpenAPI document.
struct Parameter {
  enum class In { query, header };
  std::string_view name;
  std::string_view doc;
  base::TypeRef type;
  In in = In::query;
};

/// What a route answers when all is well.
struct Success {
  unsigned status = 200;
  std::string_view doc;
  std::string_view content_type{};  ///< empty: no body
  base::TypeRef body = nullptr;     ///< null: not described
  bool list = false;                ///< the body is a list of these
  bool envelope = false;            ///< the body is, or each frame holds, an event in its envelope
};

struct Route {
  std::string_view method;   ///< HEAD is answered wherever GET is
  std::string_view pattern;  ///< "/browsers/{id_or_name}"; a "{name}" stands for one segment
  std::string_view operation_id;
  std::string_view summary;
  Handler handler;
  Access access = Access::token;
  std::span<const Parameter> parameters{};
  base::TypeRef request_body = nullptr;
  /// The field of a multipart/form-data body that holds a file; the handler reads it from Call::body.
  std::string_view file_field{};
  Success success{};
  std::optional<Success> other_success{};  ///< a second way in which all is well
  std::string_view
      older_form_of{};  ///< the pattern that replaces this one; the route is then marked deprecated
};

class RouteTable {
 public:
  /// An earlier route wins over a later one.
  explicit RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {}

  struct Match {
    const Route* route = nullptr;         ///< null: see `allow`
    std::vector<std::string> parameters;  ///< of the path
    std::string allow;                    ///< the methods that the path has; empty: there is no such path
  };
  /// `path` is percent-encoded; one slash at its end is ignored.
  [[nodiscard]] Match match(std::string_view method, std::string_view path) const;
  [[nodiscard]] std::span<const Route> all() const noexcept { return routes_; }

 private:
  std::vector<Route> routes_;
};

/// Names of the parameters in a pattern, in order.
std::vector<std::string_view> path_parameters(std::string_view pattern);

}  // namespace telltale::api
