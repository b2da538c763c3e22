#pragma once

// The names under which credentials go: of headers, of parameters, of members.

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::telemetry {

/// One row of the table of names, for the code and for docs/redaction.md.
struct SecretName {
  enum class Place {
    anywhere,  ///< a header, a parameter, a member
    header,    ///< only a header: elsewhere the word means something else
  };
  std::string_view name;  ///< as people write it
  Place place;
  std::string_view what;  ///< for the documentation
};

/// The built-in names. A name also covers those that end with it as a word of their own: `token` covers
/// `X-Auth-Token`, `csrfToken` and `user[refresh_token]`, but not `xtoken` or `tokens`.
inline constexpr auto kSecretNames = std::to_array<SecretName>({
    {"authorization", SecretName::Place::anywhere, "HTTP authentication, also `Proxy-Authorization`"},
    {"cookie", SecretName::Place::header, "HTTP cookies"},
    {"set-cookie", SecretName::Place::header, "HTTP cookies"},
    {"password", SecretName::Place::anywhere, "passwords"},
    {"new_password", SecretName::Place::anywhere, "passwords"},
    {"old_password", SecretName::Place::anywhere, "passwords"},
    {"current_password", SecretName::Place::anywhere, "passwords"},
    {"confirm_password", SecretName::Place::anywhere, "passwords"},
    {"user_password", SecretName::Place::anywhere, "passwords"},
    {"passwd", SecretName::Place::anywhere, "passwords"},
    {"pwd", SecretName::Place::anywhere, "passwords"},
    {"passphrase", SecretName::Place::anywhere, "passwords"},
    {"passcode", SecretName::Place::anywhere, "passwords (STOMP)"},
    {"token", SecretName::Place::anywhere,
     "tokens of any kind; those that follow also where they are written as one word"},
    {"access_token", SecretName::Place::anywhere, "OAuth"},
    {"refresh_token", SecretName::Place::anywhere, "OAuth"},
    {"id_token", SecretName::Place::anywhere, "OpenID Connect"},
    {"auth_token", SecretName::Place::anywhere, "also `X-Auth-Token`"},
    {"session_token", SecretName::Place::anywhere, "tokens of sessions"},
    {"security_token", SecretName::Place::anywhere, "also `X-Amz-Security-Token`"},
    {"private_token", SecretName::Place::anywhere, "tokens of GitLab"},
    {"bearer_token", SecretName::Place::anywhere, "tokens"},
    {"csrf_token", SecretName::Place::anywhere, "also `X-CSRF-Token`"},
    {"xsrf_token", SecretName::Place::anywhere, "also `X-XSRF-Token`"},
    {"jwt", SecretName::Place::anywhere, "JSON web tokens"},
    {"csrf", SecretName::Place::anywhere, "CSRF tokens"},
    {"xsrf", SecretName::Place::anywhere, "CSRF tokens"},
    {"csrfmiddlewaretoken", SecretName::Place::anywhere, "CSRF tokens (Django)"},
    {"secret", SecretName::Place::anywhere, "shared secrets"},
    {"client_secret", SecretName::Place::anywhere, "OAuth"},
    {"api_key", SecretName::Place::anywhere, "API keys"},
    {"x-api-key", SecretName::Place::anywhere, "API keys"},
    {"access_key", SecretName::Place::anywhere, "keys of cloud services"},
    {"secret_key", SecretName::Place::anywhere, "keys of cloud services"},
    {"private_key", SecretName::Place::anywhere, "private keys"},
    {"subscription_key", SecretName::Place::anywhere, "API keys (Azure)"},
    {"sig", SecretName::Place::anywhere, "signatures of signed URLs"},
    {"x-amz-signature", SecretName::Place::anywhere, "signatures of signed URLs (AWS)"},
    {"x-goog-signature", SecretName::Place::anywhere, "signatures of signed URLs (Google)"},
    {"x-amz-credential", SecretName::Place::anywhere, "who signed a URL (AWS)"},
    {"code_verifier", SecretName::Place::anywhere, "OAuth, PKCE"},
    {"client_assertion", SecretName::Place::anywhere, "OAuth"},
    {"samlresponse", SecretName::Place::anywhere, "SAML assertions"},
    {"jsessionid", SecretName::Place::anywhere, "sessions in URLs (Java)"},
    {"phpsessid", SecretName::Place::anywhere, "sessions in URLs (PHP)"},
});

/// Answers whether a name is one of a credential. Names are compared without case, `-`, `_` and white space; of
/// `user[password]`, `user[password][]` and `user.password` the last part counts.
class SecretNames {
 public:
  /// `more` are secret besides kSecretNames, anywhere.
  explicit SecretNames(const std::vector<std::string>& more = {});

  /// Of a parameter, a form field, a member; decoded.
  [[nodiscard]] bool covers(std::string_view name) const;
  [[nodiscard]] bool covers_header(std::string_view name) const;

 private:
  std::vector<std::string> anywhere_;  // normal forms
  std::vector<std::string> headers_;   // the same, and those of headers
};

/// A name as SecretNames compares it: "X-Api_Key" -> "xapikey".
std::string normal_name(std::string_view name);

}  // namespace telltale::telemetry
