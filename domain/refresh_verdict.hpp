#pragma once

#include <cstdint>

#include "domain/refresh_token.hpp"
#include "domain/services.hpp"

namespace postern::domain {

/// What session_refresh.cpp and oauth_refresh.cpp share. Not for others.

/// A session's row, as far as its refresh tokens hang on it.
struct RefreshState {
  SessionKind kind{};
  std::uint64_t counter = 0;
  Instant rotated_at, idle_expires_at, expires_at;
};

/// What a genuine refresh token that did not rotate its session is.
enum class RefreshVerdict {
  Current,      ///< it could rotate: something else kept it from that
  Predecessor,  ///< R2: answered with the same successor
  Spent,        ///< R3: end_reused_session()
  Unknown,      ///< ahead of its row: the database was restored from a backup, no sign of theft
  Expired       ///< the session is past its end
};
[[nodiscard]] RefreshVerdict judge_refresh(const Services& services, const RefreshState& session,
                                           const RefreshToken& token);

/// R3: the thief or the owner, one of them holds a spent token, and nobody can say who. Ends the
/// session; only the one that does writes it down.
void end_reused_session(Services& services, AccountId account, SessionId session,
                        const Origin& origin);

}  // namespace postern::domain
