#include "cli/event_essence.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace telltale::cli {
namespace {

using namespace telemetry;

std::string_view url_of(const EventContext& context) {
  return context.url ? std::string_view(*context.url) : std::string_view("?");
}

std::string_view or_empty(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view{};
}

/// `prefix` and the text, or nothing when there is none.
std::string with(std::string_view prefix, std::string_view text, std::string_view suffix = "") {
  return text.empty() ? std::string() : fmt::format("{}{}{}", prefix, text, suffix);
}

std::string arguments(const std::optional<std::string>& text,
                      const std::optional<std::vector<std::string>>& args) {
  // A text that is not the first argument is all of them, formatted.
  const bool listed = args && !args->empty() && args->front() == or_empty(text);
  return listed ? fmt::format("{}", fmt::join(*args, " ")) : std::string(or_empty(text));
}

/// " (app.js:12)": where the innermost call is, in the numbering of editors; CDP counts from zero.
std::string place(std::string_view url, std::int64_t line) {
  url = url.substr(0, url.find_first_of("?#"));
  const auto name = url.substr(url.rfind('/') + 1);
  return fmt::format(" ({}:{})", name.empty() ? url : name, line + 1);
}

std::string place(const std::optional<CallStack>& stack) {
  if (!stack || stack->call_frames.empty() || stack->call_frames.front().url.empty()) return {};
  return place(stack->call_frames.front().url, stack->call_frames.front().line_number);
}

std::string seconds(std::int64_t milliseconds) {
  return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1e3);
}

/// " 1.2 kB": three digits at most before the unit, as people read it; nothing when it is not known.
std::string size(std::optional<std::int64_t> bytes) {
  if (!bytes) return {};
  if (*bytes < 1000) return fmt::format(" {} B", *bytes);
  double number = static_cast<double>(*bytes) / 1e3;
  std::string_view unit = "kB";
  for (const std::string_view larger : {"MB", "GB"}) {
    if (number < 999.5) break;
    number /= 1e3;
    unit = larger;
  }
  return fmt::format(" {:.{}f} {}", number, number < 9.95 ? 1 : 0, unit);
}

/// " 34 ms", from a second on " 1.2 s"; nothing when it is not known.
std::string duration(std::optional<double> ms) {
  if (!ms) return {};
  return *ms < 999.5 ? fmt::format(" {:.0f} ms", *ms) : fmt::format(" {:.1f} s", *ms / 1e3);
}

/// One overload per event type and none for all the others: a new type does not compile without its phrase.
struct Describe {
  Essence operator()(const ConsoleLog& e) const {
    const std::string_view level = e.level ? std::string_view(*e.level) : std::string_view("log");
    std::string where = place(e.stack_trace);
    if (where.empty() && e.source_url && e.line) where = place(*e.source_url, *e.line);
    return {fmt::format("{} {}{}", level, arguments(e.text, e.args), where),
            level == "warning" ? Severity::warning : Severity::normal};
  }
  Essence operator()(const ConsoleError& e) const {
    std::string where = place(e.stack_trace);
    if (where.empty() && e.source_url && e.line) where = place(*e.source_url, *e.line);
    return {arguments(e.text, e.args) + where, Severity::error};
  }

