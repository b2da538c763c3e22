#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "api/browser_body.hpp"
#include "api/driving.hpp"
#include "api/error_response.hpp"
#include "api/file_upload.hpp"
#include "api/limits.hpp"
#include "api/notte.hpp"
#include "api/notte_file_schemas.hpp"
#include "api/query_check.hpp"
#include "base/json_encode.hpp"
#include "base/logging.hpp"
#include "session/registry.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using session::StoredFile;
using Reply = base::Task<net::HttpReply>;
using SessionPtr = std::shared_ptr<session::Session>;
using Violations = std::vector<base::Violation>;

net::HttpReply refuse(const base::Error& error) { return whole(error_response(error, Dialect::notte)); }

template <class Body>
net::HttpReply answer(const Body& body) {
  return whole(json_response(200, base::to_json(body, base::Secrets::mask)));
}

// When the session ends at the latest, and its files with it, as far as that is known.
std::string expiry_of(const session::SessionInfo& info) {
  // The last second that RFC 3339 can write: never.
  if (!info.spec.max_duration && !info.spec.idle_timeout) return "9999-12-31T23:59:59Z";
  const auto end = info.spec.max_duration ? info.created_at.wall + *info.spec.max_duration
                                          : info.last_access_at.wall + *info.spec.idle_timeout;
  return to_rfc3339(std::chrono::time_point_cast<std::chrono::system_clock::duration>(end));
}

NotteFile to_body(const StoredFile& file, const session::SessionInfo& info) {
  NotteFile body;
  body.id = file.id;
  body.session_id = info.id.value;
  body.filename = file.name;
  body.mime_type = file.mime_type;
  body.size = file.size;
  body.checksum = file.sha256;
  body.created_at = to_rfc3339(file.created_at.wall);
  body.expires_at = expiry_of(info);
  return body;
}

