#include "cli/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/random.hpp"
#include "browser/unique_fd.hpp"

namespace telltale::cli {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;
using base::Result;

constexpr std::size_t kMaxBytes = 64u << 10;

std::unexpected<base::Error> io_failure(std::string_view what, const fs::path& file) {
  return fail(Errc::io,
              "cannot " + std::string(what) + " " + file.string() + ": " + ::strerrordesc_np(errno));
}

/// A new file of its own beside `file`, complete and with mode 0600. The caller renames, links or removes it.
Result<fs::path> write_beside(const fs::path& file, std::string_view content) {
  fs::path draft = file.string() + "." + base::random_hex(8);
  const browser::UniqueFd descriptor(
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!descriptor) return io_failure("write", draft);
  if (::write(descriptor.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
    auto failure = io_failure("write", draft);
    ::unlink(draft.c_str());
    return failure;
  }
  return draft;
}

}  // namespace

Result<std::string> read_small_file(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return fail(Errc::not_found, "there is no file " + file.string());
  std::ifstream stream(file, std::ios::binary);
  std::string content(kMaxBytes + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad() || !stream.eof()) {
    if (content.size() > kMaxBytes) return fail(Errc::limit, file.string() + " is too large");
    return fail(Errc::io, "cannot read " + file.string() + ": are you allowed to?");
  }
  return content;
}

Result<bool> create_private_file(const fs::path& file, std::string_view content) {
  const auto draft = write_beside(file, content);
  if (!draft) return std::unexpected(draft.error());
  const bool created = ::link(draft->c_str(), file.c_str()) == 0;
  const int error = errno;
  ::unlink(draft->c_str());
  if (created || error == EEXIST) return created;
  errno = error;
  return io_failure("create", file);
}

Result<void> replace_private_file(const fs::path& file, std::string_view content) {
  const auto draft = write_beside(file, content);
  if (!draft) return std::unexpected(draft.error());
  if (::rename(draft->c_str(), file.c_str()) == 0) return {};
  auto failure = io_failure("write", file);
  ::unlink(draft->c_str());
  return failure;
}

bool is_open_to_others(const fs::path& file) {
  struct stat info{};
  return ::stat(file.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

}  // namespace telltale::cli