  Essence operator()(const NetworkRequest& e) const {
    return {fmt::format("{} {}{}{}", e.method, url_of(e.context), with(" (", e.initiator_type, ")"),
                        with(" redirected from ", or_empty(e.redirect_url)))};
  }
  Essence operator()(const NetworkResponse& e) const {
    const Severity severity = e.status >= 500   ? Severity::error
                              : e.status >= 400 ? Severity::warning
                                                : Severity::normal;
    const auto bytes = e.decoded_size ? e.decoded_size : e.encoded_size;
    return {fmt::format("{} {} {}{}{}{}{}", e.status, e.method, url_of(e.context), with(" ", or_empty(e.mime_type)),
                        size(bytes), e.timing ? duration(e.timing->total_ms) : std::string(),
                        e.body_read == false ? " (body not read)" : ""),
            severity};
  }
  Essence operator()(const NetworkLoadingFailed& e) const {
    return {fmt::format("{} {}{}{}", e.error_text, url_of(e.context), e.canceled ? " (canceled)" : "",
                        with(" ", or_empty(e.blocked_reason))),
            e.canceled ? Severity::normal : Severity::error};
  }
  Essence operator()(const NetworkIdle& e) const { return {std::string(url_of(e.context))}; }
  Essence operator()(const NetworkWebsocketOpened& e) const { return {std::string(url_of(e.context))}; }
  Essence operator()(const NetworkWebsocketFrame& e) const {
    const std::string_view text = e.payload ? std::string_view(e.payload->reveal()) : std::string_view{};
    return {fmt::format("{} {} bytes {}{}", base::enum_name(e.direction), e.size, url_of(e.context),
                        with(" '", text, "'"))};
  }
  Essence operator()(const NetworkWebsocketClosed& e) const {
    return {fmt::format("{}{}", url_of(e.context), with(" ", or_empty(e.error_text))),
            e.error_text ? Severity::warning : Severity::normal};
  }
  Essence operator()(const ProxyError& e) const {
    return {fmt::format("{} {} {}", e.raw_code ? *e.raw_code : e.code, e.status, url_of(e.context)),
            Severity::error};
  }

  Essence operator()(const PageNavigation& e) const {
    return {e.url + (e.parent_frame_id ? " (iframe)" : "")};
  }
  Essence operator()(const PageDomContentLoaded& e) const { return {std::string(url_of(e.context))}; }
  Essence operator()(const PageLoad& e) const { return {std::string(url_of(e.context))}; }
  Essence operator()(const PageTabOpened& e) const { return {e.url + with(" '", or_empty(e.title), "'")}; }
  Essence operator()(const PageLayoutShift& e) const {
    if (!e.layout_shift_details) return {};
    const auto& shift = *e.layout_shift_details;
    return {fmt::format("{:.4f}{}", shift.value, shift.had_recent_input ? " (after input)" : "")};
  }
  Essence operator()(const PageLcp& e) const {
    if (!e.lcp_details) return {};
    const auto& lcp = *e.lcp_details;
    // An image of another origin that does not allow timing has no render time.
    const auto painted = lcp.render_time ? lcp.render_time : lcp.load_time;
    const auto at = painted ? painted : e.time;
    return {fmt::format("{:.0f} px²{}{}{}", lcp.size, at ? fmt::format(" at {:.0f} ms", *at) : "",
                        with(" #", or_empty(lcp.element_id)), with(" ", or_empty(lcp.url)))};
  }
  Essence operator()(const PageLayoutSettled& e) const { return {std::string(url_of(e.context))}; }
  Essence operator()(const PageNavigationSettled& e) const { return {std::string(url_of(e.context))}; }

  Essence operator()(const PageRouteChanged& e) const { return {std::string(url_of(e.context))}; }
  Essence operator()(const PageDialog& e) const {
    return {fmt::format("{} '{}'", e.dialog_type, e.message.reveal()), Severity::warning};
  }
  Essence operator()(const PageDialogClosed& e) const {
    return {fmt::format("{} {}{} after {}", e.dialog_type, e.accepted ? "accepted" : "dismissed",
                        e.answered_by_telltale ? " by telltale" : "", seconds(e.open_ms))};
  }
  Essence operator()(const PageDownloadStarted& e) const {
    return {e.download_url + with(" '", or_empty(e.suggested_filename), "'")};
  }
  Essence operator()(const PageDownloadFinished& e) const {
    return {fmt::format("{} {} after {} bytes", e.download_url, e.state, e.received_bytes),
            e.state == "completed" ? Severity::normal : Severity::warning};
  }
  Essence operator()(const PageVitals& e) const {
    const auto part = [](std::string_view name, const std::optional<double>& ms) {
      return ms ? fmt::format(" {} {:.0f} ms", name, *ms) : std::string();
    };
    return {fmt::format("CLS {:.3f}{}{}{}{} of {}", e.cls, part("LCP", e.lcp_ms), part("INP", e.inp_ms),
                        part("FCP", e.fcp_ms), part("TTFB", e.ttfb_ms), url_of(e.context))};
  }
  Essence operator()(const PageCrashed& e) const { return {e.url, Severity::error}; }

