#pragma once

// The derived parts of docs/contract.md.

#include <string>
#include <string_view>

namespace telltale::api {

/// `document` with what stands between `<!-- derived: NAME -->` and `<!-- end -->` written anew, for the
/// names operations, errors, refused and additions. Throws std::runtime_error for a name that is unknown or a
/// block without an end.
std::string derive_contract(std::string_view document);

}  // namespace telltale::api
