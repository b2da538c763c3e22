// telltale_make_recording <events.ndjson> <new file.telltale>: made tests/golden/recording-v1.telltale, once.
// That file stays as it is: it stands for the recordings that people have. A new format gets a golden file of
// its own.

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

#include "golden/recording_v1.hpp"
#include "recording/writer.hpp"

namespace {

using namespace telltale;

constexpr int kChunkEvents = 4;

// A chunk of every kChunkEvents lines, and a new one where seqs are missing.
base::Result<void> write_events(recording::Writer& writer, std::istream& lines) {
  recording::ChunkEncoder encoder;
  std::string frames;
  std::uint64_t last = 0;
  int events = 0;
  const auto flush = [&]() -> base::Result<void> {
    if (events == 0) return {};
    const auto chunk = encoder.encode(frames);
    if (!chunk) return std::unexpected(chunk.error());
    frames.clear();
    events = 0;
    writer.skip_to(chunk->first);
    return writer.append(*chunk);
  };
  for (std::string line; std::getline(lines, line);) {
    const auto seq = std::stoull(line.substr(line.find(':') + 1));
    if (events == kChunkEvents || seq != last + 1) {
      if (auto flushed = flush(); !flushed) return flushed;
    }
    frames += "id: " + std::to_string(seq) + "\ndata: " + line + "\n\n";
    last = seq;
    ++events;
  }
  return flush();
}

base::Result<void> write(const char* events, const char* path) {
  std::ifstream lines(events);
  const auto facts = golden::recording_v1_facts();
  auto writer = recording::Writer::create(path, facts.session);
  if (!writer) return std::unexpected(writer.error());
  if (auto written = write_events(*writer, lines); !written) return written;
  return writer->finish(*facts.ending);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: telltale_make_recording <events.ndjson> <new file.telltale>\n", stderr);
    return 2;
  }
  const auto written = write(argv[1], argv[2]);
  if (!written) std::fprintf(stderr, "telltale_make_recording: %s\n", written.error().message.c_str());
  return written ? 0 : 1;
}
