// Telemetry events of telltale. Derived from src/telemetry/events; scripts/gen writes it.

export type Category =
  | "console"
  | "network"
  | "page"
  | "interaction"
  | "control"
  | "connection"
  | "system"
  | "screenshot"
  | "captcha"
  | "monitor";

export type SourceKind =
  | "cdp"
  | "kernel_api"
  | "extension"
  | "local_process";

/** Where the event was observed. */
export interface Source {
  /** Kind of the producer. */
  kind: SourceKind;
  /** The producer's own name for it, e.g. `Network.requestWillBeSent`; absent for computed events. */
  event?: string;
  /** Identity of the producer: `cdp_session_id`, `target_id`, `target_type` for CDP events. */
  metadata?: Record<string, string>;
}

export type TargetType =
  | "page"
  | "background_page"
  | "service_worker"
  | "shared_worker"
  | "iframe"
  | "worker"
  | "other";

/** Which tab, document and navigation an event belongs to. Each field is absent when it is not known. */
export interface EventContext {
  /** Flattened CDP session: one attachment to one target. */
  session_id?: string;
  /** CDP target; stable across the navigations of a tab. */
  target_id?: string;
  /** Kind of the target. */
  target_type?: TargetType;
  /** Top-level frame of the last navigation; for network events the frame of the request. */
  frame_id?: string;
  /** Loader of the current document; for network events the loader of the request. */
  loader_id?: string;
  /** URL of the page at its last top-level navigation; for network events the URL of the request. */
  url?: string;
  /** Number of the session's top-level navigation: 1 for the first, 0 before any. */
  nav_seq?: number;
}

/** One call of a stack. */
export interface CallFrame {
  /** Name of the function; empty for anonymous ones. */
  functionName: string;
  /** CDP id of the script. */
  scriptId: string;
  /** URL or name of the script. */
  url: string;
  /** Line in the script, zero-based. */
  lineNumber: number;
  /** Column in the script, zero-based. */
  columnNumber: number;
}

/** A JavaScript call stack, innermost call first. */
export interface CallStack {
  /** The calls. */
  callFrames: Array<CallFrame>;
  /** What started an asynchronous stack, e.g. `setTimeout`. */
  description?: string;
  /** The stack that started this one asynchronously. */
  parent?: CallStack;
}

/** The page called a method of `console` other than `error`, or the browser has something to say about the page that is not an error (source event `Log.entryAdded`). */
export interface ConsoleLog extends EventContext {
  /** The first argument as text; the whole message where that has format specifiers (`%s`, `%o`, ...). */
  text?: string;
  /** All arguments as text. */
  args?: Array<string>;
  /** The method as CDP names it: log, debug, info, warning, dir, ...; of messages of the browser verbose, info or warning. */
  level?: string;
  /** Where it was called. */
  stack_trace?: CallStack;
  /** What a message of the browser is about: a document, script or resource. telltale's own addition. */
  source_url?: string;
  /** Line there, zero-based; of messages of the browser. telltale's own addition. */
  line?: number;
  /** Of messages of the browser, the part of it that speaks, as CDP names it: javascript (CORS, too), security (CSP, mixed content), network, deprecation, violation, ... telltale's own addition. */
  log_source?: string;
  /** True when it happened before telltale was attached to the page; Chromium repeats what it has stored. Absent otherwise. telltale's own addition. */
  before_attach?: boolean;
}