Reply bring_file(const Services& services, Call call) {
  const auto found = co_await find_live(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  const session::Activity activity(found->session);
  std::string type(call.request.headers.find("Content-Type").value_or(""));
  std::string field = "file";
  const auto stored =
      co_await receive_file(found->session, std::move(type), std::move(field), *call.body, services.clock);
  if (!stored) co_return whole(stored.error());
  co_return answer(to_body(*stored, *found->info));
}

// --- list

base::Task<std::vector<StoredFile>> files_of(SessionPtr session) { co_return session->files().files(); }

Reply list_files(const Services& services, Call call) {
  Violations violations;
  const auto limit = integer_in(call.request, "limit", 100, 1, 1'000, violations);
  const auto offset = integer_in(call.request, "offset", 0, 0, 1'000'000, violations);
  const auto source = call.request.query_value("source").value_or("user_upload");
  if (source == "session_download") {
    violations.push_back(
        {"source", "must be user_upload: telltale keeps no downloads of a browser, so it cannot list them"});
  } else if (source != "user_upload") {
    violations.push_back({"source", "must be user_upload", base::ViolationKind::one_of});
  }
  if (!violations.empty()) co_return whole(error_response(violations, Dialect::notte));
  const auto found = co_await find_live(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  const auto files = co_await base::on(found->session->loop(), files_of(found->session));
  NotteFilePage body;
  body.total = static_cast<std::int64_t>(files.size());
  body.limit = limit;
  body.offset = offset;
  for (auto i = offset; i < body.total && i - offset < limit; ++i) {
    body.files.push_back(to_body(files[static_cast<std::size_t>(i)], *found->info));
  }
  co_return answer(body);
}

// --- fetch

struct OpenFile {
  StoredFile file;
  std::shared_ptr<browser::UniqueFd> data;
};

base::Task<base::Result<OpenFile>> open_file(SessionPtr session, std::string id) {
  auto data = session->files().open(id);
  if (!data) co_return std::unexpected(data.error());
  co_return OpenFile{*session->files().find(id), std::make_shared<browser::UniqueFd>(std::move(*data))};
}

// Reads from the disk's cache as a rule; a piece at a time, so that the loop is never held up for long.
base::Task<> send_file(OpenFile open, net::BodyWriter& out) {
  std::string piece(limits::kFilePieceBytes, '\0');
  for (std::int64_t sent = 0; sent < open.file.size;) {
    const auto size = ::read(open.data->get(), piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    // Thrown, so that the body is cut off and the client does not take it for whole.
    if (size <= 0) throw std::runtime_error("a stored file cannot be read to its end");
    sent += size;
    const std::array<std::string_view, 1> pieces{std::string_view(piece.data(), static_cast<std::size_t>(size))};
    const auto written = co_await out.write(pieces);
    if (!written) co_return;
  }
}

// It is not shown but saved, and if shown not as a page of this server: whoever brought it may have meant harm.
net::HttpResponse head_of(const StoredFile& file) {
  net::HttpResponse response;
  response.headers.set("Content-Type", file.mime_type);
  response.headers.set("Content-Disposition", "attachment; filename*=UTF-8''" + net::percent_encode(file.name));
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Content-Security-Policy", "sandbox");
  return response;
}

Reply fetch_file(const Services& services, Call call) {
  const auto found = co_await find_live(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  auto open = co_await base::on(found->session->loop(), open_file(found->session, call.parameters.back()));
  if (!open) co_return refuse(open.error());
  net::HttpReply reply;
  reply.response = head_of(open->file);
  reply.stream = [open = std::move(*open)](net::BodyWriter& out) { return send_file(open, out); };
  co_return reply;
}

// --- delete

base::Task<base::Result<void>> remove_file(SessionPtr session, std::string id) {
  co_return session->files().remove(id);
}

Reply delete_file(const Services& services, Call call) {
  const auto found = co_await find_live(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  const auto removed = co_await base::on(found->session->loop(), remove_file(found->session, call.parameters.back()));
  if (!removed) co_return refuse(removed.error());
  net::HttpResponse response;
  response.status = 204;
  co_return whole(std::move(response));
}

}  // namespace

std::vector<Route> notte_file_routes() {
  constexpr std::string_view kJson = "application/json";
  static constexpr std::array<Parameter, 3> kListParameters{
      Parameter{"source", "`user_upload` (default); telltale keeps no downloads.", &base::type_model<std::string>},
      Parameter{"limit", "1 to 1000, default 100.", &base::type_model<std::int64_t>},
      Parameter{"offset", "How many to leave out, default 0.", &base::type_model<std::int64_t>}};
  return {{.method = "POST",
           .pattern = "/sessions/{session_id}/files",
           .operation_id = "notteUploadFile",
           .summary = "Bring a file that upload_file may then give to a page; at most 64 MiB, 100 files and 1 GiB a "
                      "session.",
           .handler = bring_file,
           .file_field = "file",
           .success = {200, "The file as it is kept.", kJson, &base::type_model<NotteFile>},
           .other_success = std::nullopt},
          {.method = "GET",
           .pattern = "/sessions/{session_id}/files",
           .operation_id = "notteListFiles",
           .summary = "The files that were brought, oldest first.",
           .handler = list_files,
           .parameters = kListParameters,
           .success = {200, "One page of files.", kJson, &base::type_model<NotteFilePage>},
           .other_success = std::nullopt},
          {.method = "GET",
           .pattern = "/sessions/{session_id}/files/{file_id}",
           .operation_id = "notteDownloadFile",
           .summary = "The bytes of a file.",
           .handler = fetch_file,
           .success = {200, "As they were brought.", "application/octet-stream"},
           .other_success = std::nullopt},
          {.method = "DELETE",
           .pattern = "/sessions/{session_id}/files/{file_id}",
           .operation_id = "notteDeleteFile",
           .summary = "Remove a file; with the session all of them are removed.",
           .handler = delete_file,
           .success = {204, "It is gone."},
           .other_success = std::nullopt}};
}

}  // namespace telltale::api
