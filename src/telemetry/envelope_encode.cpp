#include "telemetry/envelope.hpp"
#include "telemetry/limits.hpp"
#include "telemetry/truncate.hpp"

namespace telltale::telemetry {
namespace {

constexpr std::string_view kData = R"(,"data":)";
constexpr std::string_view kTruncated = R"(,"truncated":true)";

}  // namespace

Source source_of(const EventType& type) {
  Source source{.kind = type.kind, .event = std::nullopt, .metadata = std::nullopt};
  if (!type.source.empty()) source.event = std::string(type.source);
  return source;
}

void encode_envelope(std::string& out, base::Seq seq, const Event& event, base::Secrets secrets) {
  const std::size_t begin = out.size();
  const EventType& type = event_type(event.data);
  out += R"({"seq":)";
  base::encode_json(out, seq, secrets);
  out += R"(,"event":{"ts":)";
  base::encode_json(out, event.ts_us, secrets);
  out += R"(,"type":")";  // names are ours: they need no escaping
  out += type.name;
  out += R"(","category":")";
  out += base::enum_name(type.category);
  out += R"(","source":)";
  base::encode_json(out, event.source, secrets);

  const std::size_t head_end = out.size();
  auto truncation = event.truncation;
  if (truncation != Truncation::data) {
    std::visit(
        [&]<class Data>(const Data& data) {
          if constexpr (!std::is_empty_v<Data>) {
            out += kData;
            base::encode_json(out, data, secrets);
          }
        },
        event.data);
    constexpr std::size_t kEnd = kTruncated.size() + 2;  // with the closing braces
    if (out.size() - begin + kEnd > limits::kEnvelopeBytes) {
      const std::size_t data_begin = head_end + kData.size();
      const std::size_t room = limits::kEnvelopeBytes - kEnd - (data_begin - begin);
      truncation = truncate_strings(out, data_begin, room) ? Truncation::strings : Truncation::data;
    }
  }
  if (truncation == Truncation::data) {
    out.resize(head_end);
    out += kData;
    out += "null";
  }
  if (truncation != Truncation::none) out += kTruncated;
  out += "}}";
}

}  // namespace telltale::telemetry