/** An uncaught exception, a call of `console.error` (source event `Runtime.consoleAPICalled`), or an error that the browser reports (source event `Log.entryAdded`): CORS, CSP, mixed content, ... A failed request is not repeated here while `network` is captured. */
export interface ConsoleError extends EventContext {
  /** E.g. `Uncaught TypeError: x is not a function`: what was thrown, with members, causes and the errors of a list; of console.error the first argument, or the whole message where that has format specifiers. */
  text: string;
  /** All arguments of console.error as text. */
  args?: Array<string>;
  /** `error` for console.error and for errors that the browser reports; absent for exceptions. */
  level?: string;
  /** Line of the exception, zero-based. */
  line?: number;
  /** Column of the exception, zero-based. */
  column?: number;
  /** URL of the script that threw, or of what the browser reports about. */
  source_url?: string;
  /** Where it happened. */
  stack_trace?: CallStack;
  /** Of messages of the browser, the part of it that speaks, as CDP names it: javascript (CORS, too), security (CSP, mixed content), network, deprecation, violation, ... telltale's own addition. */
  log_source?: string;
  /** True when it happened before telltale was attached to the page; Chromium repeats what it has stored. Absent otherwise. telltale's own addition. */
  before_attach?: boolean;
}

/** A request is about to be sent; each hop of a redirect is one event. */
export interface NetworkRequest extends EventContext {
  /** CDP request id; shared by all hops of a redirect. */
  request_id: string;
  /** HTTP method. */
  method: string;
  /** URL of the document that made the request. */
  document_url: string;
  /** Request headers as CDP sends them. */
  headers: Record<string, unknown>;
  /** CDP Initiator.type: parser, script, preload, SignedExchange, preflight, other. */
  initiator_type: string;
  /** Body of the request, when CDP sends it inline. */
  post_data?: string;
  /** CDP ResourceType: Document, XHR, Fetch, Image, ... */
  resource_type?: string;
  /** True for the later hops of a redirect, else absent. */
  is_redirect?: boolean;
  /** URL of the previous hop of a redirect. */
  redirect_url?: string;
}

/** How long the phases of a request took. A phase that did not happen is absent. telltale's own addition. */
export interface NetworkTiming {
  /** Name lookup. Unit: ms. */
  dns_ms?: number;
  /** Connecting, TLS included; absent when reused. Unit: ms. */
  connect_ms?: number;
  /** TLS handshake. Unit: ms. */
  tls_ms?: number;
  /** From the start of the request to the first byte of the response. Unit: ms. */
  ttfb_ms?: number;
  /** From the request to the end of the body. Unit: ms. */
  total_ms?: number;
}

export type ResponseCache =
  | "disk"
  | "prefetch";

/** A response has arrived completely, body included. One that the page does not read, of which Chromium never reports an end, is published with `body_read` false. */
export interface NetworkResponse extends EventContext {
  /** That of the network_request. */
  request_id: string;
  /** HTTP method of the request. */
  method: string;
  /** HTTP status code. */
  status: number;
  /** Response headers as CDP sends them. */
  headers: Record<string, unknown>;
  /** HTTP reason phrase; HTTP/2 and later have none. */
  status_text?: string;
  /** MIME type as the browser determined it. */
  mime_type?: string;
  /** CDP ResourceType. */
  resource_type?: string;
  /** Body of textual types. A body that was cut ends with `...[truncated]`. */
  body?: string;
  /** False when the page had not read the body: all of it had been there for 5 s and Chromium reported no end, or its document was left first; or when it was still coming after 5 minutes. Else absent. telltale's own addition. */
  body_read?: boolean;
  /** Durations. telltale's own addition. */
  timing?: NetworkTiming;
  /** Bytes on the wire, headers included; 0 from a cache. telltale's own addition. Unit: bytes. */
  encoded_size?: number;
  /** Bytes of the body after decompression, as far as the page took them. telltale's own addition. Unit: bytes. */
  decoded_size?: number;
  /** E.g. http/1.1, h2, h3. telltale's own addition. */
  protocol?: string;
  /** `ip:port` of the server or proxy; IPv6 in brackets. telltale's own addition. */
  remote_address?: string;
  /** The cache that answered instead of the network, else absent. telltale's own addition. */
  from_cache?: ResponseCache;
  /** True when a service worker answered, else absent. telltale's own addition. */
  from_service_worker?: boolean;
  /** Request headers as they were sent, cookies included. telltale's own addition. */
  request_wire_headers?: Record<string, unknown>;
  /** Response headers as they were received, Set-Cookie included. telltale's own addition. */
  wire_headers?: Record<string, unknown>;
}

