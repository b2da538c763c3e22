#pragma once

// A file out of a multipart/form-data body, into a session's folder, as the body comes.

#include <expected>
#include <memory>
#include <string>

#include "api/routes.hpp"
#include "session/session.hpp"

namespace telltale::api {

/// Reads the whole body: one part of the name `field`, with a file name. On the connection's loop; `body` outlives
/// it. Fails with the answer: 400 (no well-formed multipart), 422 (no file, or more than that), 413 (the file is
/// too large), 409 (the session's files are), 507 (the disk does not take it), 404 (the session has ended), 503.
base::Task<std::expected<session::StoredFile, net::HttpResponse>> receive_file(
    std::shared_ptr<session::Session> session, std::string content_type, std::string field, net::BodyReader& body,
    const base::Clock& clock);

}  // namespace telltale::api
