#include "api/file_upload.hpp"

#include <algorithm>
#include <utility>

#include "api/error_response.hpp"
#include "base/ascii.hpp"
#include "net/multipart.hpp"
#include "session/file_name.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using base::Result;
using session::StoredFile;
using Refused = std::unexpected<net::HttpResponse>;
using Kind = net::MultipartEvent::Kind;
using UploadPtr = std::unique_ptr<session::Upload>;

Refused refuse(const base::Error& error) {
  switch (error.code) {
    case Errc::protocol:
      return Refused(error_response(400, "bad_request", error.message, Dialect::notte));
    case Errc::limit:
      return Refused(error_response(413, "too_large", error.message, Dialect::notte));
    case Errc::io:
      return Refused(error_response(507, "insufficient_storage", error.message, Dialect::notte));
    default:
      return Refused(error_response(error, Dialect::notte));
  }
}

Refused invalid(std::string path, std::string message, base::ViolationKind kind = base::ViolationKind::value) {
  const std::vector<base::Violation> violations{{std::move(path), std::move(message), kind}};
  return Refused(error_response(violations, Dialect::notte));
}

// It is sent back as a header: what is no media type becomes one that says nothing.
std::string media_type(std::string text) {
  constexpr std::string_view kOthers = "!#$&-^_.+/;= ";
  const bool plain = !text.empty() && text.size() <= 127 && text.find('/') != std::string::npos &&
                     std::ranges::all_of(text, [&](char c) {
                       return base::is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
                     });
  return plain ? std::move(text) : "application/octet-stream";
}

// Both on the session's loop.
base::Task<Result<UploadPtr>> begin(std::shared_ptr<session::Session> session, std::string name, std::string type) {
  co_return session->files().begin(std::move(name), std::move(type));
}
base::Task<Result<StoredFile>> commit(std::shared_ptr<session::Session> session, UploadPtr upload,
                                      const base::Clock& clock) {
  co_return session->files().commit(std::move(upload), clock);
}

/// Whether a part may be the file, and under which name.
std::expected<std::string, net::HttpResponse> name_of(const net::MultipartHead& head, std::string_view field,
                                                      bool is_first) {
  if (head.name != field) return invalid(head.name, "is not known", base::ViolationKind::unknown);
  if (!is_first) return invalid(head.name, "must be there once: send each file by itself");
  if (!head.filename) return invalid(head.name, "must be a file: its part has no filename");
  auto name = session::safe_file_name(*head.filename);
  if (!name) return invalid(head.name, "must have a name");
  return std::move(*name);
}

}  // namespace

base::Task<std::expected<StoredFile, net::HttpResponse>> receive_file(std::shared_ptr<session::Session> session,
                                                                      std::string content_type, std::string field,
                                                                      net::BodyReader& body,
                                                                      const base::Clock& clock) {
  const auto boundary = net::multipart_boundary(content_type);
  if (!boundary) co_return refuse(boundary.error());
  net::MultipartParser parser(*boundary);
  UploadPtr upload;
  bool ended = false;
  for (;;) {
    const auto piece = co_await body.read();
    if (!piece) co_return refuse(piece.error());
    if (piece->empty()) break;
    parser.put(*piece);
    for (auto more = true; more && !ended;) {
      const auto event = parser.next();
      if (!event) co_return refuse(event.error().code == Errc::limit
                                       ? base::Error{Errc::protocol, event.error().message}
                                       : event.error());
      more = event->kind != Kind::need_more;
      ended = event->kind == Kind::end;
      if (event->kind == Kind::part) {
        auto name = name_of(event->head, field, upload == nullptr);
        if (!name) co_return Refused(std::move(name.error()));
        auto begun = co_await base::on(session->loop(),
                                       begin(session, std::move(*name), media_type(event->head.content_type)));
        if (!begun) co_return refuse(begun.error());
        upload = std::move(*begun);
      } else if (event->kind == Kind::data) {
        const auto written = upload->write(event->data);
        if (!written) co_return refuse(written.error());
      }
    }
  }
  if (!ended) {
    const base::Error cut{Errc::protocol, "the multipart body is cut off: its last boundary is missing"};
    co_return refuse(cut);
  }
  if (!upload) co_return invalid(field, "is required: a file", base::ViolationKind::missing);
  auto stored = co_await base::on(session->loop(), commit(session, std::move(upload), clock));
  if (!stored) co_return refuse(stored.error());
  co_return std::move(*stored);
}

}  // namespace telltale::api
