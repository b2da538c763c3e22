#pragma once

// Network domain, as Chromium 156 sends it.

#include <optional>
#include <string>

#include "base/describe.hpp"

namespace telltale::cdp::network {

using base::field;
using base::ignored;
using base::table;

/// Header maps stay raw: some Chromium builds send values that are not strings.
using Headers = base::Object<base::RawJson>;

struct Request {
  std::string url;
  std::string method;
  Headers headers;
  std::optional<std::string> post_data;
  std::optional<bool> has_post_data;

  static constexpr auto describe() {
    return table<Request>(
        "Network.Request", field("url", &Request::url, ""), field("method", &Request::method, ""),
        field("headers", &Request::headers, ""),
        field("postData", &Request::post_data, "only when Chromium inlines it (small bodies)"),
        field("hasPostData", &Request::has_post_data, ""),
        ignored("postDataEntries", "repeats postData in base64"), ignored("urlFragment", "never on the wire"),
        ignored("mixedContentType", "reported by Log"), ignored("initialPriority", "scheduling detail"),
        ignored("referrerPolicy", "the Referer header shows its effect"),
        ignored("isLinkPreload", "initiator says preload"), ignored("isSameSite", "derivable"),
        ignored("trustTokenParams", "unused"), ignored("isAdRelated", "unused"));
  }
};

struct Initiator {
  std::string type;
  std::optional<base::RequestId> request_id;

  static constexpr auto describe() {
    return table<Initiator>(
        "Network.Initiator",
        field("type", &Initiator::type, "parser, script, preload, SignedExchange, preflight, other"),
        field("requestId", &Initiator::request_id, "the real request of a preflight"),
        ignored("stack", "as large as the rest together"), ignored("url", "unused"),
        ignored("lineNumber", "unused"), ignored("columnNumber", "unused"));
  }
};

/// Milliseconds after request_time; -1 where a phase did not happen (a reused connection, a cache).
struct ResourceTiming {
  double request_time = 0;
  double dns_start = -1;
  double dns_end = -1;
  double connect_start = -1;
  double connect_end = -1;
  double ssl_start = -1;
  double ssl_end = -1;
  double receive_headers_start = -1;

  static constexpr auto describe() {
    using T = ResourceTiming;
    return table<T>(
        "Network.ResourceTiming", field("requestTime", &T::request_time, "").unit("s, monotonic"),
        field("dnsStart", &T::dns_start, "").unit("ms"), field("dnsEnd", &T::dns_end, "").unit("ms"),
        field("connectStart", &T::connect_start, "").unit("ms"),
        field("connectEnd", &T::connect_end, "includes TLS").unit("ms"),
        field("sslStart", &T::ssl_start, "").unit("ms"), field("sslEnd", &T::ssl_end, "").unit("ms"),
        field("receiveHeadersStart", &T::receive_headers_start, "first byte of the response").unit("ms"),
        ignored("proxyStart", "not reported"), ignored("proxyEnd", "not reported"),
        ignored("workerStart", "not reported"), ignored("workerReady", "not reported"),
        ignored("workerFetchStart", "not reported"), ignored("workerRespondWithSettled", "not reported"),
        ignored("workerRouterEvaluationStart", "not reported"),
        ignored("workerCacheLookupStart", "not reported"), ignored("sendStart", "not reported"),
        ignored("sendEnd", "not reported"), ignored("pushStart", "HTTP/2 push is gone"),
        ignored("pushEnd", "HTTP/2 push is gone"),
        ignored("receiveHeadersEnd", "within a millisecond of receiveHeadersStart"));
  }
};

struct Response {
  std::string url;
  std::int64_t status = 0;
  std::string status_text;
  Headers headers;
  std::string mime_type;
  std::optional<std::string> remote_ip_address;
  std::optional<std::int64_t> remote_port;
  std::optional<bool> from_disk_cache;
  std::optional<bool> from_service_worker;
  std::optional<bool> from_prefetch_cache;
  std::optional<double> encoded_data_length;
  std::optional<ResourceTiming> timing;
  std::optional<std::string> protocol;

