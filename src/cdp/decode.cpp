#include "cdp/decode.hpp"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/ascii.hpp"
#include "base/json_encode.hpp"
#include "cdp/protocol/dom.hpp"
#include "cdp/protocol/screenshot.hpp"

namespace telltale::cdp {
namespace {

using simdjson::dom::element;

// Where decoding failed, built outwards: "request.headers".
struct Failure {
  std::string path;
  std::string_view what;
};
using Outcome = std::optional<Failure>;

template <class T>
Outcome decode_value(element json, T& out);

template <base::Described T>
Outcome decode_struct(element json, T& out);

template <class T, class Row>
Outcome decode_row(simdjson::dom::object object, T& out, const Row& row) {
  auto& member = out.*row.member;
  element value;
  const bool found = !object.at_key(row.name).get(value);
  if constexpr (base::IsOptional<std::remove_cvref_t<decltype(member)>>::value) {
    if (!found || value.is_null()) return std::nullopt;
    auto failure = decode_value(value, member.emplace());
    if (failure) failure->path.insert(0, std::string(row.name) + (failure->path.empty() ? "" : "."));
    return failure;
  } else {
    if (!found) return Failure{std::string(row.name), "missing"};
    auto failure = decode_value(value, member);
    if (failure) failure->path.insert(0, std::string(row.name) + (failure->path.empty() ? "" : "."));
    return failure;
  }
}

template <base::Described T>
Outcome decode_struct(element json, T& out) {
  simdjson::dom::object object;
  if (json.get(object)) return Failure{"", "is not an object"};
  Outcome outcome;
  base::for_each_row<T>([&](const auto& row) {
    using Row = std::remove_cvref_t<decltype(row)>;
    if constexpr (base::kHasMember<Row>) {
      if (!outcome) outcome = decode_row(object, out, row);
    }
  });
  return outcome;
}

template <class T>
Outcome decode_value(element json, T& out) {
  if constexpr (std::is_same_v<T, bool>) {
    if (json.get(out)) return Failure{"", "is not a boolean"};
  } else if constexpr (std::is_same_v<T, double>) {
    if (json.get(out)) return Failure{"", "is not a number"};
  } else if constexpr (std::is_integral_v<T>) {
    // Chromium writes some integers as doubles ("200.0" was never seen, 1e21 was): accept both.
    std::int64_t integer = 0;
    double number = 0;
    if (!json.get(integer)) {
      out = integer;
    } else if (!json.get(number) && number > -9e18 && number < 9e18) {
      out = static_cast<T>(number);
    } else {
      return Failure{"", "is not an integer"};
    }
  } else if constexpr (std::is_same_v<T, std::string>) {
    std::string_view text;
    if (json.get(text)) return Failure{"", "is not a string"};
    out = text;
  } else if constexpr (base::IsStrongId<T>::value) {
    return decode_value(json, out.value);
  } else if constexpr (std::is_same_v<T, base::RawJson>) {
    out.text = simdjson::minify(json);
  } else if constexpr (std::is_same_v<T, base::JsonScalar>) {
    std::string_view text;
    out.is_string = !json.get(text);
    out.text = out.is_string ? std::string(text) : simdjson::minify(json);
  } else if constexpr (base::IsBoxed<T>::value) {
    return decode_value(json, *out);
  } else if constexpr (base::IsVector<T>::value) {
    simdjson::dom::array array;
    if (json.get(array)) return Failure{"", "is not an array"};
    for (const element item : array) {
      if (auto failure = decode_value(item, out.emplace_back())) return failure;
    }
  } else if constexpr (base::IsObject<T>::value) {
    simdjson::dom::object object;
    if (json.get(object)) return Failure{"", "is not an object"};
    out.members.reserve(object.size());
    for (const auto [name, item] : object) {
      auto& member = out.members.emplace_back(std::string(name),
                                              typename decltype(out.members)::value_type::second_type{});
      if (auto failure = decode_value(item, member.second)) return failure;
    }
  } else {
    return decode_struct(json, out);
  }
  return std::nullopt;
}

using DecodeParams = Outcome (*)(element, Event&);
struct Method {
  std::string_view name;
  DecodeParams decode;
};

template <class E>
Outcome decode_params(element params, Event& out) {
  return decode_struct(params, out.emplace<E>());
}

template <class... E>
constexpr std::array<Method, sizeof...(E)> methods_of(std::type_identity<std::variant<E...>>) {
  return {Method{E::kMethod, &decode_params<E>}...};
}
constexpr auto kMethods = methods_of(std::type_identity<Event>{});

// Twenty-odd names of mostly different lengths: a scan that compares lengths first beats hashing.
const Method* find_method(std::string_view name) noexcept {
  for (const auto& method : kMethods) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

// The UTF-16 unit of a \uXXXX escape at `at`, or -1.
int escape_unit(std::string_view text, std::size_t at) noexcept {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const int digit = base::hex_digit(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

// Pages may log half a surrogate pair. Chromium passes it on as an escape, which no strict parser accepts.
std::string replace_lone_surrogates(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i + 1 < out.size();) {
    if (out[i] != '\\') {
      ++i;
      continue;
    }
    const int unit = escape_unit(out, i);
    if (unit < 0xD800 || unit > 0xDFFF) {
      i += 2;  // also steps over an escaped backslash
      continue;
    }
    const int low = unit < 0xDC00 ? escape_unit(out, i + 6) : -1;
    if (low >= 0xDC00 && low <= 0xDFFF) {
      i += 12;
      continue;
    }
    out.replace(i, 6, "\\ufffd");
    i += 6;
  }
  return out;
}

base::Error parse_error(simdjson::error_code code) {
  return {base::Errc::protocol, std::string("not a CDP frame: ") + simdjson::error_message(code)};
}

}  // namespace

class Decoder::Impl {
 public:
  base::Result<Frame> decode(std::string_view text) {
    // Chromium writes the id first. A reply can be large and only its caller knows its shape: keep it as
    // text.
    if (text.starts_with("{\"id\":")) return decode_reply(text);
    element root;
    auto error = parser_.parse(text.data(), text.size(), false).get(root);
    if (error == simdjson::STRING_ERROR) {
      repaired_ = simdjson::padded_string(replace_lone_surrogates(text));
      error = parser_.parse(repaired_).get(root);
    }
    if (error) return std::unexpected(parse_error(error));
    return decode_notification(root);
  }

 private:
  base::Result<Frame> decode_reply(std::string_view text) {
    Reply reply;
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    auto error =
        ondemand_.iterate(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING).get(document);
    if (!error) error = document.get_object().get(object);
    if (error) return std::unexpected(parse_error(error));
    bool answered = false;
    for (auto field : object) {
      std::string_view key;
      if ((error = field.unescaped_key().get(key))) break;
      if (key == "id") {
        error = field.value().get_uint64().get(reply.id);
      } else if (key == "result") {
        simdjson::ondemand::object result;
        std::string_view raw;
        error = field.value().get_object().get(result);
        if (!error) error = result.raw_json().get(raw);
        reply.result = std::string(raw);
        answered = true;
      } else if (key == "error") {
        simdjson::ondemand::object details;
        std::string_view message;
        error = field.value().get_object().get(details);
        if (!error) error = details["message"].get_string().get(message);
        reply.result = base::fail(base::Errc::protocol, std::string(message));
        answered = true;
      }
      if (error) break;
    }
    if (error) return std::unexpected(parse_error(error));
    if (!answered) return base::fail(base::Errc::protocol, "a CDP reply has neither result nor error");
    return reply;
  }

  base::Result<Frame> decode_notification(element root) {
    std::string_view method;
    if (root["method"].get(method)) return base::fail(base::Errc::protocol, "a CDP frame has no method");
    const Method* known = find_method(method);
    if (known == nullptr) return Unused{};
    Notification notification;
    std::string_view session;
    if (!root["sessionId"].get(session)) notification.session = base::CdpSessionId(session);
    element params;
    if (root["params"].get(params))
      return base::fail(base::Errc::protocol, std::string(method) + " has no params");
    if (const auto failure = known->decode(params, notification.event)) {
      return base::fail(base::Errc::protocol,
                        std::string(method) + ": " + failure->path + " " + std::string(failure->what));
    }
    return notification;
  }

  simdjson::dom::parser parser_;
  simdjson::ondemand::parser ondemand_;
  simdjson::padded_string repaired_;
};

Decoder::Decoder() : impl_(std::make_unique<Impl>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

base::Result<Frame> Decoder::decode(std::string_view text) { return impl_->decode(text); }

template <class Result_>
base::Result<Result_> decode_result(const std::string& json) {
  simdjson::dom::parser parser;
  element root;
  auto error = parser.parse(json).get(root);
  if (error == simdjson::STRING_ERROR) error = parser.parse(replace_lone_surrogates(json)).get(root);
  if (error) return std::unexpected(parse_error(error));
  Result_ out;
  if (const auto failure = decode_struct(root, out)) {
    return base::fail(base::Errc::protocol, failure->path + " " + std::string(failure->what));
  }
  return out;
}

template base::Result<page::CaptureScreenshotResult> decode_result(const std::string&);
template base::Result<page::GetLayoutMetricsResult> decode_result(const std::string&);
template base::Result<page::GetFrameTreeResult> decode_result(const std::string&);
template base::Result<network::GetResponseBodyResult> decode_result(const std::string&);
template base::Result<page::NavigateResult> decode_result(const std::string&);
template base::Result<target::CreateTargetResult> decode_result(const std::string&);
template base::Result<target::GetTargetsResult> decode_result(const std::string&);
template base::Result<page::GetNavigationHistoryResult> decode_result(const std::string&);
template base::Result<page::CreateIsolatedWorldResult> decode_result(const std::string&);
template base::Result<runtime::EvaluateResult> decode_result(const std::string&);
template base::Result<runtime::GetPropertiesResult> decode_result(const std::string&);
template base::Result<dom::GetFrameOwnerResult> decode_result(const std::string&);
template base::Result<dom::ResolveNodeResult> decode_result(const std::string&);
template base::Result<dom::DescribeNodeResult> decode_result(const std::string&);

std::optional<std::uint64_t> id_of_prefix(std::string_view prefix) noexcept {
  constexpr std::string_view kStart = "{\"id\":";
  if (!prefix.starts_with(kStart)) return std::nullopt;
  std::uint64_t id = 0;
  const auto* from = prefix.data() + kStart.size();
  const auto [end, error] = std::from_chars(from, prefix.data() + prefix.size(), id);
  if (error != std::errc{} || end == from) return std::nullopt;
  return id;
}

std::string_view method_of_prefix(std::string_view prefix) noexcept {
  constexpr std::string_view kStart = "{\"method\":\"";
  if (!prefix.starts_with(kStart)) return {};
  prefix.remove_prefix(kStart.size());
  const auto end = prefix.find('"');
  return end == std::string_view::npos ? std::string_view() : prefix.substr(0, end);
}

base::Result<Frame> decode_copy(std::string_view text) {
  const simdjson::padded_string padded(text);
  return Decoder().decode(std::string_view(padded.data(), padded.size()));
}

std::string encode_params(const Event& event) {
  return std::visit([](const auto& params) { return base::to_json(params, base::Secrets::reveal); }, event);
}

}  // namespace telltale::cdp
