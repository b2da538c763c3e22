#pragma once

// Why a navigation led to no page, in words that a person knows.

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace telltale::page {

/// Of a URL whose content is a download; `name` as the browser tells it.
base::Error is_download(const std::string& url, const std::optional<std::string>& name);

/// `net_error`: `net::ERR_...` of Page.navigate. `status`: of the server's answer, where it is known.
base::Error is_no_page(const std::string& url, const std::string& net_error, std::optional<std::int64_t> status);

}  // namespace telltale::page