/** A request ended without a complete response. Where Chromium reports no end, telltale ends it with an `error_text` of its own. */
export interface NetworkLoadingFailed extends EventContext {
  /** That of the network_request. */
  request_id: string;
  /** E.g. `net::ERR_CONNECTION_REFUSED`; never empty. telltale's own: `document_gone` (its document was replaced or its frame removed), `target_gone` (its page, frame or worker is gone), `target_crashed`, `request_gone` (a preflight whose request has ended), `timed_out` (no response after 5 minutes, of a worker's script after 10 s), `superseded` (its id was used again), `response_unknown` (it ended, but its response was never reported), `not_tracked` (too many requests at once), `observation_ended` (the session or its connection has ended). */
  error_text: string;
  /** Whether the page or a navigation gave the request up. */
  canceled: boolean;
  /** CDP ResourceType. */
  resource_type?: string;
  /** Why the browser did not let the request or its response through, as a sentence: a policy of the page or of the server, CORS, mixed content, a client, ... Absent when it failed otherwise. The texts stand in docs/attaching.md. telltale's own addition. */
  blocked_reason?: string;
  /** Request headers as they were sent, if they were. telltale's own addition. */
  request_wire_headers?: Record<string, unknown>;
}

/** No request was in flight for 500 ms; at most once per top-level navigation. Computed. */
export interface NetworkIdle extends EventContext {
}

/** A WebSocket is open. telltale's own addition. */
export interface NetworkWebsocketOpened extends EventContext {
  /** CDP request id; the same in all events of this WebSocket. */
  request_id: string;
  /** HTTP status code of the handshake. */
  status: number;
  /** Headers of the handshake's response. */
  headers: Record<string, unknown>;
  /** Headers of its request, as sent. */
  request_wire_headers?: Record<string, unknown>;
}

export type FrameDirection =
  | "sent"
  | "received";

/** A message over a WebSocket. telltale's own addition. */
export interface NetworkWebsocketFrame extends EventContext {
  /** That of the WebSocket. */
  request_id: string;
  /** As seen from the page. */
  direction: FrameDirection;
  /** As in RFC 6455: 1 text, 2 binary. */
  opcode: number;
  /** Of the whole message. Unit: bytes. */
  size: number;
  /** Of text, up to 4096 bytes; one that was cut ends with `...[truncated]`. Absent for others. */
  payload?: string;
}

/** A WebSocket has ended, or could not be opened. telltale's own addition. */
export interface NetworkWebsocketClosed extends EventContext {
  /** That of the WebSocket. */
  request_id: string;
  /** Why it failed, in Chromium's words, or one of telltale's as in network_loading_failed; absent after an orderly end. */
  error_text?: string;
}

/** A proxy answered instead of the site, with status 502 or 403 and the header X-Kernel-Proxy-Error. At most one per second of each session, code and resource type. */
export interface ProxyError extends EventContext {
  /** That of the network_request. */
  request_id: string;
  /** HTTP method of the request. */
  method?: string;
  /** HTTP status code. */
  status: number;
  /** destination_blocked, provider_blacklisted, provider_unreachable, proxy_unavailable, upstream_timeout, upstream_dns_failure, upstream_connect_failed, restricted_route_unavailable, network_policy_denied, or unknown. */
  code: string;
  /** What the header says, when the code is unknown. */
  raw_code?: string;
  /** CDP ResourceType. */
  resource_type?: string;
}

/** A frame has committed a new document; iframes included. */
export interface PageNavigation {
  /** Flattened CDP session. */
  session_id: string;
  /** CDP target. */
  target_id: string;
  /** Kind of the target. */
  target_type: TargetType;
  /** URL of the new document. */
  url: string;
  /** The frame that navigated. */
  frame_id: string;
  /** Loader of the new document. */
  loader_id: string;
  /** Parent of the frame; absent for top-level ones. */
  parent_frame_id?: string;
}

