#pragma once

// Prints the events of a stream and what is to be said about the stream itself.

#include <cstdio>
#include <string>
#include <string_view>

#include "base/strong.hpp"

namespace telltale::cli {

enum class OutputFormat {
  text,  ///< one line for a person
  json,  ///< one JSON document per line (NDJSON), exactly as the server sent it
};

/// Writes to `out`; what is no event goes to `out` too as text, to stderr as JSON, so that `out` stays
/// parseable.
class EventPrinter {
 public:
  EventPrinter(std::FILE* out, OutputFormat format);

  void print_event(std::string_view envelope_json);
  void print_gap(base::Seq first, base::Seq last);
  void print_note(std::string_view note);

  /// Whether `out` cannot take any more: its reader has left, or the disk is full.
  [[nodiscard]] bool failed() const noexcept { return std::ferror(out_) != 0; }

 private:
  void print_line(std::string line);

  std::FILE* out_;
  OutputFormat format_;
  bool colours_;
  bool terminal_;
};

}  // namespace telltale::cli
