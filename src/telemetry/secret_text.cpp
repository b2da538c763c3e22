#include "telemetry/secret_text.hpp"

#include <utility>

namespace telltale::telemetry {

template <class Look>
bool SecretText::mask(std::string& text, Look&& look) const {
  SecretScan scan(names_, text);
  look(scan);
  return mask_pieces(text, scan.pieces());
}

bool SecretText::mask_url(std::string& url) const {
  return mask(url, [](SecretScan& scan) {
    scan.tokens();
    scan.url();
  });
}

bool SecretText::mask_body(std::string& body) const {
  return mask(body, [](SecretScan& scan) { scan.body(); });
}

bool SecretText::mask_text(std::string& text) const {
  return mask(text, [](SecretScan& scan) {
    scan.tokens();
    scan.urls();
  });
}

bool SecretText::mask_everything(std::string& text) const {
  return mask(text, [](SecretScan& scan) {
    scan.body();
    scan.assignments(SecretScan::Assigned::anything);
  });
}

bool SecretText::mask_header_value(std::string& json) const {
  if (json.size() < 2 || json.front() != '"') return false;
  const std::string_view raw = std::string_view(json).substr(1, json.size() - 2);
  // Most values have nothing that could be a credential.
  if (raw.find_first_of("?#=:{ ") == std::string_view::npos && raw.find("eyJ") == std::string_view::npos) return false;
  const auto layer = json_unescaped(raw);
  SecretScan scan(names_, layer.text);
  scan.value();
  auto pieces = scan.pieces();
  for (auto& piece : pieces) {
    piece = {1 + layer.origin[piece.begin], 1 + layer.origin[piece.end], std::string(kMask)};
  }
  return mask_pieces(json, std::move(pieces));
}

}  // namespace telltale::telemetry
