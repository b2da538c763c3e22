#pragma once

// Every bound of telltale in one place: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace telltale::base::limits {

using namespace std::chrono_literals;

// --- base
// ------------------------------------------------------------------------------------------------------------

/// Bytes of log lines that are kept for consumers of the log hub, while there are any. At the limit the oldest
/// go; a consumer that had not read them is told how many.
inline constexpr std::size_t kLogHubBytes = 4u << 20;
/// Bytes of the message of one line in the log hub. What is longer is cut.
inline constexpr std::size_t kLogMessageBytes = 8u << 10;

// --- net
// -------------------------------------------------------------------------------------------------------------

/// Bytes of one WebSocket message from the browser. Screenshots and bodies are the largest we ask for (tens
/// of MB). Beyond it the message is discarded to its end, the call it answers fails, and it is counted.
inline constexpr std::size_t kWebSocketMessageBytes = 64u << 20;
/// Bytes read from a WebSocket at a time. Beast alone reads 1.5 KB: 859 instead of 323 ns per frame.
inline constexpr std::size_t kReadAheadBytes = 256u << 10;
/// Bytes queued for sending on a WebSocket. Commands are small; at the limit send() fails with Errc::limit.
inline constexpr std::size_t kWebSocketSendQueueBytes = 64u << 20;
/// Bytes of an HTTP request's header block. At the limit: 431.
inline constexpr std::size_t kHttpHeaderBytes = 32u << 10;
/// Bytes of an HTTP request's body. At the limit: 413.
inline constexpr std::size_t kHttpBodyBytes = 8u << 20;
/// Bytes of a response body that the HTTP client accepts. At the limit the call fails with Errc::limit.
inline constexpr std::size_t kHttpClientBodyBytes = 64u << 20;
/// Time for a client to send a whole request header, and the body (slow loris). At the limit: 408, connection
/// closed.
inline constexpr auto kHttpRequestTimeout = 15s;
/// Time a kept-alive HTTP connection may stay idle between requests. At the limit it is closed.
inline constexpr auto kHttpIdleTimeout = 75s;
/// Time one write to an HTTP client may take before the client is taken for gone and its connection is
/// closed.
inline constexpr auto kHttpWriteTimeout = 30s;
/// Open HTTP connections. At the limit a new one is answered 503 and closed.
inline constexpr std::size_t kHttpConnections = 10'000;
/// Time for connect and WebSocket handshake.
inline constexpr auto kConnectTimeout = 5s;
/// A WebSocket without any traffic for this long is pinged at half of it, and taken for dead at the end.
inline constexpr auto kWebSocketIdleTimeout = 10s;
/// Bytes that a relayed WebSocket holds for a client that does not take them, and how long it may take
/// nothing then before it is closed with the reason.
inline constexpr std::size_t kRelayQueueBytes = 16u << 20;
inline constexpr auto kRelayStallTimeout = 5s;
/// A relayed client that answers no ping for this long is taken for gone. Longer than a browser's: a client
/// that is stopped in a debugger answers none.
inline constexpr auto kRelayIdleTimeout = 60s;
/// Time that open requests get to end after a stop before their connections are closed.
inline constexpr auto kGracefulStopTimeout = 1s;

// --- cdp
// -------------------------------------------------------------------------------------------------------------

/// Time for a CDP command to be answered. A crashed or stopped renderer never answers.
inline constexpr auto kCdpCallTimeout = 30s;
/// CDP commands waiting for an answer. At the limit a call fails with Errc::limit.
inline constexpr std::size_t kCdpPendingCalls = 10'000;

// --- browser
// ---------------------------------------------------------------------------------------------------------

/// Time from start of the browser process until its DevTools endpoint accepts. Warm 75-190 ms; a loaded
/// machine is slower.
inline constexpr auto kBrowserStartTimeout = 30s;
/// Time a browser gets to exit by itself after being asked, before it is killed.
inline constexpr auto kBrowserExitTimeout = 2s;
/// Bytes of the browser's stderr kept for error messages. Older bytes are dropped; a page can write 725 MB
/// there.
inline constexpr std::size_t kBrowserStderrTailBytes = 16u << 10;

/// Bytes of one record of the kernel log, as the kernel bounds them: a read with less room fails. A longer
/// line is skipped.
inline constexpr std::size_t kKernelLogRecordBytes = 8u << 10;
/// Processes that a report of an out-of-memory kill names (the public contract): the largest.
inline constexpr std::size_t kOomTopTasks = 5;
/// How often telltale looks whether processes were made, to know a killed one after it is gone: 5 us when
/// there were none. A process that lives shorter is known only if it is still there when the kernel's report
/// is read.
inline constexpr auto kProcessListInterval = 100ms;
/// After a browser was killed by SIGKILL: how long its session waits for the kernel to say that memory had
/// run out.
inline constexpr auto kOomReportGrace = 250ms;

