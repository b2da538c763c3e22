#pragma once

// What the tests of this folder share: a folder of their own, and frames as the log makes them.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "recording/chunk.hpp"
#include "recording/reader.hpp"
#include "recording/writer.hpp"

namespace telltale::recording {

namespace fs = std::filesystem;
using base::Errc;
using base::Seq;

/// A new folder, removed at the end.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "recording-test-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;  // a folder left in /tmp does not fail a test
    fs::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] std::vector<std::string> entries() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(path_)) out.push_back(entry.path().filename());
    std::ranges::sort(out);
    return out;
  }

 private:
  fs::path path_;
};

constexpr std::int64_t kEpoch = 1'763'704'800'000'000;

/// One frame. Its time is `seq` milliseconds behind kEpoch, unless another is given.
inline std::string frame(std::uint64_t seq, std::string_view type = "console_log",
                         std::string_view category = "console", std::string_view text = "hello",
                         std::int64_t ts_us = 0) {
  const auto ts = ts_us == 0 ? kEpoch + static_cast<std::int64_t>(seq) * 1000 : ts_us;
  return fmt::format(
      "id: {}\ndata: {{\"seq\":{},\"event\":{{\"ts\":{},\"type\":\"{}\",\"category\":\"{}\",\"source\":"
      "{{\"kind\":\"cdp\"}},\"data\":{{\"text\":\"{}\"}}}}}}\n\n",
      seq, seq, ts, type, category, text);
}

/// Frames `first` to `last`, all alike.
inline std::string frames(std::uint64_t first, std::uint64_t last, std::string_view type = "console_log",
                          std::string_view category = "console") {
  std::string out;
  for (auto seq = first; seq <= last; ++seq)
    out += frame(seq, type, category, "text " + std::to_string(seq * seq));
  return out;
}

/// Frames `first` to `last` of 1 KB that hardly can be packed, so that chunks have a size.
inline std::string noise(std::uint64_t first, std::uint64_t last) {
  std::string out;
  std::uint64_t state = first;
  for (auto seq = first; seq <= last; ++seq) {
    std::string text;
    for (int i = 0; i < 1000; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      text += static_cast<char>('a' + (state >> 59) % 26);
    }
    out += frame(seq, "console_log", "console", text);
  }
  return out;
}

template <class T>
T need(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

inline void need(const base::Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

inline Chunk chunk(std::string_view frames) { return need(ChunkEncoder().encode(frames)); }

inline SessionFacts some_facts() {
  return {.id = "0b9c2f9e-0000-4000-8000-000000000001",
          .name = "shop",
          .tags = R"({"team":"checkout"})",
          .created_us = kEpoch,
          .telemetry = R"({"console":true})",
          .browser_version = "Chrome/131.0.6778.85"};
}

/// What a reader gets with `selection`, one after the other.
inline std::string read_all(Reader& reader, const Selection& selection = {}, Seq after = {}) {
  std::string out;
  for (;;) {
    const auto run = need(reader.read_after(after, selection));
    if (!run) return out;
    for (const auto& record : run->records) out += record.frame;
    after = run->last;
  }
}

inline std::string read_all(const fs::path& path) {
  auto reader = need(Reader::open(path));
  return read_all(reader);
}

/// Changes a closed file by SQL.
inline void alter(const fs::path& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

/// A folder with one recording in it.
class RecordingTest : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path path() const { return folder.path() / "session.telltale"; }
  Writer create() { return need(Writer::create(path(), some_facts())); }
  /// A finished recording of four chunks with ten events each: console, network, console, page.
  void make_finished() {
    auto writer = create();
    need(writer.append(chunk(frames(1, 10))));
    need(writer.append(chunk(frames(11, 20, "network_request", "network"))));
    need(writer.append(chunk(frames(21, 30))));
    need(writer.append(chunk(frames(31, 40, "page_load", "page"))));
    need(writer.finish({kEpoch + 50'000, "deleted"}));
  }

  TempFolder folder;
};

}  // namespace telltale::recording
