#include "page/script_answer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_encode.hpp"
#include "cdp/decode.hpp"
#include "page/link.hpp"

namespace telltale::page {
namespace {

base::Error thrown(const cdp::runtime::ExceptionDetails& details) {
  std::string text = details.text;
  if (details.exception && details.exception->description) text = *details.exception->description;
  constexpr std::string_view kPrefix = "Error: ";
  if (text.starts_with(kPrefix)) text.erase(0, kPrefix.size());
  text.resize(std::min(text.find("\n    at "), text.size()));
  return {base::Errc::invalid_argument, std::move(text)};
}

}  // namespace

bool is_gone(const base::Error& error) noexcept {
  constexpr std::array<std::string_view, 7> kTexts{"Cannot find context",        "Execution context was destroyed",
                                                   "Inspected target navigated", "No frame",
                                                   "Cannot find execution",      "Frame with the given",
                                                   kFrameGone};
  if (error.code != base::Errc::protocol) return false;
  return std::ranges::any_of(
      kTexts, [&](std::string_view text) { return error.message.find(text) != std::string::npos; });
}

base::Result<cdp::runtime::Evaluated> evaluated(const base::Result<std::string>& reply) {
  if (!reply) return std::unexpected(reply.error());
  auto decoded = cdp::decode_result<cdp::runtime::EvaluateResult>(*reply);
  if (!decoded) return std::unexpected(decoded.error());
  if (decoded->exception_details) return std::unexpected(thrown(*decoded->exception_details));
  return std::move(decoded->result);
}

std::string json_text(std::string_view text) {
  std::string json;
  base::append_json_string(json, text);
  return json;
}

std::string text_of(std::chrono::milliseconds duration) { return std::to_string(duration.count()) + " ms"; }

Json parsed(const base::RawJson& answer) { return Json::parse(answer.text, nullptr, /*allow_exceptions=*/false); }

}  // namespace telltale::page
