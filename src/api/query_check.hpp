#pragma once

// The parameters of a query: those that the route describes, and no other; and what their values must be. A misspelt
// one would otherwise be left out without a word, and its caller take the answer for what was asked.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/dialect.hpp"
#include "api/routes.hpp"
#include "base/json_decode.hpp"

namespace telltale::api {

/// The names in the query that the route does not know, each once, in their order. The demo pages take any.
std::vector<std::string> unknown_parameters(const net::HttpRequest& request, const Route& route);

/// 400, also where other mistakes are 422, naming each of them. `unknown` is not empty.
net::HttpResponse unknown_parameters_response(const std::vector<std::string>& unknown, const Route& route,
                                              Dialect dialect);

/// The integer from `least` to `largest` that the parameter is; `otherwise` without it, and where it is none, which is a
/// violation then.
std::int64_t integer_in(const net::HttpRequest& request, std::string_view name, std::int64_t otherwise,
                        std::int64_t least, std::int64_t largest, std::vector<base::Violation>& violations);

}  // namespace telltale::api
