#pragma once

// What a browser says unasked: typed, one alternative per method that telltale uses.

#include <variant>

#include "cdp/protocol/download.hpp"
#include "cdp/protocol/log.hpp"
#include "cdp/protocol/network.hpp"
#include "cdp/protocol/page.hpp"
#include "cdp/protocol/runtime.hpp"
#include "cdp/protocol/target.hpp"
#include "cdp/protocol/websocket.hpp"

namespace telltale::cdp {

/// The catalog of decoded methods: a new one is its struct and one line here.
using Event = std::variant<runtime::ConsoleApiCalled, runtime::ExceptionThrown, runtime::BindingCalled,
                           runtime::ExecutionContextCreated, runtime::ExecutionContextDestroyed,
                           runtime::ExecutionContextsCleared,  //
                           network::RequestWillBeSent, network::ResponseReceived, network::LoadingFinished,
                           network::LoadingFailed, network::DataReceived, network::RequestWillBeSentExtraInfo,
                           network::ResponseReceivedExtraInfo, network::WebSocketCreated,
                           network::WebSocketHandshakeResponseReceived, network::WebSocketFrameSent,
                           network::WebSocketFrameReceived, network::WebSocketFrameError,
                           network::WebSocketClosed,  //
                           page::FrameNavigated, page::FrameDetached, page::DomContentEventFired,
                           page::LoadEventFired, page::JavascriptDialogOpening, page::JavascriptDialogClosed,
                           page::TimelineEventAdded, page::NavigatedWithinDocument, page::TargetCrashed,
                           page::LifecycleEvent, page::FrameStartedNavigating, page::FrameRequestedNavigation,
                           page::DownloadWillBegin, page::DownloadProgress, page::FileChooserOpened,
                           log::EntryAdded,  //
                           target::AttachedToTarget, target::DetachedFromTarget, target::TargetDestroyed>;

struct Notification {
  base::CdpSessionId session;  ///< empty for the browser itself
  Event event;
};

}  // namespace telltale::cdp
