#pragma once

// Prints a session's events until something ends it.

#include <chrono>
#include <optional>
#include <string>

#include "cli/client.hpp"
#include "cli/event_printer.hpp"
#include "cli/interrupt.hpp"

namespace telltale::cli {

/// What ends the printing besides ^C and the end of the session.
struct StreamLimits {
  std::optional<std::chrono::milliseconds> duration;
  std::string until;  ///< type of the event after which to stop; empty: none
};

enum class StreamEnd {
  session_over,   ///< The server ended the stream: there will be no more events.
  interrupted,    ///< ^C or SIGTERM.
  duration_over,  ///< StreamLimits::duration has passed.
  seen,           ///< StreamLimits::until was printed.
  output_closed,  ///< Nobody reads what is printed any more.
};

/// Reconnects as EventFollower does, and says so on stderr. `printer` and `interrupt` outlive the call.
/// Errors: of EventFollower::run.
base::Task<base::Result<StreamEnd>> print_stream(Client client, StreamRequest request, StreamLimits limits,
                                                 EventPrinter& printer, Interrupt& interrupt);

}  // namespace telltale::cli
