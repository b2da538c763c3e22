#pragma once

// --categories and --types: the filters of the commands that print a stream.

#include <CLI/App.hpp>

#include "cli/client.hpp"

namespace telltale::cli {

/// `request` outlives `command`.
void declare_stream_filters(CLI::App& command, StreamRequest& request);
/// Throws CLI::ValidationError for names that there are not.
void check_stream_filters(const StreamRequest& request);
/// Whether events of this type pass: the server lets through what one of the filters names, or everything
/// without filters. Precondition: check_stream_filters() passed and the type exists.
bool lets_through(const StreamRequest& request, std::string_view type);

}  // namespace telltale::cli
