#include "recording/segment_ring.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>
#include <optional>
#include <new>
#include <tuple>
#include <utility>

#include "stream/limits.hpp"

namespace telltale::recording {
namespace {

namespace fs = std::filesystem;
using base::Errc;

constexpr std::string_view kSuffix = ".segment";
constexpr char kMagic[8] = {'t', 'e', 'l', 'l', 't', 'a', 'l', 'e'};
constexpr std::uint32_t kVersion = 1;
// Frames begin on a page of their own.
constexpr std::size_t kHeaderBytes = 4096;

// At the beginning of each file. Written by one process, read by the next one on the same machine.
struct Header {
  char magic[8];
  std::uint32_t version;
  char session[64];  // ends with 0
  std::uint64_t first_seq;
  std::atomic<std::uint64_t> committed;  // bytes of whole frames behind the header; the last that is stored of a segment
};
static_assert(sizeof(Header) <= kHeaderBytes && std::atomic<std::uint64_t>::is_always_lock_free);

std::unexpected<base::Error> failure(const std::string& what, const fs::path& path, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? Errc::limit : Errc::io;
  return base::fail(code, "cannot " + what + " " + path.string() + ": " + ::strerrordesc_np(error));
}

// One mapped file.
class Mapping {
 public:
  Mapping(char* begin, std::size_t size, fs::path path) : begin_(begin), size_(size), path_(std::move(path)) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    ::unlink(path_.c_str());
    ::munmap(begin_, size_);
  }

  [[nodiscard]] Header& header() const noexcept { return *reinterpret_cast<Header*>(begin_); }
  [[nodiscard]] std::span<char> bytes() const noexcept { return {begin_ + kHeaderBytes, size_ - kHeaderBytes}; }

 private:
  char* begin_;
  std::size_t size_;
  fs::path path_;
};

base::Result<std::unique_ptr<Mapping>> map_new_file(const fs::path& path, std::size_t size, const std::string& session) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return failure("make", path, errno);
  // A full disk is an error here, and not a signal when a page is touched later.
  if (const int error = ::posix_fallocate(file, 0, static_cast<off_t>(size)); error != 0) {
    ::close(file);
    ::unlink(path.c_str());
    return failure("reserve", path, error);
  }
  void* const begin = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  const int error = errno;
  ::close(file);
  if (begin == MAP_FAILED) {
    ::unlink(path.c_str());
    return failure("map", path, error);
  }
  auto& header = *new (begin) Header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  session.copy(header.session, sizeof header.session - 1);
  return std::make_unique<Mapping>(static_cast<char*>(begin), size, path);
}

}  // namespace

struct SegmentRing::Shared {
  Shared(fs::path in, std::string of) : folder(std::move(in)), session(std::move(of)) {}

  std::unique_ptr<Mapping> take() {
    const std::lock_guard lock(mutex);
    if (free.empty()) return nullptr;
    auto mapping = std::move(free.back());
    free.pop_back();
    return mapping;
  }
  // One that was made for a larger event is of no use for others.
  void give_back(std::unique_ptr<Mapping> mapping) {
    if (mapping->bytes().size() != stream::limits::kSegmentBytes) return;
    const std::lock_guard lock(mutex);
    free.push_back(std::move(mapping));
  }

  const fs::path folder;
  const std::string session;
  std::atomic<std::uint64_t> made{0};
  std::mutex mutex;
  std::vector<std::unique_ptr<Mapping>> free;
};

class SegmentRing::Memory final : public stream::SegmentMemory {
 public:
  Memory(std::shared_ptr<Shared> ring, std::unique_ptr<Mapping> mapping)
      : SegmentMemory(mapping->bytes(), mapping->header().committed),
        ring_(std::move(ring)),
        mapping_(std::move(mapping)) {}
  ~Memory() override { ring_->give_back(std::move(mapping_)); }

 private:
  std::shared_ptr<Shared> ring_;
  std::unique_ptr<Mapping> mapping_;
};

SegmentRing::SegmentRing(fs::path folder, base::SessionId id)
    : shared_(std::make_shared<Shared>(std::move(folder), std::move(id.value))) {}

SegmentRing::~SegmentRing() = default;

base::Result<std::unique_ptr<stream::SegmentMemory>> SegmentRing::take(base::Seq first, std::size_t bytes) {
  bytes = std::max(bytes, stream::limits::kSegmentBytes);
  auto mapping = bytes == stream::limits::kSegmentBytes ? shared_->take() : nullptr;
  if (!mapping) {
    const auto name = shared_->session + "." + std::to_string(shared_->made.fetch_add(1)) + std::string(kSuffix);
    auto made = map_new_file(shared_->folder / name, kHeaderBytes + bytes, shared_->session);
    if (!made) return std::unexpected(made.error());
    mapping = std::move(*made);
  }
  // In this order: what a crash leaves in between holds no event.
  mapping->header().committed.store(0, std::memory_order_release);
  mapping->header().first_seq = first.value;
  return std::make_unique<Memory>(shared_, std::move(mapping));
}

namespace {

base::Result<std::optional<LeftSegment>> read_left(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  std::string bytes(error ? 0 : static_cast<std::size_t>(size), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (error || !file) return base::fail(Errc::io, path.string() + " cannot be read");
  if (bytes.size() < kHeaderBytes) return base::fail(Errc::protocol, path.string() + " is no segment");
  Header header{};
  std::memcpy(static_cast<void*>(&header), bytes.data(), sizeof header);
  const bool ours = std::memcmp(header.magic, kMagic, sizeof kMagic) == 0 && header.version == kVersion &&
                    std::memchr(header.session, 0, sizeof header.session) != nullptr;
  if (!ours) return base::fail(Errc::protocol, path.string() + " is no segment");
  const auto committed = header.committed.load();
  if (committed == 0) return std::nullopt;
  if (committed > bytes.size() - kHeaderBytes) return base::fail(Errc::protocol, path.string() + " is cut off");
  return LeftSegment{.path = path,
                     .session = base::SessionId(header.session),
                     .first = {header.first_seq},
                     .frames = bytes.substr(kHeaderBytes, static_cast<std::size_t>(committed))};
}

}  // namespace

base::Result<std::vector<LeftSegment>> left_segments(const fs::path& folder, std::vector<std::string>& unreadable) {
  std::vector<LeftSegment> left;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != kSuffix) continue;
    auto segment = read_left(at->path());
    if (!segment) {
      unreadable.push_back(std::move(segment.error().message));
    } else if (*segment) {
      left.push_back(std::move(**segment));
    }
  }
  if (error) return base::fail(Errc::io, "cannot look through " + folder.string() + ": " + error.message());
  std::ranges::sort(left, {}, [](const LeftSegment& segment) {
    return std::tie(segment.session.value, segment.first);
  });
  return left;
}

}  // namespace telltale::recording
