#include "telemetry/redact.hpp"

#include <string_view>

#include "telemetry/envelope.hpp"

namespace telltale::telemetry {
namespace {

bool is_url(std::string_view name) { return name == "url" || name.ends_with("_url"); }
bool is_body(std::string_view name) { return name == "body" || name == "post_data" || name == "payload"; }
bool is_picture(std::string_view name) { return name == "png"; }

template <base::Described T>
void redact(const Redactor& redactor, T& value);

// One member of a described struct, by its type and its name on the wire.
template <class T>
void redact_member(const Redactor& redactor, std::string_view name, T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    if (is_url(name)) {
      redactor.apply_to_url(value);
    } else {
      redactor.apply_to_text(value);
    }
  } else if constexpr (std::is_same_v<T, base::Object<base::RawJson>>) {
    redactor.apply(value);
  } else if constexpr (std::is_same_v<T, base::Secret<std::string>>) {
    if (is_picture(name)) return;
    std::string text = value.reveal();
    const bool changed = is_body(name) ? redactor.apply_to_body(text) : redactor.apply_to_text(text);
    if (changed) value = base::Secret<std::string>(std::move(text));
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

void Redactor::apply(Event& event) const {
  if (level_ == Redaction::none) return;
  std::visit([&](auto& data) { redact(*this, data); }, event.data);
}

void Redactor::apply(base::Object<base::RawJson>& headers) const {
  for (auto& [name, value] : headers.members) {
    if (text_.is_secret_header(name)) {
      value.text = '"' + std::string(kMask) + '"';
    } else {
      text_.mask_header_value(value.text);
    }
  }
}

}  // namespace telltale::telemetry
