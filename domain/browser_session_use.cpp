#include <algorithm>

#include "domain/browser_session.hpp"

namespace postern::domain {
namespace {

/// Rows in use are skipped, so that nobody waits for another who notes the same, and none meets a
/// revocation in a deadlock.
constexpr Statement kTouchBrowserSessions{"touch_browser_sessions", R"sql(
  with free as (
    select id from postern.session
    where id = any($1::uuid[]) and kind = $2 and rotated_at <= $5
      and expires_at > $3 and idle_expires_at > $3
    for no key update skip locked
  )
  update postern.session s set rotated_at = $3, idle_expires_at = $4
  from free where s.id = free.id
)sql"};

constexpr seconds kWriteAtMostEvery{60};

}  // namespace

seconds browser_use_period(const Settings& settings) {
  return std::min(kWriteAtMostEvery, settings.session(SessionKind::Browser).idle_lifetime / 2);
}

void touch_browser_sessions(Services& services, const std::vector<SessionId>& sessions) {
  if (sessions.empty()) return;
  std::vector<std::string> ids;
  ids.reserve(sessions.size());
  for (const auto& session : sessions) ids.push_back(session.text());
  const Instant now = services.clock.now();
  const auto idle_end = now + services.settings.session(SessionKind::Browser).idle_lifetime;
  try {
    services.database.run(kTouchBrowserSessions,
                          {ids, static_cast<int>(SessionKind::Browser), now, idle_end,
                           now - browser_use_period(services.settings)});
  } catch (const DatabaseUnavailable&) {
    return;
  }
}

}  // namespace postern::domain
