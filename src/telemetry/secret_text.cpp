#include "telemetry/secret_text.hpp"

#include <utility>

namespace telltale::telemetry {

bool SecretText::mask_url(std::string& url) const {
  SecretScan scan(names_, url);
  scan.tokens();
  scan.url();
  return mask_pieces(url, scan.pieces());
}

bool SecretText::mask_body(std::string& body) const {
  SecretScan scan(names_, body);
  scan.body();
  return mask_pieces(body, scan.pieces());
}

bool SecretText::mask_text(std::string& text) const {
  SecretScan scan(names_, text);
  scan.tokens();
  scan.urls();
  return mask_pieces(text, scan.pieces());
}

bool SecretText::mask_everything(std::string& text) const {
  SecretScan scan(names_, text);
  scan.body();
  scan.assignments(SecretScan::Assigned::anything);
  return mask_pieces(text, scan.pieces());
}

bool SecretText::mask_header_value(std::string& json) const {
  if (json.size() < 2 || json.front() != '"') return false;
  const std::string_view raw = std::string_view(json).substr(1, json.size() - 2);
  // Most values have nothing that could be a credential.
  if (raw.find_first_of("?#=:{") == std::string_view::npos && raw.find("eyJ") == std::string_view::npos &&
      raw.find(' ') == std::string_view::npos) {
    return false;
  }
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
