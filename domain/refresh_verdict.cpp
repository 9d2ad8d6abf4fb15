#include "domain/refresh_verdict.hpp"

#include <algorithm>

#include "domain/audit.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

/// Whether the predecessor of the current token is still answered with its successor (R2).
bool within_leeway(const Services& services, const RefreshState& session) {
  const auto leeway = services.settings.session(session.kind).refresh_leeway;
  return !leeway || services.clock.now() < session.rotated_at + *leeway;
}

}  // namespace

RefreshVerdict judge_refresh(const Services& services, const RefreshState& session,
                             const RefreshToken& token) {
  if (token.counter > session.counter) return RefreshVerdict::Unknown;
  if (std::min(session.expires_at, session.idle_expires_at) <= services.clock.now()) {
    return RefreshVerdict::Expired;
  }
  if (token.counter == session.counter) return RefreshVerdict::Current;
  const bool predecessor = token.counter + 1 == session.counter && within_leeway(services, session);
  return predecessor ? RefreshVerdict::Predecessor : RefreshVerdict::Spent;
}

void end_reused_session(Services& services, AccountId account, SessionId session,
                        const Origin& origin) {
  static_cast<void>(services.database.transaction([&](Transaction& tx) -> Outcome {
    if (revoke_session(tx, services, account, session) == 1) {
      record(tx, services,
             {.event = AuditEvent::RefreshReused, .account = account, .subject = session.text()},
             origin);
    }
    return done;
  }));
}

}  // namespace postern::domain
