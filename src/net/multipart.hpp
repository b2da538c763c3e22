#pragma once

// multipart/form-data (RFC 7578) as it comes, without I/O and strictly: what is not well formed is refused.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace telltale::net {

/// The boundary that a Content-Type names. Errors: protocol (not multipart/form-data, no boundary, a bad one).
base::Result<std::string> multipart_boundary(std::string_view content_type);

/// What a part says of itself.
struct MultipartHead {
  std::string name;                     ///< of the form's field
  std::optional<std::string> filename;  ///< as it came, decoded: never a path to be trusted
  std::string content_type;             ///< empty: not said
};

/// A piece of a body; `data` is valid until the next call.
struct MultipartEvent {
  enum class Kind {
    need_more,  ///< call put()
    part,       ///< a part begins: `head`
    data,       ///< the next bytes of the part
    part_end,
    end,  ///< the last part is complete; what comes after it is ignored
  };
  Kind kind = Kind::need_more;
  MultipartHead head{};
  std::string_view data{};
};

/// Takes a body piece by piece. Holds what it was given last and at most kMultipartHeaderBytes beside it.
class MultipartParser {
 public:
  explicit MultipartParser(const std::string& boundary);

  void put(std::string_view bytes);
  /// The next event of what was put so far. Errors: protocol (not well formed), limit (kMultipartHeaderBytes,
  /// kMultipartParts); for good.
  base::Result<MultipartEvent> next();

 private:
  enum class State { preamble, delimiter, head, data, epilogue };

  base::Result<MultipartEvent> find_delimiter();
  base::Result<MultipartEvent> end_delimiter();
  base::Result<MultipartEvent> read_head();

  std::string delimiter_;         ///< CRLF, two hyphens, boundary
  std::string buffer_ = "\r\n";   ///< the first delimiter needs no line break before it
  std::size_t begin_ = 0;         ///< of what is not parsed yet, in buffer_
  std::size_t skipped_ = 0;       ///< bytes of the preamble
  std::size_t parts_ = 0;
  State state_ = State::preamble;
};

}  // namespace telltale::net
