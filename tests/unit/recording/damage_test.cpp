// Files that are no recordings, or not any more: always an error, never a crash.

#include <cstdlib>

#include "faulty_vfs.hpp"
#include "recording_fixture.hpp"
#include "support/read_file.hpp"

namespace telltale::recording {
namespace {

using testing::read_file;

class DamageTest : public RecordingTest {
 protected:
  void write(std::string_view bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }

  /// Does everything that can be done with a recording; each may fail in its own way.
  void use() const {
    look();
    if (auto writer = Writer::open(path())) {
      std::ignore = writer->append(chunk(frames(41, 50)));
      std::ignore = writer->retain(0);
    }
  }

  void look() const {
    auto reader = Reader::open(path());
    if (!reader) return;
    std::ignore = reader->facts();
    std::ignore = reader->extent();
    std::ignore = reader->seek_since(kEpoch);
    std::ignore = reader->seek_until(kEpoch);
    Seq after{};
    // Damaged chunks may lead in circles.
    for (int i = 0; i < 100; ++i) {
      const auto run = reader->read_after(after);
      if (!run || !*run) break;
      for (const auto& record : (*run)->records) EXPECT_EQ(parse_frame(record.frame)->seq, record.seq);
      after = (*run)->last;
    }
    std::ignore = reader->read_before({1000});
  }

 private:
  FaultyVfs unsynced_{{}};  // nothing fails, and nothing waits for the disk
};

TEST_F(DamageTest, RefusesWhatIsNoRecording) {
  const auto refused_as = [&](Errc code, const std::string& words) {
    for (const auto& error : {Reader::open(path()).error(), Writer::open(path()).error()}) {
      EXPECT_EQ(error.code, code) << error.message;
      EXPECT_NE(error.message.find(words), std::string::npos) << error.message;
      EXPECT_NE(error.message.find(path().string()), std::string::npos) << error.message;
    }
  };
  refused_as(Errc::not_found, "there is no file");
  write("");
  refused_as(Errc::invalid_argument, "is no recording of telltale");
  write(std::string(50'000, '#'));
  refused_as(Errc::invalid_argument, "is no recording of telltale");
  fs::remove(path());
  alter(path(), "CREATE TABLE chunk (a)");
  refused_as(Errc::invalid_argument, "is no recording of telltale");
  fs::remove(path());
  make_finished();
  alter(path(), "PRAGMA user_version=2");
  refused_as(Errc::invalid_argument, "newer telltale: its format is 2");
  alter(path(), "PRAGMA user_version=1; DROP TABLE session");
  refused_as(Errc::io, "lacks a table");
  fs::remove(path());
  fs::create_directory(path());
  refused_as(Errc::io, "");
}

TEST_F(DamageTest, NamesTheChunk) {
  make_finished();
  alter(path(), "UPDATE chunk SET frames = substr(frames, 1, 50) WHERE first_seq = 11");
  auto reader = need(Reader::open(path()));

  EXPECT_EQ(need(reader.read_after({}))->last, Seq{10});
  const auto error = reader.read_after({10}).error();
  EXPECT_EQ(error.code, Errc::io);
  EXPECT_TRUE(error.message.starts_with(path().string() + ", events 11 to 20: ")) << error.message;
  EXPECT_EQ(need(reader.read_after({20}))->first, Seq{21});
}

TEST_F(DamageTest, SurvivesAFileThatEndsAnywhere) {
  make_finished();
  const auto bytes = read_file(path());
  for (std::size_t size = 0; size < bytes.size(); size += 509) {
    write(bytes.substr(0, size));
    look();
  }
  for (std::size_t size = 0; size < bytes.size(); size += 8000) {
    write(bytes.substr(0, size));
    use();
  }
}

TEST_F(DamageTest, SurvivesFlippedBytesAnywhere) {
  make_finished();
  const auto bytes = read_file(path());
  std::uint32_t state = 1;
  const auto random = [&] { return state = state * 1664525u + 1013904223u, state >> 8; };
  for (int round = 0; round < 1000; ++round) {
    auto damaged = bytes;
    // The first bytes of a page lead to all others.
    for (int i = 0; i < 4; ++i) {
      const auto page = random() % (bytes.size() / 16384) * 16384;
      const auto place = page + random() % (i < 2 ? 128 : 16384);
      damaged[place] = static_cast<char>(random());
    }
    write(damaged);
    look();
    if (round % 20 == 0) use();
    fs::remove(fs::path(path()).concat("-wal"));
    fs::remove(fs::path(path()).concat("-shm"));
  }
}

TEST_F(DamageTest, SurvivesRowsOfAnySort) {
  for (const char* const change :
       {"first_seq = -5", "last_seq = -1", "last_seq = 9223372036854775807", "last_seq = 'x'",
        "types = x'00'", "types = '{\"99\":1}'", "types = zeroblob(100000)", "frames = zeroblob(20000000)",
        "frames = 7", "first_ts = 'a'", "frames = x''", "types = ''"}) {
    make_finished();
    alter(path(), std::string("UPDATE chunk SET ") + change + " WHERE first_seq = 11");
    use();
    fs::remove(path());
  }
  for (const char* const change :
       {"DROP INDEX chunk_time", "UPDATE session SET value = '[3]' WHERE key = 'types'",
        "UPDATE session SET value = zeroblob(20000000)", "DELETE FROM session",
        "ALTER TABLE chunk DROP COLUMN frames", "DROP TABLE chunk; CREATE TABLE chunk (first_seq INTEGER)"}) {
    make_finished();
    alter(path(), change);
    use();
    fs::remove(path());
  }
}

TEST_F(DamageTest, DoesNotRunWhatAFileBrings) {
  make_finished();
  alter(path(),
        "ALTER TABLE session RENAME TO hidden; CREATE VIEW session AS SELECT 'id' AS key, 'forged' AS value");
  EXPECT_FALSE(Reader::open(path()));
}

}  // namespace
}  // namespace telltale::recording