/** The document is parsed (DOMContentLoaded). */
export interface PageDomContentLoaded extends EventContext {
  /** When, on Chrome's monotonic clock. Unit: s. */
  cdp_timestamp: number;
}

/** The document and its resources are loaded (load event). */
export interface PageLoad extends EventContext {
  /** When, on Chrome's monotonic clock. Unit: s. */
  cdp_timestamp: number;
}

/** A tab exists: a new one, or one that was open when capturing started. Once per attachment. */
export interface PageTabOpened {
  /** CDP target. */
  target_id: string;
  /** Kind of the target. */
  target_type: TargetType;
  /** URL at that moment. */
  url: string;
  /** Title at that moment. */
  title?: string;
  /** The target that opened it. */
  opener_id?: string;
}

/** One entry of the Layout Instability API. */
export interface LayoutShiftDetails {
  /** Layout shift score. */
  value: number;
  /** Whether the user acted in the 500 ms before; such shifts do not count for CLS. */
  had_recent_input: boolean;
}

/** Visible content moved. One event per entry; page_vitals has the CLS. */
export interface PageLayoutShift extends EventContext {
  /** The frame whose content moved. */
  source_frame_id: string;
  /** When, since the time origin of the document; absent when that is not known. Unit: ms. */
  time?: number;
  /** Always 0 for layout shifts. Unit: ms. */
  duration: number;
  /** The shift. */
  layout_shift_details?: LayoutShiftDetails;
}

/** One entry of the Largest Contentful Paint API. */
export interface LcpDetails {
  /** When it was painted, since the time origin of the document. Unit: ms. */
  render_time?: number;
  /** When its resource was loaded, since the time origin; absent for text. Unit: ms. */
  load_time?: number;
  /** Visible area of the element. Unit: CSS px². */
  size: number;
  /** `id` attribute of the element. */
  element_id?: string;
  /** URL of an image. */
  url?: string;
  /** CDP backend node id of the element. */
  node_id?: number;
}

/** A candidate for the largest contentful paint; the last one before the first input is the LCP. */
export interface PageLcp extends EventContext {
  /** The frame that was painted. */
  source_frame_id: string;
  /** When, since the time origin of the document; absent when that is not known. Unit: ms. */
  time?: number;
  /** The element. */
  lcp_details?: LcpDetails;
}

/** No layout shift for 1 s after the load event, or 10 s after it if the page never stops shifting; once per top-level navigation. Computed. */
export interface PageLayoutSettled extends EventContext {
}

/** DOMContentLoaded and page_layout_settled have both happened; once per top-level navigation, independent of network_idle. Computed. */
export interface PageNavigationSettled extends EventContext {
}

/** A document changed its address without a navigation (history API, fragment), as apps do when they change their route. `url` is the new address and `frame_id` the frame, iframes included; nav_seq and the `url` of later events stay. telltale's own addition. */
export interface PageRouteChanged extends EventContext {
  /** How, as CDP names it: historyApi, fragment, other. */
  navigation_type?: string;
}

/** A JavaScript dialog has opened and stops the page until it is answered. telltale's own addition. */
export interface PageDialog extends EventContext {
  /** alert, confirm, prompt or beforeunload. */
  dialog_type: string;
  /** What it says. */
  message: string;
  /** What the field of a prompt holds at first. */
  default_prompt?: string;
}

/** A JavaScript dialog was answered and its page goes on. telltale's own addition. */
export interface PageDialogClosed extends EventContext {
  /** alert, confirm, prompt or beforeunload. */
  dialog_type: string;
  /** The answer: OK, or cancel. */
  accepted: boolean;
  /** Whether telltale has answered it, or another client. */
  answered_by_telltale: boolean;
  /** How long it was open. Unit: ms. */
  open_ms: number;
}

/** A page has started a download. headless-shell reports none, and downloads nothing, unless a client has set a download behavior. telltale's own addition. */
export interface PageDownloadStarted extends EventContext {
  /** Names the download in page_download_finished. */
  download_id: string;
  /** What is downloaded. */
  download_url: string;
  /** Name that the server or the page suggests. */
  suggested_filename?: string;
  /** The frame that asked for it. */
  source_frame_id: string;
}

