#include "recording/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace telltale::recording {
namespace {

namespace fs = std::filesystem;
using base::Result;

std::unexpected<base::Error> failure(const fs::path& path, int error) {
  return base::fail(errc_of_errno(error), path.string() + ": " + ::strerrordesc_np(error));
}

}  // namespace

Result<void> make_private_file(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failure(path, errno);
  ::close(fd);
  return {};
}

Result<void> sync_file(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return {};
  if (fd < 0) return failure(path, errno);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error != 0) return failure(path, error);
  return {};
}

base::Errc errc_of_errno(int error) noexcept {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return base::Errc::limit;
    case EEXIST:
      return base::Errc::conflict;
    default:
      return base::Errc::io;
  }
}

}  // namespace telltale::recording
