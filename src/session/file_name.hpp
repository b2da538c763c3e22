#pragma once

// The names that files of clients have on this machine.

#include <optional>
#include <string>
#include <string_view>

namespace telltale::session {

/// What is left of a client's name for a file: its last part (after / or \), with `_` for control characters,
/// for those that turn the direction of text and for what is not UTF-8, and at most kFileNameBytes long, its
/// extension kept. Absent when nothing is left: "", ".", "..".
std::optional<std::string> safe_file_name(std::string_view given);

/// Whether it has the form of a session's id: so are the folders of sessions named.
bool is_session_id(std::string_view name) noexcept;

}  // namespace telltale::session
