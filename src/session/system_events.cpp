#include "session/system_events.hpp"

#include <vector>

namespace telltale::session {
namespace {

telemetry::OomConstraint to_event(browser::OomConstraint constraint) {
  switch (constraint) {
    case browser::OomConstraint::none:
      break;
    case browser::OomConstraint::memcg:
      return telemetry::OomConstraint::memcg;
    case browser::OomConstraint::cpuset:
      return telemetry::OomConstraint::cpuset;
    case browser::OomConstraint::memory_policy:
      return telemetry::OomConstraint::memory_policy;
  }
  return telemetry::OomConstraint::none;
}

}  // namespace

telemetry::ServiceCrashed service_crashed(pid_t browser, bool was_ready) {
  using telemetry::ServicePhase;
  return {.phase = was_ready ? ServicePhase::running : ServicePhase::startup,
          .service_name = "chromium",
          .pid = browser};
}

telemetry::SystemOomKill to_event(const browser::OomKill& kill) {
  telemetry::SystemOomKill event;
  event.pid = kill.pid;
  event.process_name = kill.process_name;
  event.rss_kb = kill.rss_kb;
  if (kill.constraint) event.constraint = to_event(*kill.constraint);
  event.mem_free_kb = kill.mem_free_kb;
  event.mem_total_kb = kill.mem_total_kb;
  if (!kill.top_tasks.empty()) {
    auto& tasks = event.top_tasks.emplace();
    for (const auto& task : kill.top_tasks) {
      tasks.push_back({.name = task.name, .pid = task.pid, .rss_kb = task.rss_kb});
    }
  }
  event.trigger_pid = kill.trigger_pid;
  event.trigger_process_name = kill.trigger_process_name;
  return event;
}

}  // namespace telltale::session