  static constexpr auto describe() {
    using T = Response;
    return table<T>("Network.Response", field("url", &T::url, ""), field("status", &T::status, ""),
                    field("statusText", &T::status_text, ""), field("headers", &T::headers, ""),
                    field("mimeType", &T::mime_type, ""), field("remoteIPAddress", &T::remote_ip_address, ""),
                    field("remotePort", &T::remote_port, ""), field("fromDiskCache", &T::from_disk_cache, ""),
                    field("fromServiceWorker", &T::from_service_worker, ""),
                    field("fromPrefetchCache", &T::from_prefetch_cache, ""),
                    field("encodedDataLength", &T::encoded_data_length, "so far").unit("bytes"),
                    field("timing", &T::timing, "absent for main scripts of workers"),
                    field("protocol", &T::protocol, "http/1.1, h2, h3, data, blob"),
                    ignored("charset", "unused"), ignored("requestHeaders", "absent since ExtraInfo"),
                    ignored("connectionReused", "unused"), ignored("connectionId", "unused"),
                    ignored("fromEarlyHints", "unused"), ignored("responseTime", "unused"),
                    ignored("alternateProtocolUsage", "unused"), ignored("securityState", "unused"),
                    ignored("securityDetails", "unused"), ignored("serviceWorkerResponseSource", "unused"),
                    ignored("serviceWorkerRouterInfo", "unused"), ignored("cacheStorageCacheName", "unused"));
  }
};

struct RequestWillBeSent {
  static constexpr std::string_view kMethod = "Network.requestWillBeSent";
  base::RequestId request_id;
  base::LoaderId loader_id;
  std::string document_url;
  Request request;
  double timestamp = 0;
  double wall_time = 0;
  Initiator initiator;
  std::optional<Response> redirect_response;
  std::optional<bool> redirect_has_extra_info;
  std::optional<std::string> type;
  std::optional<base::FrameId> frame_id;

  static constexpr auto describe() {
    using T = RequestWillBeSent;
    return table<T>(
        kMethod, field("requestId", &T::request_id, "redirect hops share it"),
        field("loaderId", &T::loader_id, "empty in workers"), field("documentURL", &T::document_url, ""),
        field("request", &T::request, ""), field("timestamp", &T::timestamp, "").unit("s, monotonic"),
        field("wallTime", &T::wall_time, "").unit("s since the Unix epoch"),
        field("initiator", &T::initiator, ""),
        field("redirectResponse", &T::redirect_response, "of the hop before this one"),
        field("redirectHasExtraInfo", &T::redirect_has_extra_info, ""),
        field("type", &T::type, "resource type"), field("frameId", &T::frame_id, "absent in workers"),
        ignored("hasUserGesture", "unused"), ignored("renderBlockingBehavior", "unused"));
  }
};

struct ResponseReceived {
  static constexpr std::string_view kMethod = "Network.responseReceived";
  base::RequestId request_id;
  std::string type;
  Response response;
  std::optional<bool> has_extra_info;

  static constexpr auto describe() {
    using T = ResponseReceived;
    return table<T>(kMethod, field("requestId", &T::request_id, ""), field("type", &T::type, "resource type"),
                    field("response", &T::response, ""),
                    field("hasExtraInfo", &T::has_extra_info, "whether ExtraInfo events come for this hop"),
                    ignored("loaderId", "known from the request"),
                    ignored("timestamp", "the event is published at the end of the body"),
                    ignored("frameId", "known from the request"));
  }
};

struct RequestWillBeSentExtraInfo {
  static constexpr std::string_view kMethod = "Network.requestWillBeSentExtraInfo";
  base::RequestId request_id;
  Headers headers;

  static constexpr auto describe() {
    using T = RequestWillBeSentExtraInfo;
    return table<T>(kMethod, field("requestId", &T::request_id, ""),
                    field("headers", &T::headers, "as on the wire, cookies included"),
                    ignored("associatedCookies", "the Cookie header has those that were sent"),
                    ignored("connectTiming", "the response has it"),
                    ignored("deviceBoundSessionUsages", "unused"), ignored("clientSecurityState", "unused"),
                    ignored("siteHasCookieInOtherPartition", "unused"),
                    ignored("appliedNetworkConditionsId", "unused"));
  }
};

struct ResponseReceivedExtraInfo {
  static constexpr std::string_view kMethod = "Network.responseReceivedExtraInfo";
  base::RequestId request_id;
  Headers headers;

  static constexpr auto describe() {
    using T = ResponseReceivedExtraInfo;
    return table<T>(kMethod, field("requestId", &T::request_id, ""),
                    field("headers", &T::headers, "as on the wire, Set-Cookie included"),
                    ignored("blockedCookies", "unused"), ignored("resourceIPAddressSpace", "unused"),
                    ignored("statusCode", "304 where the cache answers 200"),
                    ignored("headersText", "repeats headers"), ignored("cookiePartitionKey", "unused"),
                    ignored("cookiePartitionKeyOpaque", "unused"), ignored("exemptedCookies", "unused"));
  }
};

struct DataReceived {
  static constexpr std::string_view kMethod = "Network.dataReceived";
  base::RequestId request_id;
  std::int64_t data_length = 0;
  std::int64_t encoded_data_length = 0;

