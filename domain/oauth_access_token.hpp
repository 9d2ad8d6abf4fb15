#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/flat_json.hpp"
#include "domain/secret.hpp"
#include "domain/services.hpp"

namespace postern::domain {

inline constexpr std::string_view kOAuthTokenType = "oauth";   ///< the claim token_type
inline constexpr std::string_view kClientSubject = "client:";  ///< before a client's own client_id

/// The claims of a client's access token (RFC 9068): iss is settings.oauth.issuer, token_type
/// `oauth`. It stands for its grant's session; nothing of it is stored.
struct OAuthClaims {
  std::string subject;                ///< sub: an account's id, or `client:` and the client_id
  SessionId session;                  ///< sid
  std::string client_id;              ///< client_id
  std::vector<std::string> audience;  ///< aud: a string where it is one
  std::vector<std::string> scopes;    ///< scope: one string, a space between
  Instant issued_at, expires_at;      ///< iat, exp; nbf is a minute before iat
  Instant signed_in_at;               ///< auth_time; left out for a client's own
  std::string token_id;               ///< jti: 32 hexadecimal digits
  std::string dpop_jkt{};             ///< cnf.jkt; "" for none
};

[[nodiscard]] Secret issue_oauth_token(Services& services, const OAuthClaims& claims);

/// Signature, issuer, kind, expiry (no leeway: one clock). NOT checked: that the grant lives, the
/// audience, the proof of a bound key. TokenInvalid, TokenExpired, TokenWrongKind.
[[nodiscard]] Result<OAuthClaims> verify_oauth_token(Services& services, std::string_view token);
/// What the token says of itself, were it good: for one that was checked by check_credential().
/// NOT checked: anything but its form, and above all not the signature.
[[nodiscard]] std::optional<OAuthClaims> peek_oauth_claims(std::string_view token);
/// The same of claims whose signature was checked.
[[nodiscard]] Result<OAuthClaims> judge_oauth_claims(const Services& services,
                                                     const FlatJson& claims);

}  // namespace postern::domain
