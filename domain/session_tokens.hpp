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
};

/// The answer for it: an access token that does not outlive the session, and the refresh token of
/// its counter. Writes nothing; checks nothing.
[[nodiscard]] Tokens make_tokens(Services& services, LiveSession session);

}  // namespace postern::domain
