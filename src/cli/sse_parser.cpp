#include "cli/sse_parser.hpp"

namespace telltale::cli {

base::Result<void> SseParser::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (after_cr_ && bytes.front() == '\n') {
      after_cr_ = false;
      bytes.remove_prefix(1);
      continue;
    }
    after_cr_ = false;
    const auto end = bytes.find_first_of("\r\n");
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() + data_.size() > kMaxEventBytes) {
      return base::fail(base::Errc::limit, "an event of the stream is larger than " +
                                               std::to_string(kMaxEventBytes) +
                                               " bytes: is this a telltale server?");
    }
    if (end == std::string_view::npos) {
      line_ += piece;
      return {};
    }
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (line_.empty()) {
      take_line(piece);
    } else {
      line_ += piece;
      take_line(line_);
      line_.clear();
    }
  }
  return {};
}

void SseParser::take_line(std::string_view line) {
  if (first_line_ && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  first_line_ = false;
  if (line.empty()) return dispatch();
  const auto colon = line.find(':');
  if (colon == 0) return;  // a comment, such as the keepalive
  std::string_view value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void SseParser::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    data_.append(value).push_back('\n');
  } else if (name == "event") {
    type_ = value;
  } else if (name == "id" && value.find('\0') == std::string_view::npos) {
    id_buffer_ = value;
  }
}

void SseParser::dispatch() {
  last_event_id_ = id_buffer_;
  if (!data_.empty()) {
    data_.pop_back();
    on_event_({.type = type_.empty() ? std::string_view("message") : std::string_view(type_),
               .data = data_,
               .last_event_id = last_event_id_});
  }
  type_.clear();
  data_.clear();
}

}  // namespace telltale::cli
