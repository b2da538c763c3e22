#pragma once

// The protocol identifiers that events carry. They are defined in base because cdp and telemetry share them.

#include "base/strong.hpp"

namespace telltale::telemetry {

using base::CdpSessionId;
using base::FrameId;
using base::LoaderId;
using base::RequestId;
using base::TargetId;

}  // namespace telltale::telemetry
