#pragma once

// What our functions in a page answer, and how that goes wrong.

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "cdp/protocol/evaluate.hpp"

namespace telltale::page {

using Json = nlohmann::json;

/// Whether Chromium said that the document was replaced, or its frame removed, in between.
bool is_gone(const base::Error& error) noexcept;
/// The result of Runtime.evaluate or callFunctionOn. Errors: invalid_argument with the message of what was
/// thrown, and those of the reply.
base::Result<cdp::runtime::Evaluated> evaluated(const base::Result<std::string>& reply);
/// A text as a JSON argument.
std::string json_text(std::string_view text);
/// A truth value as a JSON argument. Not an overload: a literal would be one, too.
inline std::string json_truth(bool value) { return value ? "true" : "false"; }
/// Of functions that take none.
inline const std::vector<std::string> kNoArguments;
/// `5000 ms`.
std::string text_of(std::chrono::milliseconds duration);
/// What a function answered; null when it is no JSON.
Json parsed(const base::RawJson& answer);

}  // namespace telltale::page
