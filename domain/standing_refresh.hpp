#pragma once

#include <string_view>

#include "domain/session.hpp"

namespace postern::domain {

struct LiveSession;

/// Refresh tokens for a dialect whose wire has no successor (Kitsu): a JWT of type `refresh` that
/// is good for settings.session(kind).idle_lifetime from the sign-in and is never exchanged, so
/// rules R1 to R3 have nothing to count. What takes their place: it is good for access tokens
/// alone, it ends with its session (rule R6), and it is derived from the session's row and stored
/// nowhere. Its jti is the session's id, which the session's access tokens name as refresh_jti.
[[nodiscard]] Secret issue_standing_refresh(Services& services, const LiveSession& session);

/// Until when it is good; never past the session's own end.
[[nodiscard]] Instant standing_refresh_end(const Services& services, const LiveSession& session);

/// A new access token; Tokens::refresh is the one presented. The session's idle end moves so far
/// that the access token does not outlive it. TokenInvalid, TokenExpired, TokenWrongKind (an access
/// token, another kind of session), TokenRevoked, and where its account is the reason
/// AccountInactive, AccountGone.
[[nodiscard]] Result<Tokens> refresh_standing_session(Services& services, SessionKind kind,
                                                      std::string_view refresh_token,
                                                      const Origin& origin);

/// Both tokens of a live session anew, for whoever just proved to own it: after a second factor was
/// set up its tokens say so. NotFound.
[[nodiscard]] Result<Tokens> reissue_tokens(Services& services, AccountId account,
                                            SessionId session);

}  // namespace postern::domain
