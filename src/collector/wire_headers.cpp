#include "collector/wire_headers.hpp"

#include <utility>

#include "collector/limits.hpp"

namespace telltale::collector {

void WireHeaders::Side::add(cdp::network::Headers headers) {
  if (late > 0) {
    --late;
    return;
  }
  if (waiting.size() >= limits::kExtraInfosPerRequest) waiting.pop_front();
  waiting.push_back(std::move(headers));
}

std::optional<cdp::network::Headers> WireHeaders::Side::take() {
  if (waiting.empty()) {
    ++late;
    return std::nullopt;
  }
  auto headers = std::move(waiting.front());
  waiting.pop_front();
  return headers;
}

WireHeaders& EarlyWireHeaders::of(const base::RequestId& id) {
  const auto [slot, fresh] = by_id_.try_emplace(id);
  if (fresh) {
    by_age_.push_back(id);
    if (by_age_.size() > limits::kEarlyExtraInfos) {
      by_id_.erase(by_age_.front());
      by_age_.pop_front();
    }
  }
  return by_id_[id];
}

WireHeaders EarlyWireHeaders::take(const base::RequestId& id) {
  auto node = by_id_.extract(id);
  return node.empty() ? WireHeaders{} : std::move(node.mapped());
}

void EarlyWireHeaders::clear() noexcept {
  by_id_.clear();
  by_age_.clear();
}

}  // namespace telltale::collector
