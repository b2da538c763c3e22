#include "cli/event_printer.hpp"

#include <fmt/format.h>

#include "cli/event_line.hpp"
#include "cli/terminal.hpp"

namespace telltale::cli {

EventPrinter::EventPrinter(std::FILE* out, OutputFormat format)
    : out_(out), format_(format), colours_(wants_colours(out)), terminal_(columns_of(out) > 0) {}

void EventPrinter::print_event(std::string_view envelope_json) {
  if (format_ == OutputFormat::json) {
    return print_line(terminal_ ? printable_json(envelope_json) : std::string(envelope_json));
  }
  // The window may have changed since the last line.
  const auto text = event_text(envelope_json, {.colours = colours_, .columns = columns_of(out_)});
  print_line(text ? *text : text.error().message);
}

void EventPrinter::print_gap(base::Seq first, base::Seq last) {
  print_note(fmt::format("{} events are missing (seq {}..{})", last.value - first.value + 1, first.value,
                         last.value));
}

void EventPrinter::print_note(std::string_view note) {
  if (format_ == OutputFormat::json) {
    std::fputs(fmt::format("telltale: {}\n", note).c_str(), stderr);
  } else {
    print_line(colours_ ? fmt::format("\x1b[33m-- {}\x1b[0m", note) : fmt::format("-- {}", note));
  }
}

void EventPrinter::print_line(std::string line) {
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), out_);
  std::fflush(out_);  // a pipe reads along
}

}  // namespace telltale::cli
