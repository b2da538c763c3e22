#pragma once

// One event of a log, as every reader sees it.

#include <cstdint>
#include <string_view>

#include "base/strong.hpp"

namespace telltale::stream {

/// The views stay valid while what the record was taken from is held.
struct Record {
  base::Seq seq;
  std::int64_t ts_us = 0;  ///< Unix time in microseconds
  std::uint8_t type = 0;   ///< index of the event's struct in telemetry::EventData
  std::string_view frame;  ///< "id: N\ndata: {...}\n\n"

  /// The envelope: what stands behind "data: " of the frame.
  [[nodiscard]] std::string_view json() const noexcept {
    constexpr std::string_view kData = "\ndata: ";
    constexpr std::string_view kEnd = "\n\n";
    const auto begin = frame.find(kData) + kData.size();
    return frame.substr(begin, frame.size() - kEnd.size() - begin);
  }
};

/// Events `first` to `last` are in no log any more. A reader that wants all of them has lost these.
struct Gap {
  base::Seq first;
  base::Seq last;

  bool operator==(const Gap&) const = default;
};

}  // namespace telltale::stream
