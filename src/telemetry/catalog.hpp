#pragma once

// The list of all event types. A new one is its struct in events/ and one line here.

#include <array>
#include <span>
#include <string_view>
#include <variant>

#include "telemetry/events/captcha.hpp"
#include "telemetry/events/connection.hpp"
#include "telemetry/events/console.hpp"
#include "telemetry/events/control.hpp"
#include "telemetry/events/interaction.hpp"
#include "telemetry/events/monitor.hpp"
#include "telemetry/events/network.hpp"
#include "telemetry/events/network_additions.hpp"
#include "telemetry/events/page.hpp"
#include "telemetry/events/page_additions.hpp"
#include "telemetry/events/screenshot.hpp"
#include "telemetry/events/system.hpp"

namespace telltale::telemetry {

/// The data of one event. index() is the place of its type in all_event_types().
// clang-format off
using EventData = std::variant<
    ConsoleLog,
    ConsoleError,
    NetworkRequest,
    NetworkResponse,
    NetworkLoadingFailed,
    NetworkIdle,
    NetworkWebsocketOpened,
    NetworkWebsocketFrame,
    NetworkWebsocketClosed,
    ProxyError,
    PageNavigation,
    PageDomContentLoaded,
    PageLoad,
    PageTabOpened,
    PageLayoutShift,
    PageLcp,
    PageLayoutSettled,
    PageNavigationSettled,
    PageRouteChanged,
    PageDialog,
    PageDialogClosed,
    PageDownloadStarted,
    PageDownloadFinished,
    PageVitals,
    PageCrashed,
    InteractionClick,
    InteractionKey,
    InteractionScrollSettled,
    ApiCall,
    CdpConnect,
    CdpDisconnect,
    LiveViewConnect,
    LiveViewDisconnect,
    ServiceCrashed,
    SystemOomKill,
    MonitorScreenshot,
    CaptchaSolveResult,
    MonitorDisconnected,
    MonitorReconnected,
    MonitorReconnectFailed,
    MonitorInitFailed>;
// clang-format on

/// Every event type, in the order of EventData.
std::span<const EventType> all_event_types() noexcept;

const EventType& event_type(const EventData& data) noexcept;

/// Null when there is no type of that name.
const EventType* find_event_type(std::string_view name) noexcept;

}  // namespace telltale::telemetry
