#pragma once

// What Notte's clients are told of files.

#include <cstdint>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace telltale::api {

struct NotteFile {
  static constexpr std::string_view kTypeName = "SessionFile";

  std::string id;
  std::string session_id;
  std::string filename;
  std::string mime_type;
  std::int64_t size = 0;
  std::string checksum;
  std::string created_at;
  std::string expires_at;
  std::string source = "user_upload";

  static constexpr auto describe() {
    using base::field;
    using T = NotteFile;
    return base::table<T>("A file that was brought to a session.", field("id", &T::id, "UUID."),
                          field("session_id", &T::session_id, ""),
                          field("filename", &T::filename, "The last part of the name that it came with."),
                          field("mime_type", &T::mime_type, "As the client said."),
                          field("size", &T::size, "Bytes."), field("checksum", &T::checksum, "SHA-256, in hex."),
                          field("created_at", &T::created_at, "RFC 3339."),
                          field("expires_at", &T::expires_at, "When the session ends at the latest, as far as that is known."),
                          field("source", &T::source, "Always `user_upload`."));
  }
};

struct NotteFilePage {
  static constexpr std::string_view kTypeName = "SessionFilesPage";

  std::vector<NotteFile> files;
  std::int64_t total = 0;
  std::int64_t limit = 0;
  std::int64_t offset = 0;

  static constexpr auto describe() {
    using base::field;
    using T = NotteFilePage;
    return base::table<T>("One page of files.", field("files", &T::files, "Oldest first."),
                          field("total", &T::total, "Of all pages."), field("limit", &T::limit, ""),
                          field("offset", &T::offset, ""));
  }
};

}  // namespace telltale::api
