#pragma once

// The bounds of src/collector: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace telltale::collector::limits {

using namespace std::chrono_literals;

/// How long a new target is held until Network and Runtime have answered (race R1); some answer only after
/// the run.
inline constexpr auto kAttachHold = 250ms;
/// Time an open dialog of an attached browser is left to its owner before telltale answers it.
inline constexpr auto kAttachedDialogGrace = 5s;
/// Requests in flight that are tracked per browser. At the limit the oldest is ended with `not_tracked`.
inline constexpr std::size_t kTrackedRequests = 50'000;
/// Age at which a request without an end is ended: with its response, if there is one, else with `timed_out`.
inline constexpr auto kRequestAge = 5min;
/// Time after the last sign of a response body that has come as a whole, at which it counts as not read by the page.
/// Chromium never reports the end of such a body. A page may read it later than that; a starved machine takes its time
/// for the end of a body that is read. The response is published with `body_read` false.
inline constexpr auto kUnreadGrace = 5s;
/// The same for a body of which less has come than was announced, when its document is left: Chromium takes in only
/// some of a large body that the page leaves unread.
inline constexpr auto kUnreadSilence = 2s;
/// Violations of policies kept per session, to name the directive that has blocked a request: Chromium logs them
/// right before. At the limit the oldest is dropped.
inline constexpr std::size_t kPolicyViolations = 16;
/// Time that a navigation which was blocked before it became a request waits for the log to say by what (5 to 20 ms
/// were seen), and how many do. Then, or at the limit, it is published without that.
inline constexpr auto kPolicyWait = 300ms;
inline constexpr std::size_t kBlockedNavigations = 256;
/// Time that a request whose worker or whose preflight's request has gone waits for Chromium's own end.
inline constexpr auto kOrphanGrace = 300ms;
/// Time that a worker's script waits for its response. Chromium goes on loading it for a worker that was terminated,
/// and says nothing; beyond it the request ends with `timed_out`, and a later response is not reported.
inline constexpr auto kWorkerScriptWait = 10s;
/// First and longest time between two questions whether a silent response is all there. The time doubles.
inline constexpr std::chrono::milliseconds kProbeAfter = 1s;
inline constexpr std::chrono::milliseconds kProbeAtMost = 16s;
/// Time that a response waits for headers of the wire that Chromium has announced. Beyond it they are left
/// out.
inline constexpr auto kExtraInfoWait = 200ms;
/// ExtraInfo events kept for one request (Chromium follows 20 redirects), and of how many requests that are
/// not known yet: some come before their request. At the limits the oldest is dropped: wire headers are
/// missing.
inline constexpr std::size_t kExtraInfosPerRequest = 32;
inline constexpr std::size_t kEarlyExtraInfos = 1'000;
/// Bytes of a response that is fetched to cut its body. The whole body crosses the connection, so larger ones
/// are left out.
inline constexpr std::int64_t kBodyFetchBytes = 1 << 20;
/// Bytes of a body in an event, the mark of the cut included: of structured types and of other text (the
/// public contract).
inline constexpr std::size_t kStructuredBodyBytes = 8192;
inline constexpr std::size_t kTextBodyBytes = 4096;
/// Bodies being fetched at a time, and waiting for that. Beyond it a response is published without its body.
inline constexpr std::size_t kBodiesInFlight = 16;
inline constexpr std::size_t kBodiesWaiting = 256;
/// Time that a response waits for its body; a hung page never answers. Then it is published without.
inline constexpr auto kBodyTimeout = 5s;
/// WebSockets tracked per browser. At the limit further ones are not reported.
inline constexpr std::size_t kWebSockets = 10'000;
/// Bytes of a WebSocket text message in an event, the mark of the cut included.
inline constexpr std::size_t kWebSocketPayloadBytes = 4096;
/// Least time between two proxy_error events of one session, code and resource type; those in between are
/// dropped.
inline constexpr auto kProxyErrorSpacing = 1s;
/// Targets tracked per browser. At the limit further targets are resumed but not observed, and counted.
inline constexpr std::size_t kTargets = 2'000;
/// Execution contexts and frames tracked per CDP session. At the limit new ones are not attributed to a
/// frame.
inline constexpr std::size_t kContextsPerSession = 20'000;
/// Time after the load event at which a page counts as settled even though it goes on shifting.
inline constexpr auto kLayoutSettleBound = 10s;
/// Time after the attach in which a message with an older time stamp counts as replayed. Later ones are new,
/// whatever the wall clock says: it may be set back.
inline constexpr auto kReplayWindow = 10s;
/// Errors whose causes are being asked for at a time, and of one event. Beyond it they are published with what their
/// preview has.
inline constexpr std::size_t kErrorsInFlight = 16;
inline constexpr std::size_t kErrorsPerEvent = 4;
/// Time that an event waits for that; a hung page never answers. Then it is published with what its preview has.
inline constexpr auto kErrorTimeout = 500ms;
/// Events that wait behind it. At the limit nothing waits any longer.
inline constexpr std::size_t kHeldEvents = 2'000;
/// Time that the events of a page from the back/forward cache wait for its navigation, and how many of them. At the
/// limits they are published as events of the document before it.
inline constexpr auto kRestoreTimeout = 1s;
inline constexpr std::size_t kRestoreNotifications = 5'000;
/// Iframes with processes of their own that are remembered of a page: what they have said is not repeated when they
/// come back with it. Beyond it their messages are marked as old ones.
inline constexpr std::size_t kFormerTargets = 256;
/// Least time between two screenshots of a browser (the public contract); triggers in between are skipped.
inline constexpr auto kScreenshotSpacing = 2s;
/// Time that one screenshot gets, smaller retries included. Then it is given up, and the next trigger may
/// try.
inline constexpr auto kScreenshotTimeout = 10s;
/// Bytes of a screenshot's PNG. A larger one is taken again at 1/2, 1/4, 1/8, 1/16 of its size; in base64
/// this is just below kEnvelopeBytes. What is too large even then is dropped and logged.
inline constexpr std::size_t kScreenshotBytes = 729u * 1024u;
/// Downloads in progress that are tracked per browser. At the limit the end of further ones is not reported.
inline constexpr std::size_t kDownloads = 1'000;
/// Buffers that Network.enable asks Chromium to keep for bodies: in total and for one body, in bytes.
inline constexpr std::size_t kNetworkTotalBufferBytes = 32u << 20;
inline constexpr std::size_t kNetworkResourceBufferBytes = 2u << 20;
/// Bytes of bodies that Chromium's network process keeps per target, to say of those that the page streams whether all
/// has come. Of older ones, and of those above kNetworkResourceBufferBytes, it does not know.
inline constexpr std::size_t kKeptBodyBytes = 16u << 20;
/// Time after which a preflight whose request is not known ends: some come before it, but not by that much.
inline constexpr auto kPreflightWait = 1s;

}  // namespace telltale::collector::limits
