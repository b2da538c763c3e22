#include "collector/held_events.hpp"

#include <algorithm>
#include <utility>

#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

template <class Wanted>
std::vector<std::uint64_t> numbers_if(const std::deque<HeldEvents::Entry>& entries, Wanted&& wanted) {
  std::vector<std::uint64_t> numbers;
  for (const auto& entry : entries) {
    if (entry.waiting && wanted(*entry.waiting)) numbers.push_back(entry.waiting->number);
  }
  return numbers;
}

}  // namespace

bool HeldEvents::has_room() const noexcept {
  return waiting_ < limits::kErrorsInFlight && !full();
}

bool HeldEvents::full() const noexcept { return entries_.size() >= limits::kHeldEvents; }

telemetry::Event& HeldEvents::push(telemetry::Event event) {
  return entries_.emplace_back(Entry{std::move(event)}).event;
}

std::uint64_t HeldEvents::await_answer(base::CdpSessionId session, TimePoint until, Source source) {
  entries_.back().waiting.emplace(Waiting{++last_number_, std::move(session), until, std::move(source)});
  ++waiting_;
  return last_number_;
}

HeldEvents::Entry* HeldEvents::find(std::uint64_t number) noexcept {
  const auto found = std::ranges::find_if(
      entries_, [&](const Entry& entry) { return entry.waiting && entry.waiting->number == number; });
  return found == entries_.end() ? nullptr : &*found;
}

std::vector<std::uint64_t> HeldEvents::expired(TimePoint now) const {
  return numbers_if(entries_, [&](const Waiting& waiting) { return waiting.until <= now; });
}

std::vector<std::uint64_t> HeldEvents::of_session(const base::CdpSessionId& session) const {
  return numbers_if(entries_, [&](const Waiting& waiting) { return waiting.session == session; });
}

std::vector<std::uint64_t> HeldEvents::all() const {
  return numbers_if(entries_, [](const Waiting&) { return true; });
}

std::optional<HeldEvents::TimePoint> HeldEvents::next_deadline() const noexcept {
  // All wait equally long, so the first one is due first.
  return entries_.empty() || !entries_.front().waiting ? std::nullopt
                                                       : std::optional(entries_.front().waiting->until);
}

void HeldEvents::release(std::vector<telemetry::Event>& out) {
  while (!entries_.empty() && !entries_.front().waiting) {
    out.push_back(std::move(entries_.front().event));
    entries_.pop_front();
  }
  const auto waits = [](const Entry& entry) { return entry.waiting.has_value(); };
  waiting_ = static_cast<std::size_t>(std::ranges::count_if(entries_, waits));
}

}  // namespace telltale::collector
