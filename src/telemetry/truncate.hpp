#pragma once

// Making JSON that is too large smaller without changing its shape.

#include <cstddef>
#include <string>

namespace telltale::telemetry {

/// Cuts the longest string values of the JSON text that starts at `begin` of `out`, all to the same length,
/// until it has at most `max_bytes`. Each cut one ends with `...[truncated]` and stays valid: no escape and
/// no UTF-8 sequence is torn. Member names, numbers and structure stay. Returns false, with `out` unchanged,
/// when the text would stay too large even with every string cut to a few dozen bytes.
bool truncate_strings(std::string& out, std::size_t begin, std::size_t max_bytes);

}  // namespace telltale::telemetry