  // The texts are secret to logs; the person who watches has asked for them.
  Essence operator()(const InteractionClick& e) const {
    return {fmt::format("{} at {:.0f},{:.0f}", element(e.tag, e.selector, e.text.reveal()), e.x, e.y)};
  }
  Essence operator()(const InteractionKey& e) const {
    return {fmt::format("{} in {}", e.key.reveal(), element(e.tag, e.selector, ""))};
  }
  Essence operator()(const InteractionScrollSettled& e) const {
    return {fmt::format("{} from {:.0f},{:.0f} to {:.0f},{:.0f}", e.target_selector, e.from_x, e.from_y,
                        e.to_x, e.to_y)};
  }

  Essence operator()(const ApiCall& e) const {
    return {fmt::format("{} {} in {:.1f} ms", e.operation_id, e.status, e.duration_ms),
            e.status >= 400 ? Severity::warning : Severity::normal};
  }

  Essence operator()(const CdpConnect&) const { return {"a client has connected"}; }
  Essence operator()(const CdpDisconnect& e) const {
    return {fmt::format("{} after {}, {} messages", base::enum_name(e.reason), seconds(e.duration_ms),
                        e.message_count)};
  }
  Essence operator()(const LiveViewConnect& e) const { return {"viewer " + e.session_id}; }
  Essence operator()(const LiveViewDisconnect& e) const {
    return {fmt::format("viewer {} after {}", e.session_id, seconds(e.duration_ms))};
  }

  Essence operator()(const ServiceCrashed& e) const {
    return {fmt::format("{} ({}){}", e.service_name, base::enum_name(e.phase),
                        e.pid ? fmt::format(" pid {}", *e.pid) : ""),
            Severity::error};
  }
  Essence operator()(const SystemOomKill& e) const {
    return {fmt::format("{} (pid {}) was using {} MiB", e.process_name, e.pid, e.rss_kb / 1024),
            Severity::error};
  }

  Essence operator()(const MonitorScreenshot& e) const {
    // Base64: four characters for three bytes.
    return {e.png ? fmt::format("PNG of {} KiB", e.png->reveal().size() / 4 * 3 / 1024) : std::string()};
  }
  Essence operator()(const CaptchaSolveResult& e) const {
    return {fmt::format("{} {} after {}{}{}", base::enum_name(e.captcha_type), base::enum_name(e.status),
                        seconds(e.duration_ms), with(" on ", or_empty(e.website_host)),
                        with(": ", or_empty(e.error_code))),
            e.status == CaptchaStatus::success ? Severity::normal : Severity::warning};
  }

  Essence operator()(const MonitorDisconnected& e) const {
    return {std::string(or_empty(e.reason)) + ": events are lost until it is connected again",
            Severity::error};
  }
  Essence operator()(const MonitorReconnected& e) const {
    return {e.reconnect_duration_ms ? fmt::format("after {} ms", *e.reconnect_duration_ms) : std::string(),
            Severity::warning};
  }
  Essence operator()(const MonitorReconnectFailed& e) const {
    return {std::string(or_empty(e.reason)), Severity::error};
  }
  Essence operator()(const MonitorInitFailed& e) const {
    return {std::string(or_empty(e.step)), Severity::error};
  }

 private:
  /// "BUTTON #save 'Save'"
  static std::string element(std::string_view tag, std::string_view selector, std::string_view text) {
    return fmt::format("{}{}{}", tag, with(" ", selector), with(" '", text, "'"));
  }
};

}  // namespace

Essence essence_of(const EventData& data) { return std::visit(Describe{}, data); }

}  // namespace telltale::cli