// --- collector
// -------------------------------------------------------------------------------------------------------

/// How long a new target is held until Network and Runtime have answered (race R1); some answer only after
/// the run.
inline constexpr auto kAttachHold = 250ms;
/// Time an open dialog of an attached browser is left to its owner before telltale answers it.
inline constexpr auto kAttachedDialogGrace = 5s;
/// Requests in flight that are tracked per browser. At the limit the oldest is ended with `not_tracked`.
inline constexpr std::size_t kTrackedRequests = 50'000;
/// Age at which a request without an end is ended: with its response, if there is one, else with `timed_out`.
inline constexpr auto kRequestAge = 5min;
/// Time after the last sign of a response body at which it counts as not read by the page. Chromium never
/// reports the end of such a body. The response is published with `body_read` false.
inline constexpr auto kUnreadSilence = 2s;
/// The same when as many bytes have arrived as were announced: then only the page's reading can be
/// outstanding. A starved machine takes its time for the end of a body that is read.
inline constexpr auto kUnreadGrace = 1s;
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

// --- stream
// ----------------------------------------------------------------------------------------------------------

/// Bytes of one log segment; an event larger than that gets a segment of its own.
inline constexpr std::size_t kSegmentBytes = 256u << 10;
/// Events of one log segment. A frame is rarely below 200 bytes, so bytes are usually the limit.
inline constexpr std::size_t kSegmentEvents = 2048;
/// Bytes of segments that a session's log keeps in memory. At the limit the oldest segment goes: a jump in
/// seq.
inline constexpr std::size_t kLogBytes = 16u << 20;
/// Bytes of one envelope (the public contract). Beyond it strings are cut, or `data` is null, and `truncated`
/// is true.
inline constexpr std::size_t kEnvelopeBytes = 1'000'000;
/// Silence after which a stream gets a keepalive comment (the public contract).
inline constexpr auto kKeepaliveInterval = 15s;

// --- page
// -------------------------------------------------------------------------------------------------------------

/// Time for one step of driving a page (a command, a call of our script) where nothing else bounds it. A page
/// whose scripts are busy for longer fails the operation with `timeout`.
inline constexpr auto kPageCallTimeout = 10s;
/// Pauses between two looks at a page that is being waited for: from the first to the last, doubling.
inline constexpr auto kPageFirstPause = 20ms;
inline constexpr auto kPageLastPause = 250ms;
/// After an action: a page counts as settled when nothing of it has changed for so long, and is not waited for
/// any longer than that.
inline constexpr auto kActionQuiet = 150ms;
inline constexpr auto kActionSettle = 500ms;
/// Frames of a page that are searched and observed. Further ones are left out, and the observation says so.
inline constexpr std::size_t kPageFrames = 100;
/// Sides of a screenshot in CSS px: Chromium draws no larger ones. Beyond it: invalid_argument.
inline constexpr double kScreenshotSide = 16'384;
/// Time between two keys or two mouse moves, and the time that keys are held, at most. Beyond it:
/// invalid_argument.
inline constexpr auto kLongestKeyDelay = 5s;
/// Characters that one call types key by key. Beyond it: invalid_argument; filling has no such limit.
inline constexpr std::size_t kTypedCharacters = 20'000;

// --- api
// -------------------------------------------------------------------------------------------------------------

/// How often an /events stream shows each session, besides at its transitions.
inline constexpr auto kSnapshotInterval = 10s;
/// Time that a browser gets to tell URL and title for a snapshot. Then they are null.
inline constexpr auto kSnapshotPageTimeout = 1s;
/// Pause of an /events stream after each write: people read it, and without it every wire message of a busy
/// browser would cost a write of its own.
inline constexpr auto kLogStreamPause = 20ms;

// --- session
// ---------------------------------------------------------------------------------------------------------

/// Ended sessions whose log is kept for late readers: how many (each up to kLogBytes), and how long.
inline constexpr std::size_t kEndedSessions = 32;
inline constexpr auto kEndedSessionAge = 15min;
/// How often sessions are checked for their idle timeout.
inline constexpr auto kIdleCheckInterval = 5s;
/// Time that the browser gets at a session's end to hand over what has happened until then.
inline constexpr auto kFlushTimeout = 250ms;
/// Time that DevTools clients get at a session's end to be told, so that the log has their end: more than the
/// closing handshake of a WebSocket takes at most.
inline constexpr auto kCdpGoodbyeTimeout = 2s;
/// Time that a new page gets until it can be driven.
inline constexpr auto kPageStartTimeout = 15s;
/// After the connection to a launched browser is lost: how long to wait for its exit status, to report the
/// right reason.
inline constexpr auto kExitStatusGrace = 500ms;
/// Wait before reconnecting to a browser: doubles from the first to the last value.
inline constexpr auto kReconnectFirstDelay = 250ms;
inline constexpr auto kReconnectLastDelay = 5s;

}  // namespace telltale::base::limits
