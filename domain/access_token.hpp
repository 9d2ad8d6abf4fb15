#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/flat_json.hpp"
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
  std::string token_id;                ///< jti: 32 hexadecimal digits, or a uuid's text
  std::optional<std::string> user_id;  ///< user_id: Dispatcharr's clients read it
  /// What Kitsu's clients read besides: fresh (false), nbf, type "access", identity_type "person",
  /// and refresh_jti, which is the session's id as that refresh token's jti is
  /// (standing_refresh.hpp). They say nothing that is checked.
  bool in_kitsu_style = false;
  bool lacks_second_factor = false;  ///< with them: requires_2fa_setup true
};

/// Signs. token_type "access", iss and aud are added.
[[nodiscard]] Secret issue_access_token(Services& services, const AccessClaims& claims);

/// Checks signature, issuer, audience, kind and expiry (no leeway: one clock). NOT checked: that
/// the session still lives. TokenInvalid, TokenExpired, TokenWrongKind (also for a refresh token,
/// of either form). The style's claims are not read back.
[[nodiscard]] Result<AccessClaims> verify_access_token(Services& services, std::string_view token);
/// The same of claims whose signature was checked.
[[nodiscard]] Result<AccessClaims> judge_access_claims(const Services& services,
                                                       const FlatJson& claims);

}  // namespace postern::domain