/** A download has ended, one way or the other. Its context is that of the page_download_started. telltale's own addition. */
export interface PageDownloadFinished extends EventContext {
  /** As in page_download_started. */
  download_id: string;
  /** What was downloaded. */
  download_url: string;
  /** completed or canceled; a failure counts as canceled. */
  state: string;
  /** What has arrived. Unit: bytes. */
  received_bytes: number;
  /** Size of the whole; absent when it is not known. Unit: bytes. */
  total_bytes?: number;
}

/** Web vitals of a top-level document, once, when it is over: the tab has navigated on, crashed or closed, or the session ends. The context is that of the document which is over. A value that the browser had not reported by then is absent. Computed; telltale's own addition. */
export interface PageVitals extends EventContext {
  /** Cumulative layout shift: the largest sum of shifts without recent input that are less than 1 s apart, over at most 5 s. */
  cls: number;
  /** Largest contentful paint: the last candidate, since the time origin of the document. Unit: ms. */
  lcp_ms?: number;
  /** Interaction to next paint: the longest interaction, leaving out one for every 50. Those shorter than 16 ms are not measured. Unit: ms. */
  inp_ms?: number;
  /** First contentful paint, since the time origin. Unit: ms. */
  fcp_ms?: number;
  /** Time to first byte of the document's response, since the time origin. Unit: ms. */
  ttfb_ms?: number;
}

/** The renderer of a page or of an out-of-process iframe is gone. Nothing more comes of it until it is loaded again. */
export interface PageCrashed {
  /** CDP target. */
  target_id: string;
  /** Kind of the target: page or iframe. */
  target_type: TargetType;
  /** What it showed. */
  url: string;
}

/** A click. */
export interface InteractionClick extends EventContext {
  /** Position in the viewport (clientX). Unit: CSS px. */
  x: number;
  /** Position in the viewport (clientY). Unit: CSS px. */
  y: number;
  /** MouseEvent.detail: 1 for a click, 2 for the second one of a double click; 0 for one that no mouse or finger made: Enter or Space on a button, Enter in a form. telltale's own addition. */
  detail?: number;
  /** Unique CSS path of the element; ` >>> ` leads into a shadow root. */
  selector: string;
  /** Tag name of the element, upper case. */
  tag: string;
  /** The element's own text, at most 100 characters; empty for sensitive elements. */
  text: string;
}

/** A key was pressed. Not sent for sensitive inputs. */
export interface InteractionKey extends EventContext {
  /** KeyboardEvent.key. */
  key: string;
  /** Unique CSS path of the element; ` >>> ` leads into a shadow root. */
  selector: string;
  /** Tag name of the element, upper case. */
  tag: string;
}

/** A scroll of more than 5 px has ended: no scroll event for 300 ms. */
export interface InteractionScrollSettled extends EventContext {
  /** Scroll offset before. Unit: CSS px. */
  from_x: number;
  /** Scroll offset before. Unit: CSS px. */
  from_y: number;
  /** Scroll offset after. Unit: CSS px. */
  to_x: number;
  /** Scroll offset after. Unit: CSS px. */
  to_y: number;
  /** What was scrolled: `document`, or the unique CSS path of the element. */
  target_selector: string;
}

/** A call of the control API on this session was answered. */
export interface ApiCall {
  /** OpenAPI operationId. */
  operation_id: string;
  /** Id of the HTTP request. */
  request_id: string;
  /** HTTP status of the answer. */
  status: number;
  /** Time that the handler took; µs precision. Unit: ms. */
  duration_ms: number;
}

export type CdpDisconnectReason =
  | "client_close"
  | "upstream_changed"
  | "upstream_error"
  | "context_cancelled";

