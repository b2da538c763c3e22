#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace telltale::base {

/// Fills `bytes` from the kernel's random source.
void fill_random(std::span<unsigned char> bytes);

/// `bytes` bytes from the kernel's random source as lower-case hex: for tokens and names that must not be
/// guessed.
std::string random_hex(std::size_t bytes);

/// A random UUID (version 4, RFC 9562) as text.
std::string uuid_v4();

}  // namespace telltale::base
