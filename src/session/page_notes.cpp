#include "session/page_notes.hpp"

#include <algorithm>
#include <utility>

#include "session/limits.hpp"

namespace telltale::session {
namespace {

template <class T>
void keep(std::deque<T>& notes, T note) {
  notes.push_front(std::move(note));
  if (notes.size() > limits::kPageNotes) notes.pop_back();
}

template <class T>
std::optional<T> take(std::deque<T>& notes, const base::CdpSessionId& session) {
  const auto found = std::ranges::find(notes, session, &T::session);
  if (found == notes.end()) return std::nullopt;
  std::optional<T> note = std::move(*found);
  std::erase_if(notes, [&](const T& other) { return other.session == session; });
  return note;
}

}  // namespace

void PageNotes::on(const cdp::Notification& notification) {
  if (const auto* response = std::get_if<cdp::network::ResponseReceived>(&notification.event)) {
    // A document's request has the id of its loader.
    if (response->type == "Document") keep(documents_, Document{response->request_id.value, response->response.status});
  } else if (const auto* download = std::get_if<cdp::page::DownloadWillBegin>(&notification.event)) {
    keep(downloads_, Download{notification.session, download->suggested_filename});
  } else if (const auto* opened = std::get_if<cdp::page::FileChooserOpened>(&notification.event)) {
    const page::FileChooser chooser{opened->mode == "selectMultiple", opened->backend_node_id};
    keep(choosers_, Chooser{notification.session, chooser});
  }
}

std::optional<std::int64_t> PageNotes::status_of(const base::LoaderId& loader) const {
  const auto found = std::ranges::find(documents_, loader.value, &Document::loader);
  if (found == documents_.end()) return std::nullopt;
  return found->status;
}

std::optional<std::string> PageNotes::take_download(const base::CdpSessionId& page) {
  auto note = take(downloads_, page);
  if (!note) return std::nullopt;
  return std::move(note->name);
}

std::optional<page::FileChooser> PageNotes::take_file_chooser(const base::CdpSessionId& session) {
  auto note = take(choosers_, session);
  if (!note) return std::nullopt;
  return note->chooser;
}

}  // namespace telltale::session