/** A client's CDP connection has ended. */
export interface CdpDisconnect {
  /** How long it was connected. Unit: ms. */
  duration_ms: number;
  /** Messages in both directions. */
  message_count: number;
  /** `client_close`: the client left; `upstream_changed`: the browser was restarted; `upstream_error`: the browser's side failed; `context_cancelled`: the session or server stopped. */
  reason: CdpDisconnectReason;
}

/** A viewer has opened the live view. */
export interface LiveViewConnect {
  /** The viewer; the same over its reconnects. Not a CDP session. */
  session_id: string;
}

/** A viewer has left the live view. */
export interface LiveViewDisconnect {
  /** That of the live_view_connect. */
  session_id: string;
  /** How long it was connected. Unit: ms. */
  duration_ms: number;
}

export type ServicePhase =
  | "startup"
  | "running"
  | "gave_up";

/** A supervised process ended unexpectedly. */
export interface ServiceCrashed {
  /** `startup`: before it was ready; `running`: after; `gave_up`: it is not restarted any more. */
  phase: ServicePhase;
  /** E.g. `chromium`. */
  service_name: string;
  /** The process that ended; absent for `gave_up`. */
  pid?: number;
}

export type OomConstraint =
  | "none"
  | "memcg"
  | "cpuset"
  | "memory_policy";

/** A process at the time of an out-of-memory kill. */
export interface OomTask {
  /** Process name, at most 15 characters. */
  name: string;
  /** Process id. */
  pid: number;
  /** Resident memory. Unit: KiB. */
  rss_kb: number;
}

/** The kernel killed a process because memory ran out. */
export interface SystemOomKill {
  /** The killed process. */
  pid: number;
  /** Its name, at most 15 characters. */
  process_name: string;
  /** Its resident memory: anonymous, file and shared. Unit: KiB. */
  rss_kb: number;
  /** What was exhausted; `none` is the whole machine. */
  constraint?: OomConstraint;
  /** Free memory of the machine. Unit: KiB. */
  mem_free_kb?: number;
  /** Memory of the machine. Unit: KiB. */
  mem_total_kb?: number;
  /** The largest processes by resident memory, largest first. */
  top_tasks?: Array<OomTask>;
  /** The process whose allocation failed. */
  trigger_pid?: number;
  /** Its name. */
  trigger_process_name?: string;
}

/** A picture of what a page shows, taken after its load event and after uncaught exceptions, at most every 2 s, and periodically where the session asks for it. The source event is the CDP method that triggered it, absent for the periodic ones; the source metadata say which page. */
export interface MonitorScreenshot {
  /** The picture as PNG, in base64. */
  png?: string;
  /** 1/2, 1/4, 1/8 or 1/16 when the picture had to be made smaller; absent at full size. telltale's own addition. */
  scale?: number;
}

export type CaptchaType =
  | "hcaptcha"
  | "recaptcha_v2"
  | "recaptcha_v3"
  | "turnstile"
  | "geetest"
  | "other";

export type CaptchaStatus =
  | "success"
  | "failure"
  | "timeout"
  | "abandoned";

/** An attempt to solve a captcha has ended. */
export interface CaptchaSolveResult {
  /** Kind of the captcha. */
  captcha_type: CaptchaType;
  /** How long the attempt took. Unit: ms. */
  duration_ms: number;
  /** How it ended. */
  status: CaptchaStatus;
  /** The solver's code for a failure. */
  error_code?: string;
  /** The solver's id of the attempt. */
  task_id?: string;
  /** Host of the page. */
  website_host?: string;
  /** Path of the page, without its query. */
  website_path?: string;
}

/** The connection to the browser is gone. Events until monitor_reconnected are lost. */
export interface MonitorDisconnected {
  /** Why, e.g. `chrome_restarted`. */
  reason?: string;
}

/** The browser is connected again; nav_seq starts anew. */
export interface MonitorReconnected {
  /** Length of the gap, from the disconnect. Unit: ms. */
  reconnect_duration_ms?: number;
}

/** The browser stays gone: no event of it will come any more. */
export interface MonitorReconnectFailed {
  /** Why, e.g. `reconnect_exhausted`. */
  reason?: string;
}

