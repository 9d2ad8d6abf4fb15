#pragma once

#include <cstdint>

#include "domain/session.hpp"

namespace postern::domain {

/// A session as login and refresh know it once they let it in.
struct LiveSession {
  SessionId id;
  SessionKind kind;
  std::uint64_t counter = 0;
  Instant idle_expires_at, expires_at;
  Account account;
  Instant created_at{};  ///< only for kinds with standing refresh tokens
};

/// Whether this kind's refresh tokens are not exchanged (standing_refresh.hpp).
[[nodiscard]] bool has_standing_refresh(SessionKind kind);

/// Whether such a session of this account is good for nothing but setting up a second factor
/// (settings.mfa.required_at_kitsu).
[[nodiscard]] bool lacks_second_factor(const Settings& settings, SessionKind kind,
                                       const Account& account);

/// jti: 32 hexadecimal digits, 128 random bits.
[[nodiscard]] std::string new_token_id(Random& random);

/// An access token that does not outlive the session.
struct IssuedAccess {
  Secret token;
  Instant expires_at;
};
[[nodiscard]] IssuedAccess make_access(Services& services, const LiveSession& session);

/// The answer for it: an access token, and the refresh token of its counter or the standing one.
/// Writes nothing; checks nothing.
[[nodiscard]] Tokens make_tokens(Services& services, LiveSession session);

}  // namespace postern::domain
