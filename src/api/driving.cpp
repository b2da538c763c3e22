#include "api/driving.hpp"

#include <utility>

namespace telltale::api {

using base::Errc;

base::Task<base::Result<session::Found>> find_live(const Services& services, CallRecord& record,
                                                   std::string id_or_name) {
  auto found = co_await services.registry.find(id_or_name);
  if (!found) co_return std::unexpected(found.error());
  record.set_session(found->session);
  if (session::is_over(found->info->state)) {
    std::string message = "session '" + id_or_name + "' has ended";
    if (!found->info->error.empty()) message += ": " + found->info->error;
    co_return base::fail(Errc::not_found, std::move(message));
  }
  found->session->touch();
  co_return found;
}

base::Task<base::Result<session::Found>> find_drivable(const Services& services, CallRecord& record,
                                                       std::string id_or_name) {
  auto found = co_await find_live(services, record, std::move(id_or_name));
  if (!found) co_return std::unexpected(found.error());
  const auto& info = *found->info;
  if (info.cdp_endpoint.empty()) {
    std::string why = "the browser is not connected";
    if (!info.error.empty()) why += ": " + info.error;
    co_return base::fail(Errc::unavailable, std::move(why));
  }
  co_return found;
}

}  // namespace telltale::api
