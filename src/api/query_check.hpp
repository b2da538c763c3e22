#pragma once

// The parameters of a query: those that the route describes, and no other. A misspelt one would otherwise be left out
// without a word, and its caller take the answer for what was asked.

#include <string>
#include <vector>

#include "api/dialect.hpp"
#include "api/routes.hpp"

namespace telltale::api {

/// The names in the query that the route does not know, each once, in their order. The demo pages take any.
std::vector<std::string> unknown_parameters(const net::HttpRequest& request, const Route& route);

/// 400, also where other mistakes are 422, naming each of them. `unknown` is not empty.
net::HttpResponse unknown_parameters_response(const std::vector<std::string>& unknown, const Route& route,
                                              Dialect dialect);

}  // namespace telltale::api
