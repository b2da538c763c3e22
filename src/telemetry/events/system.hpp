#pragma once

// Events of the category `system`: the machine and the processes around the browser.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

enum class ServicePhase { startup, running, gave_up };

constexpr std::array<base::EnumName<ServicePhase>, 3> describe_enum(ServicePhase) {
  return {{{ServicePhase::startup, "startup"},
           {ServicePhase::running, "running"},
           {ServicePhase::gave_up, "gave_up"}}};
}

struct ServiceCrashed {
  ServicePhase phase = ServicePhase::running;
  std::string service_name;
  std::optional<std::int64_t> pid;

  static constexpr EventType kEvent{.name = "service_crashed",
                                    .category = Category::system,
                                    .kind = SourceKind::local_process,
                                    .doc = "A supervised process ended unexpectedly."};

  static constexpr auto describe() {
    using base::field;
    return base::table<ServiceCrashed>(
        kEvent.doc,
        field("phase", &ServiceCrashed::phase,
              "`startup`: before it was ready; `running`: after; `gave_up`: it is not restarted any more."),
        field("service_name", &ServiceCrashed::service_name, "E.g. `chromium`."),
        field("pid", &ServiceCrashed::pid, "The process that ended; absent for `gave_up`."));
  }
};

enum class OomConstraint { none, memcg, cpuset, memory_policy };

constexpr std::array<base::EnumName<OomConstraint>, 4> describe_enum(OomConstraint) {
  return {{{OomConstraint::none, "none"},
           {OomConstraint::memcg, "memcg"},
           {OomConstraint::cpuset, "cpuset"},
           {OomConstraint::memory_policy, "memory_policy"}}};
}

struct OomTask {
  std::string name;
  std::int64_t pid = 0;
  std::int64_t rss_kb = 0;

  static constexpr auto describe() {
    using base::field;
    return base::table<OomTask>("A process at the time of an out-of-memory kill.",
                                field("name", &OomTask::name, "Process name, at most 15 characters."),
                                field("pid", &OomTask::pid, "Process id."),
                                field("rss_kb", &OomTask::rss_kb, "Resident memory.").unit("KiB"));
  }
};

struct SystemOomKill {
  std::int64_t pid = 0;
  std::string process_name;
  std::int64_t rss_kb = 0;
  std::optional<OomConstraint> constraint;
  std::optional<std::int64_t> mem_free_kb;
  std::optional<std::int64_t> mem_total_kb;
  std::optional<std::vector<OomTask>> top_tasks;
  std::optional<std::int64_t> trigger_pid;
  std::optional<std::string> trigger_process_name;

  static constexpr EventType kEvent{.name = "system_oom_kill",
                                    .category = Category::system,
                                    .kind = SourceKind::local_process,
                                    .doc = "The kernel killed a process because memory ran out."};

  static constexpr auto describe() {
    using base::field;
    return base::table<SystemOomKill>(
        kEvent.doc, field("pid", &SystemOomKill::pid, "The killed process."),
        field("process_name", &SystemOomKill::process_name, "Its name, at most 15 characters."),
        field("rss_kb", &SystemOomKill::rss_kb, "Its resident memory: anonymous, file and shared.")
            .unit("KiB"),
        field("constraint", &SystemOomKill::constraint, "What was exhausted; `none` is the whole machine."),
        field("mem_free_kb", &SystemOomKill::mem_free_kb, "Free memory of the machine.").unit("KiB"),
        field("mem_total_kb", &SystemOomKill::mem_total_kb, "Memory of the machine.").unit("KiB"),
        field("top_tasks", &SystemOomKill::top_tasks,
              "The largest processes by resident memory, largest first.")
            .range(0, 5),
        field("trigger_pid", &SystemOomKill::trigger_pid, "The process whose allocation failed."),
        field("trigger_process_name", &SystemOomKill::trigger_process_name, "Its name."));
  }
};

}  // namespace telltale::telemetry
