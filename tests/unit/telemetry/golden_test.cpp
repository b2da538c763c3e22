#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "golden/derived_files.hpp"
#include "support/paths.hpp"
#include "telemetry/event_models.hpp"

namespace telltale::telemetry {
namespace {

const std::string kRoot = testing::source_path();

std::vector<std::string> samples() {
  return golden::lines_of(golden::read_file(kRoot + "/" + golden::kSamplesPath));
}

TEST(Golden, DerivedFilesAreUpToDate) {
  for (const auto& file : golden::derived_files(kRoot)) {
    EXPECT_TRUE(golden::read_file(kRoot + "/" + file.path) == file.text)
        << file.path << " is out of date: run scripts/gen";
  }
}

TEST(Golden, HasOneSamplePerEventTypeInCatalogOrder) {
  const auto lines = samples();
  ASSERT_EQ(lines.size(), all_event_types().size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto sample = decode_envelope(lines[i]);
    ASSERT_TRUE(sample) << sample.error().message;
    EXPECT_EQ(event_type(sample->event.data).name, all_event_types()[i].name);
  }
}

// Every member of a structure must be there, so that the round trip covers it.
void expect_complete(const base::TypeModel& type, const nlohmann::json& json, const std::string& path,
                     int depth) {
  if (type.kind == base::TypeKind::list) {
    ASSERT_FALSE(json.empty()) << path;
    expect_complete(type.element(), json[0], path + "[0]", depth);
  }
  if (type.kind != base::TypeKind::structure) return;
  constexpr int kRecursion = 2;  // a recursive structure has to end somewhere
  for (const auto& field : type.fields) {
    const std::string name(field.name);
    if (!json.contains(name)) {
      EXPECT_GE(depth, kRecursion) << path << "." << name << " is missing in " << golden::kSamplesPath;
      continue;
    }
    const bool recursive = &field.type() == &type;
    if (!recursive || depth < kRecursion)
      expect_complete(field.type(), json[name], path + "." + name, depth + recursive);
  }
}

TEST(Golden, SamplesHaveEveryField) {
  const auto lines = samples();
  ASSERT_EQ(lines.size(), event_models().size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto event = nlohmann::json::parse(lines[i])["event"];
    const auto& model = event_models()[i];
    if (model.data->fields.empty()) {
      EXPECT_FALSE(event.contains("data")) << model.type->name;
    } else {
      ASSERT_TRUE(event.contains("data")) << model.type->name;
      expect_complete(*model.data, event["data"], std::string(model.type->name), 0);
    }
  }
}

TEST(Golden, SamplesSurviveDecodingAndEncodingByteForByte) {
  for (const auto& line : samples()) {
    const auto sample = decode_envelope(line);
    ASSERT_TRUE(sample) << sample.error().message << "\n" << line;
    std::string encoded;
    encode_envelope(encoded, sample->seq, sample->event, base::Secrets::reveal);
    EXPECT_EQ(encoded, line);
  }
}

TEST(Golden, SamplesComeFromTheSourceOfTheirType) {
  for (const auto& line : samples()) {
    const auto sample = decode_envelope(line);
    ASSERT_TRUE(sample) << sample.error().message;
    const EventType& type = event_type(sample->event.data);
    EXPECT_EQ(sample->event.source.kind, type.kind) << type.name;
    if (!type.source.empty()) {
      EXPECT_EQ(sample->event.source.event, type.source) << type.name;
    }
  }
}

}  // namespace
}  // namespace telltale::telemetry
