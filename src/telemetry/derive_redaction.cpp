// docs/redaction.md.

#include <array>

#include "telemetry/derive.hpp"
#include "telemetry/secret_names.hpp"

namespace telltale::telemetry {
namespace {

constexpr std::string_view kHeader = R"(# Redaction

What is taken out of events before they are kept. This file is derived (`scripts/gen` writes it) from the table of names in
`src/telemetry/secret_names.hpp` and from `tests/golden/redactions.tsv`; `SecretText.MasksWhatItsTableShows` holds each pair.

A value that must not be seen becomes `[redacted]`, before its event is encoded: neither log nor stream ever hold it. What
happens is chosen by `telltale serve --redact` for all sessions and by `"redact"` for one:

| `redact` | headers | URLs, bodies, posted data, WebSocket messages | any other text: console, dialogs, titles, what people type |
| --- | --- | --- | --- |
| `none` | as they are | as they are | as it is |
| `default` | values under the names below | values under the names below; tokens | tokens, and what URLs in it hold |
| `strict` | values under the names below | bodies, posted data and messages are left out; URLs as by default | values under the names below; tokens |

Tokens are told by how they look: what follows `Bearer` or `Basic`, and JSON web tokens. Text inside of text is looked into, three
texts deep and up to 256 KiB each: a URL or JSON in a parameter, JSON in a form field or in a string of JSON.

## Names

Names are compared without case, `-`, `_` and white space, percent-encoding and JSON escapes undone. Of `user[password]`,
`user[password][]` and `user.password` the last part counts. A name also covers those that end with it as a word of their own,
digits and words like `confirmation` or `again` behind it: `token` covers `X-Auth-Token`, `csrfToken` and `token2`, but neither `xtoken` nor
`tokens`, and not `page_token`, `next_token`, `continuation_token`, `sync_token` and `cursor_token`, which say where a list goes on.
`--redact-name NAME` adds names.)";

constexpr std::string_view kCode = R"(Besides, `code` where it stands next to what an OAuth redirect or its answer has: in a query, fragment or form with `state`,
`session_state`, `iss`, `authuser`, `grant_type`, `redirect_uri` or `code_verifier`, in JSON with one of the last three. And the password in
`https://user:password@host/`.)";

// In a cell of a table, as code; a vertical bar would end the cell, and a back quote the code.
std::string code(std::string_view text) {
  std::string result = text.find('`') == std::string_view::npos ? "`" : "`` ";
  const std::string end(result.rbegin(), result.rend());
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result + end;
}

}  // namespace

std::string derive_redaction_docs(std::span<const RedactionSample> samples) {
  std::string text(kHeader);
  text += "\n\n| name | where | what |\n| --- | --- | --- |\n";
  for (const auto& row : kSecretNames) {
    const bool header = row.place == SecretName::Place::header;
    text += "| `" + std::string(row.name) + "` | " + (header ? "headers" : "anywhere") + " | " + std::string(row.what) + " |\n";
  }
  text += '\n';
  text += kCode;
  text += "\n\n## Pairs\n\n| where | `redact` | before | after | |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& sample : samples) {
    const bool same = sample.before == sample.after;
    text += "| " + sample.where + " | `" + sample.redact + "` | " + code(sample.before) + " | " +
            (same ? "the same" : code(sample.after)) + " | " + sample.note + " |\n";
  }
  return text;
}

}  // namespace telltale::telemetry