/** Capturing could not start on a connected browser. */
export interface MonitorInitFailed {
  /** What failed, e.g. `Target.setAutoAttach`. */
  step?: string;
}

/** What all events have. */
export interface EventBase<Type extends string, In extends Category> {
  /** When it was observed. Unit: us since the Unix epoch. */
  ts: number;
  type: Type;
  category: In;
  source: Source;
}

/** An event with data. When they were too large `truncated` is present, and their longest strings are cut or they are null. */
export interface EventWithData<Type extends string, In extends Category, Data> extends EventBase<Type, In> {
  data: Data | null;
  truncated?: true;
}

/** Any event; `type` tells which. */
export type TelemetryEvent =
  | EventWithData<"console_log", "console", ConsoleLog>
  | EventWithData<"console_error", "console", ConsoleError>
  | EventWithData<"network_request", "network", NetworkRequest>
  | EventWithData<"network_response", "network", NetworkResponse>
  | EventWithData<"network_loading_failed", "network", NetworkLoadingFailed>
  | EventWithData<"network_idle", "network", NetworkIdle>
  | EventWithData<"network_websocket_opened", "network", NetworkWebsocketOpened>
  | EventWithData<"network_websocket_frame", "network", NetworkWebsocketFrame>
  | EventWithData<"network_websocket_closed", "network", NetworkWebsocketClosed>
  | EventWithData<"proxy_error", "network", ProxyError>
  | EventWithData<"page_navigation", "page", PageNavigation>
  | EventWithData<"page_dom_content_loaded", "page", PageDomContentLoaded>
  | EventWithData<"page_load", "page", PageLoad>
  | EventWithData<"page_tab_opened", "page", PageTabOpened>
  | EventWithData<"page_layout_shift", "page", PageLayoutShift>
  | EventWithData<"page_lcp", "page", PageLcp>
  | EventWithData<"page_layout_settled", "page", PageLayoutSettled>
  | EventWithData<"page_navigation_settled", "page", PageNavigationSettled>
  | EventWithData<"page_route_changed", "page", PageRouteChanged>
  | EventWithData<"page_dialog", "page", PageDialog>
  | EventWithData<"page_dialog_closed", "page", PageDialogClosed>
  | EventWithData<"page_download_started", "page", PageDownloadStarted>
  | EventWithData<"page_download_finished", "page", PageDownloadFinished>
  | EventWithData<"page_vitals", "page", PageVitals>
  | EventWithData<"page_crashed", "page", PageCrashed>
  | EventWithData<"interaction_click", "interaction", InteractionClick>
  | EventWithData<"interaction_key", "interaction", InteractionKey>
  | EventWithData<"interaction_scroll_settled", "interaction", InteractionScrollSettled>
  | EventWithData<"api_call", "control", ApiCall>
  | EventBase<"cdp_connect", "connection">
  | EventWithData<"cdp_disconnect", "connection", CdpDisconnect>
  | EventWithData<"live_view_connect", "connection", LiveViewConnect>
  | EventWithData<"live_view_disconnect", "connection", LiveViewDisconnect>
  | EventWithData<"service_crashed", "system", ServiceCrashed>
  | EventWithData<"system_oom_kill", "system", SystemOomKill>
  | EventWithData<"monitor_screenshot", "screenshot", MonitorScreenshot>
  | EventWithData<"captcha_solve_result", "captcha", CaptchaSolveResult>
  | EventWithData<"monitor_disconnected", "monitor", MonitorDisconnected>
  | EventWithData<"monitor_reconnected", "monitor", MonitorReconnected>
  | EventWithData<"monitor_reconnect_failed", "monitor", MonitorReconnectFailed>
  | EventWithData<"monitor_init_failed", "monitor", MonitorInitFailed>;

/** One event with its sequence number, as each SSE data line carries it. */
export interface Envelope {
  /** Place in the session's log: +1 per event. A jump in what was received means lost events. */
  seq: number;
  event: TelemetryEvent;
}
