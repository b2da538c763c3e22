#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace telltale::testing {

/// What can be read of a file, empty if nothing can. Never throws, as iterators over the file's buffer would:
/// reading below /proc fails with ESRCH when the process ends in between.
inline std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

}  // namespace telltale::testing
