#pragma once

// The files that are derived from the event catalog, for the program that writes them and the test that
// compares them.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "telemetry/catalog.hpp"
#include "telemetry/derive.hpp"

namespace telltale::golden {

struct DerivedFile {
  std::string path;  ///< from the root of the repository
  std::string text;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// One envelope per event type, in catalog order. Written by hand: the derived files show them, and the
/// encoder and decoder are compared with them.
inline constexpr const char* kSamplesPath = "tests/golden/envelopes.ndjson";

/// One line per event type, in catalog order: type, tab, the end-to-end test that makes a real browser
/// produce it; or type, tab, "-", tab, why there is none. A third column after a test says where it cannot
/// run.
inline constexpr const char* kProducersPath = "tests/golden/producers.tsv";

/// A line without its line break, cut at its tabs into that many columns.
inline std::vector<std::string> columns_of(const std::string& line, std::size_t count) {
  std::vector<std::string> columns(count);
  std::size_t begin = 0;
  for (auto& column : columns) {
    const auto end = std::min(line.find('\t', begin), line.size());
    column = line.substr(begin, end - begin);
    begin = std::min(end + 1, line.size());
  }
  return columns;
}

/// Where, redact, before, after, note: what redaction does. Its first line says how it is written.
inline constexpr const char* kRedactionsPath = "tests/golden/redactions.tsv";

inline std::vector<telemetry::RedactionSample> redactions(const std::string& root) {
  std::vector<telemetry::RedactionSample> samples;
  for (const auto& line : lines_of(read_file(root + "/" + kRedactionsPath))) {
    if (line.starts_with('#')) continue;
    auto columns = columns_of(line, 5);
    samples.push_back({columns[0], columns[1], columns[2], columns[3], columns[4]});
  }
  return samples;
}

/// Throws when a type has no line.
inline std::vector<telemetry::EventProducer> producers(const std::string& root) {
  std::vector<telemetry::EventProducer> rows;
  for (const auto& line : lines_of(read_file(root + "/" + kProducersPath))) {
    if (line.empty() || line.starts_with('#')) continue;
    auto columns = columns_of(line, 3);
    if (columns[1] == "-") columns[1].clear();
    rows.push_back({columns[0], columns[1], columns[2]});
  }
  const auto types = telemetry::all_event_types();
  for (std::size_t i = 0; i < std::max(types.size(), rows.size()); ++i) {
    const bool right = i < types.size() && i < rows.size() && rows[i].type == types[i].name;
    if (right && (!rows[i].test.empty() || !rows[i].note.empty())) continue;
    const std::string place = i < types.size() ? std::string(types[i].name) : rows[i].type;
    throw std::runtime_error(std::string(kProducersPath) + ": line " + std::to_string(i + 1) +
                             " must be that of " + place + ", with its test");
  }
  return rows;
}

/// Throws when a sample cannot be decoded.
inline std::vector<DerivedFile> derived_files(const std::string& root) {
  std::vector<telemetry::Envelope> samples;
  std::string encoded;
  for (const auto& line : lines_of(read_file(root + "/" + kSamplesPath))) {
    auto sample = telemetry::decode_envelope(line);
    if (!sample)
      throw std::runtime_error(std::string(kSamplesPath) + ": " + sample.error().message + "\n" + line);
    telemetry::encode_envelope(encoded, sample->seq, sample->event, base::Secrets::reveal);
    encoded += '\n';
    samples.push_back(std::move(*sample));
  }
  return {{kSamplesPath, encoded},
          {"tests/golden/envelope.schema.json", telemetry::derive_schema()},
          {"tests/golden/telltale-events.d.ts", telemetry::derive_typescript()},
          {"docs/events.md", telemetry::derive_docs(samples, producers(root))},
          {"docs/redaction.md", telemetry::derive_redaction_docs(redactions(root))}};
}

}  // namespace telltale::golden
