#pragma once

// How much is taken out of events; redact.hpp does it.

#include <array>

#include "base/describe.hpp"

namespace telltale::telemetry {

enum class Redaction {
  none,      ///< Nothing: events carry what the browser saw, credentials included. What Kernel does.
  standard,  ///< Secret headers, secret values in URLs and bodies, and tokens in any text are masked. Named
             ///< `default` on the wire.
  strict,    ///< The same, secret values are masked in any text, and bodies, post data and WebSocket payloads
             ///< are left out.
};

constexpr std::array<base::EnumName<Redaction>, 3> describe_enum(Redaction) {
  return {{{Redaction::none, "none"}, {Redaction::standard, "default"}, {Redaction::strict, "strict"}}};
}

}  // namespace telltale::telemetry
