#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/secret.hpp"
#include "domain/services.hpp"

namespace postern::domain {

/// The claims of an access token (RFC 7519). `aud` is the issuer itself. Written as JSON of plain
/// ASCII without '>', '?', '~', so that clients which decode it with plain base64 (atob) can.
struct AccessClaims {
  AccountId subject;                   ///< sub
  SessionId session;                   ///< sid
  Instant issued_at;                   ///< iat
  Instant expires_at;                  ///< exp
  std::string token_id;                ///< jti, 32 hexadecimal digits
  std::optional<std::string> user_id;  ///< user_id: Dispatcharr's clients read it
};

/// Signs. token_type "access", iss and aud are added.
[[nodiscard]] Secret issue_access_token(Services& services, const AccessClaims& claims);

/// Checks signature, issuer, audience, kind and expiry (no leeway: one clock). NOT checked: that
/// the session still lives. TokenInvalid, TokenExpired, TokenWrongKind.
[[nodiscard]] Result<AccessClaims> verify_access_token(Services& services, std::string_view token);

}  // namespace postern::domain
