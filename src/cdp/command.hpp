#pragma once

// A CDP command ready to be sent: the typed parameter structs of protocol/ become one of these.

#include <string>

#include "base/json_encode.hpp"
#include "base/strong.hpp"

namespace telltale::cdp {

struct Command {
  base::CdpSessionId session;  ///< empty for the browser itself
  std::string_view method;     ///< of a protocol struct, so it lives for ever
  std::string params;          ///< JSON object
};

/// `params` is a described struct of protocol/ with a kMethod.
template <class Params>
Command command(base::CdpSessionId session, const Params& params) {
  return {std::move(session), Params::kMethod, base::to_json(params, base::Secrets::reveal)};
}

}  // namespace telltale::cdp
