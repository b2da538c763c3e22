#pragma once

// -o text|json, the same for every command.

#include <CLI/App.hpp>
#include <map>
#include <string>

#include "cli/event_printer.hpp"

namespace telltale::cli {

inline void declare_output(CLI::App& command, OutputFormat& format) {
  static const std::map<std::string, OutputFormat> kFormats = {{"text", OutputFormat::text},
                                                               {"json", OutputFormat::json}};
  command.add_option("-o,--output", format, "How to print: text or json")
      ->type_name("FORMAT")
      ->transform(CLI::CheckedTransformer(kFormats).description(""));
}

}  // namespace telltale::cli
