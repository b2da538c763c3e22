#pragma once

// Bodies and frames of Seraph's dialect: the one description that encoding, decoding and OpenAPI derive from.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/browser_schemas.hpp"
#include "base/describe.hpp"
#include "base/log_hub.hpp"

namespace telltale::api {

/// Null without a value. Boxed, because a bare empty optional would be left out, and these clients read every
/// member.
template <class T>
using Nullable = base::Boxed<std::optional<T>>;

enum class BotStatus { connecting, in_world, reconnecting, disconnected, error };

constexpr auto describe_enum(BotStatus) {
  using base::EnumName;
  return std::array{EnumName{BotStatus::connecting, "connecting"}, EnumName{BotStatus::in_world, "in_world"},
                    EnumName{BotStatus::reconnecting, "reconnecting"},
                    EnumName{BotStatus::disconnected, "disconnected"}, EnumName{BotStatus::error, "error"}};
}

struct BotHealth {
  bool connected = false;
  Nullable<bool> responsive;

  static constexpr auto describe() {
    using base::field;
    return base::table<BotHealth>(
        "How its browser is.",
        field("connected", &BotHealth::connected, "Whether it is connected and being recorded."),
        field("responsive", &BotHealth::responsive,
              "Whether it told its tabs within a second; null: it was not asked, because it is not connected "
              "or "
              "has no page."));
  }
};

struct BotSnapshot {
  std::string id;
  BotStatus status = BotStatus::connecting;
  Nullable<std::string> last_error;
  Nullable<std::int64_t> connected_since;
  Nullable<std::string> current_url;
  Nullable<std::string> title;
  Nullable<ViewportBody> viewport;
  Nullable<std::int64_t> browser_pid;
  BotHealth health;
  std::uint64_t telemetry_seq = 0;

  static constexpr auto describe() {
    using base::field;
    using B = BotSnapshot;
    return base::table<B>(
        "A session at one moment.", field("id", &B::id, "UUID of the session."),
        field("status", &B::status, "Where it is in its life; disconnected and error are for good."),
        field("last_error", &B::last_error, "Why it failed, or lost its browser; null while it is in_world."),
        field("connected_since", &B::connected_since, "Since when it is in_world; null: it is not.")
            .unit("ms since the Unix epoch"),
        field("current_url", &B::current_url,
              "Of the current tab, secrets masked; null: it is not in_world, has no page or did not answer."),
        field("title", &B::title, "Of the current tab; null like current_url."),
        field("viewport", &B::viewport, "As asked for; null when nothing was."),
        field("browser_pid", &B::browser_pid, "Process of the browser; null when it was attached to."),
        field("health", &B::health, "How its browser is."),
        field("telemetry_seq", &B::telemetry_seq, "seq of the newest event of its log; 0: none yet."));
  }
};

/// Data of `event: session`.
struct SessionFrame {
  BotSnapshot snapshot;

  static constexpr auto describe() {
    return base::table<SessionFrame>(
        "What `event: session` carries.",
        base::field("snapshot", &SessionFrame::snapshot, "As `GET /api/bots/{id}` answers it."));
  }
};

/// Data of `event: log`.
struct LogFrame {
  std::int64_t timestamp_ms = 0;
  base::LogLevel level = base::LogLevel::info;
  std::string scope;
  Nullable<std::string> session_id;
  Nullable<base::LogTransport> transport;
  Nullable<base::LogDirection> direction;
  std::string message;

  static constexpr auto describe() {
    using base::field;
    using L = LogFrame;
    return base::table<L>(
        "What `event: log` carries.",
        field("timestamp_ms", &L::timestamp_ms, "When it was said.").unit("ms since the Unix epoch"),
        field("level", &L::level, "state: a session changed its state."),
        field("scope", &L::scope,
              "Who says it: session, cdp, http, control (results of calls), seraph (this stream), telltale."),
        field("session_id", &L::session_id, "The session that it is about, or null."),
        field("transport", &L::transport, "Of a message on the wire, or null."),
        field("direction", &L::direction, "Of a message on the wire, seen from telltale, or null."),
        field("message", &L::message, "For a person."));
  }
};

struct Bots {
  std::vector<BotSnapshot> bots;

  static constexpr auto describe() {
    return base::table<Bots>("All sessions.",
                             base::field("bots", &Bots::bots, "Live and lately ended ones, oldest first."));
  }
};

struct InvokeRequest {
  std::string cmd;
  std::optional<base::RawJson> args;

  static constexpr auto describe() {
    return base::table<InvokeRequest>(
        "A command.", base::field("cmd", &InvokeRequest::cmd, "One of `GET /api/commands`."),
        base::field("args", &InvokeRequest::args, "An object; `id` names the session. null: none."));
  }
};

struct InvokeAnswer {
  bool ok = true;
  base::RawJson result;

  static constexpr auto describe() {
    return base::table<InvokeAnswer>(
        "The command was carried out.", base::field("ok", &InvokeAnswer::ok, "Always true."),
        base::field("result", &InvokeAnswer::result, "What the command yields."));
  }
};

/// Result of a command that is an action.
struct InvokedAction {
  std::string message;
  base::RawJson data;

  static constexpr auto describe() {
    return base::table<InvokedAction>("An action was done.",
                                      base::field("message", &InvokedAction::message, "What was done."),
                                      base::field("data", &InvokedAction::data, "What it yielded, or null."));
  }
};

struct Commands {
  std::vector<std::string> commands;

  static constexpr auto describe() {
    return base::table<Commands>("What /invoke knows.",
                                 base::field("commands", &Commands::commands, "In alphabetical order."));
  }
};

}  // namespace telltale::api
