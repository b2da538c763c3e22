#pragma once

// What the tests of one process have received, for checks that follow all tests: see
// tests/compat/kernel/recorded.test.mjs.

#include <string_view>

namespace telltale::testing {

/// Appends a line {"test": running test, "envelope": ...} to a file of this process in the folder that
/// TELLTALE_RECORDED_EVENTS names; does nothing without the variable. `envelope`: one line of JSON. Any
/// thread.
void record_event(std::string_view envelope);

/// Says there that this machine cannot run the test that is running, and why.
void record_skip(std::string_view reason);

}  // namespace telltale::testing
