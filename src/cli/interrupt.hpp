#pragma once

// ^C and SIGTERM as something to await.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>

#include "base/task.hpp"

namespace telltale::cli {

/// Catches SIGINT and SIGTERM from its construction on. After the first one, and after its end, they have
/// their default action again: a second ^C ends the process at once.
class Interrupt {
 public:
  explicit Interrupt(base::asio::any_io_executor executor);
  /// Completes at the signal; false when it was cancelled before. No deadline: a person decides.
  base::Task<bool> wait();

 private:
  base::asio::signal_set signals_;
};

}  // namespace telltale::cli
