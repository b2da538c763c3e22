#pragma once

// Events of the category `control`: what clients asked telltale to do.

#include <cstdint>
#include <string>

#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

struct ApiCall {
  std::string operation_id;
  std::string request_id;
  std::int64_t status = 0;
  double duration_ms = 0;

  static constexpr EventType kEvent{.name = "api_call",
                                    .category = Category::control,
                                    .kind = SourceKind::kernel_api,
                                    .doc = "A call of the control API on this session was answered."};

  static constexpr auto describe() {
    using base::field;
    return base::table<ApiCall>(
        kEvent.doc, field("operation_id", &ApiCall::operation_id, "OpenAPI operationId."),
        field("request_id", &ApiCall::request_id, "Id of the HTTP request."),
        field("status", &ApiCall::status, "HTTP status of the answer."),
        field("duration_ms", &ApiCall::duration_ms, "Time that the handler took; µs precision.").unit("ms"));
  }
};

}  // namespace telltale::telemetry
