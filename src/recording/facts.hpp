#pragma once

// What a recording says about its session.

#include <cstdint>
#include <optional>
#include <string>

namespace telltale::recording {

/// What is known when the recording begins; name, tags and telemetry change with the session
/// (Writer::update).
struct SessionFacts {
  std::string id;                ///< of the session
  std::string name;              ///< empty: none
  std::string tags = "{}";       ///< JSON: object of strings
  std::int64_t created_us = 0;   ///< Unix time in microseconds
  std::string telemetry = "{}";  ///< JSON: what is captured, as the API shows it
  std::string browser_version;   ///< as the browser says it; empty while it is not known
  bool operator==(const SessionFacts&) const = default;
};

/// How a session ended.
struct Ending {
  std::int64_t ended_us = 0;  ///< Unix time in microseconds
  std::string reason;
  bool operator==(const Ending&) const = default;
};

struct Facts {
  SessionFacts session;
  std::optional<Ending> ending;  ///< absent: the session lives, or its writer was killed
  bool operator==(const Facts&) const = default;
};

}  // namespace telltale::recording