  static constexpr auto describe() {
    using T = DataReceived;
    return table<T>(kMethod, field("requestId", &T::request_id, ""),
                    field("dataLength", &T::data_length, "decoded").unit("bytes"),
                    field("encodedDataLength", &T::encoded_data_length, "often 0, or late").unit("bytes"),
                    ignored("timestamp", "only its coming counts"),
                    ignored("data", "only after streamResourceContent"));
  }
};

struct LoadingFinished {
  static constexpr std::string_view kMethod = "Network.loadingFinished";
  base::RequestId request_id;
  double timestamp = 0;
  double encoded_data_length = 0;

  static constexpr auto describe() {
    using T = LoadingFinished;
    return table<T>(kMethod, field("requestId", &T::request_id, ""),
                    field("timestamp", &T::timestamp, "").unit("s, monotonic"),
                    field("encodedDataLength", &T::encoded_data_length, "").unit("bytes"));
  }
};

struct CorsErrorStatus {
  std::string cors_error;
  std::string failed_parameter;

  static constexpr auto describe() {
    using T = CorsErrorStatus;
    return table<T>("Network.CorsErrorStatus", field("corsError", &T::cors_error, ""),
                    field("failedParameter", &T::failed_parameter, "the value that is wrong; often empty"));
  }
};

struct LoadingFailed {
  static constexpr std::string_view kMethod = "Network.loadingFailed";
  base::RequestId request_id;
  double timestamp = 0;
  std::string type;
  std::string error_text;
  std::optional<bool> canceled;
  std::optional<std::string> blocked_reason;
  std::optional<CorsErrorStatus> cors_error_status;

  static constexpr auto describe() {
    using T = LoadingFailed;
    return table<T>(kMethod, field("requestId", &T::request_id, ""), field("type", &T::type, "resource type"),
                    field("errorText", &T::error_text, "net::ERR_...; empty when the renderer blocks it"),
                    field("canceled", &T::canceled, ""), field("blockedReason", &T::blocked_reason, ""),
                    field("corsErrorStatus", &T::cors_error_status, ""),
                    field("timestamp", &T::timestamp, "").unit("s, monotonic"));
  }
};

struct GetResponseBody {
  static constexpr std::string_view kMethod = "Network.getResponseBody";
  base::RequestId request_id;

  static constexpr auto describe() {
    return table<GetResponseBody>(kMethod, field("requestId", &GetResponseBody::request_id, ""));
  }
};

struct GetResponseBodyResult {
  std::string body;
  bool base64_encoded = false;

  static constexpr auto describe() {
    using T = GetResponseBodyResult;
    return table<T>("Network.getResponseBody result", field("body", &T::body, ""),
                    field("base64Encoded", &T::base64_encoded, "when it is not text"));
  }
};

struct Enable {
  static constexpr std::string_view kMethod = "Network.enable";
  std::int64_t max_total_buffer_size = 0;
  std::int64_t max_resource_buffer_size = 0;

  static constexpr auto describe() {
    return table<Enable>(kMethod,
                         field("maxTotalBufferSize", &Enable::max_total_buffer_size, "").unit("bytes"),
                         field("maxResourceBufferSize", &Enable::max_resource_buffer_size, "").unit("bytes"));
  }
};

/// Keeps bodies in the network process, those of requests that end as canceled included. Of the session that asks for
/// it, getResponseBody knows no others then (those of service workers, blobs); of the target's other sessions, both.
struct ConfigureDurableMessages {
  static constexpr std::string_view kMethod = "Network.configureDurableMessages";
  std::int64_t max_total_buffer_size = 0;
  std::int64_t max_resource_buffer_size = 0;

  static constexpr auto describe() {
    using T = ConfigureDurableMessages;
    return table<T>(kMethod, field("maxTotalBufferSize", &T::max_total_buffer_size, "").unit("bytes"),
                    field("maxResourceBufferSize", &T::max_resource_buffer_size, "").unit("bytes"));
  }
};

struct Disable {
  static constexpr std::string_view kMethod = "Network.disable";
  static constexpr auto describe() { return table<Disable>(kMethod); }
};

}  // namespace telltale::cdp::network
