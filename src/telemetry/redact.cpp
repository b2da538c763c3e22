#include "telemetry/redact.hpp"

#include <algorithm>
#include <string_view>

#include "base/ascii.hpp"

namespace telltale::telemetry {
namespace {

// Headers whose whole value is a credential.
constexpr std::array<std::string_view, 4> kSecretHeaders = {"authorization", "cookie", "set-cookie",
                                                            "proxy-authorization"};
// Headers that carry a URL.
constexpr std::array<std::string_view, 5> kUrlHeaders = {"referer", "location", "content-location", ":path",
                                                         "sourcemap"};

template <class Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view known) { return base::same_name(name, known); });
}

bool is_url(std::string_view name) { return name == "url" || name.ends_with("_url"); }
bool is_body(std::string_view name) { return name == "body" || name == "post_data" || name == "payload"; }

template <base::Described T>
void redact(const Redactor& redactor, T& value);

// One member of a described struct, by its type and its name on the wire.
template <class T>
void redact_member(const Redactor& redactor, std::string_view name, T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    if (is_url(name)) redactor.apply_to_url(value);
  } else if constexpr (std::is_same_v<T, base::Object<base::RawJson>>) {
    redactor.apply(value);
  } else if constexpr (std::is_same_v<T, base::Secret<std::string>>) {
    if (!is_body(name)) return;
    std::string body = value.reveal();
    redactor.apply_to_body(body);
    value = base::Secret<std::string>(std::move(body));
  } else if constexpr (base::IsOptional<T>::value) {
    using Inner = typename T::value_type;
    if constexpr (std::is_same_v<Inner, base::Secret<std::string>>) {
      if (is_body(name) && redactor.level() == Redaction::strict) value.reset();
    }
    if (value) redact_member(redactor, name, *value);
  } else if constexpr (base::IsBoxed<T>::value) {
    redact_member(redactor, name, *value);
  } else if constexpr (base::IsVector<T>::value) {
    for (auto& item : value) redact_member(redactor, name, item);
  } else if constexpr (base::Described<T>) {
    redact(redactor, value);
  }
}

template <base::Described T>
void redact(const Redactor& redactor, T& value) {
  base::for_each_row<T>([&](const auto& row) {
    using Row = std::remove_cvref_t<decltype(row)>;
    if constexpr (requires {
                    row.name;
                    row.member;
                  }) {
      redact_member(redactor, row.name, value.*row.member);
    } else if constexpr (!std::is_same_v<Row, base::Ignored>) {
      redact(redactor, value.*row.member);
    }
  });
}

}  // namespace

Redactor::Redactor(Redaction level, const std::vector<std::string>& names) : level_(level), text_(names) {
  headers_.assign(kSecretHeaders.begin(), kSecretHeaders.end());
  headers_.insert(headers_.end(), names.begin(), names.end());
}

void Redactor::mask_url_header(base::RawJson& value) const {
  const std::string_view json = value.text;
  if (json.size() < 2 || json.front() != '"') return;
  std::string url(json.substr(1, json.size() - 2));  // still escaped: what separates a query's pairs never is
  if (text_.mask_url(url)) value.text = '"' + url + '"';
}

void Redactor::apply(Event& event) const {
  if (level_ == Redaction::none) return;
  std::visit([&](auto& data) { redact(*this, data); }, event.data);
}

void Redactor::apply(base::Object<base::RawJson>& headers) const {
  for (auto& [name, value] : headers.members) {
    if (is_one_of(headers_, name)) {
      value.text = '"' + std::string(kMask) + '"';
    } else if (is_one_of(kUrlHeaders, name)) {
      mask_url_header(value);
    }
  }
}

}  // namespace telltale::telemetry
