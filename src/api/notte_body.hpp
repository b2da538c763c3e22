#pragma once

// Sessions and observations in the words of Notte's API.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "api/notte_schemas.hpp"
#include "net/http.hpp"
#include "page/driver.hpp"
#include "session/session_info.hpp"

namespace telltale::api {

/// Whether one of today's SDKs calls: they say so, and expect today's shapes.
bool is_todays(const net::HttpRequest& request) noexcept;

/// `server`: see server_of().
NotteSession to_notte(const session::SessionInfo& info, base::Time now, std::string_view server);

/// ISO 8601: `PT1M2.5S`.
std::string iso_duration(std::chrono::milliseconds duration);

SnapshotMetadata to_metadata(const page::Metrics& page, const std::vector<page::Tab>& tabs, base::Time now);

struct SpaceOptions {
  std::optional<std::size_t> limit;  ///< of interaction actions; absent: all of them
  bool names = false;                ///< with each element's role and accessible name
  bool todays = false;               ///< with today's browser actions
};

ActionSpace to_space(const page::Observation& observation, const SpaceOptions& options);
/// A space without interaction actions that says why.
ActionSpace empty_space(std::string_view description, bool todays);

std::vector<ObservedBox> to_boxes(const page::Observation& observation, std::optional<std::size_t> limit);

}  // namespace telltale::api
