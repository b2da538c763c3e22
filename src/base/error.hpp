#pragma once

// Errors as values. Expected outcomes travel as Result<T>; exceptions are kept for operator mistakes at start-up.

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace telltale::base {

/// Why an operation did not succeed. Each enumerator says who acts on it.
enum class Errc {
  timeout,           ///< A deadline passed. The caller may try again; the operation may still take effect.
  stopped,           ///< We stopped it ourselves (shutdown, session end). Nobody acts.
  closed,            ///< The other end of a connection went away. The owner of the connection reconnects or ends.
  refused,           ///< Nobody listens there, or the peer said no. The operator checks the address.
  forbidden,         ///< We say no: the caller may not have it. The message says what it may.
  not_found,         ///< The named thing does not exist. The client corrects the name.
  invalid_argument,  ///< The input is wrong. The client corrects it; the message names the field.
  conflict,          ///< The name is taken or the state forbids it. The client chooses another.
  limit,             ///< A bound of a limits.hpp was reached. The client sends less or waits.
  protocol,          ///< The peer broke the protocol or answered with an error. Look at the peer.
  io,                ///< The operating system refused (file, socket, process). The operator acts.
  unavailable,       ///< A part that is needed is down (browser gone, sandbox missing). The operator acts.
};

std::string_view to_string(Errc code) noexcept;

/// An error with a message for a human: what is wrong and, where known, what to do about it.
struct Error {
  Errc code;
  std::string message;

  /// The same error with "where: " put in front. Add context once, at the place that knows it.
  [[nodiscard]] Error in(std::string_view where) const {
    return {code, std::string(where) + ": " + message};
  }
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

}  // namespace telltale::base
