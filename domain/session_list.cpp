#include "domain/oauth_grant.hpp"
#include "domain/revocation.hpp"
#include "domain/session.hpp"

namespace postern::domain {
namespace {

constexpr Statement kListSessions{"list_sessions", R"sql(
  select id, kind, postern.micros(created_at), postern.micros(rotated_at),
    postern.micros(least(expires_at, idle_expires_at)), address, user_agent
  from postern.session
  where account_id = $1 and expires_at > $2 and idle_expires_at > $2
    and ($3::uuid is null or id < $3)
  order by id desc
  limit $4
)sql"};

constexpr Statement kLockLiveSession{"lock_live_session", R"sql(
  select kind
  from postern.session
  where id = $1 and account_id = $2 and expires_at > $3 and idle_expires_at > $3
  for update
)sql"};

Session read_session(const Row& row, AccountId account) {
  return {.id = SessionId{row.uuid(0)},
          .account = account,
          .kind = static_cast<SessionKind>(row.integer(1)),
          .created_at = row.instant(2),
          .last_used_at = row.instant(3),
          .expires_at = row.instant(4),
          .address = row.text(5),
          .user_agent = row.text(6)};
}

}  // namespace

Result<Page<Session>> list_sessions(Services& services, AccountId account,
                                    const PageRequest& page) {
  const auto after = page_after_uuid(page);
  if (!after.ok()) return after.error();
  const auto rows =
      services.database.run(kListSessions, {account, services.clock.now(), *after, page.limit + 1});
  std::vector<Session> sessions;
  for (const auto& row : rows) sessions.push_back(read_session(row, account));
  return make_page(std::move(sessions), page, [](const Session& last) { return last.id.uuid; });
}

Outcome end_session(Services& services, AccountId account, SessionId session, AuditEvent event,
                    std::optional<AccountId> actor, const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    const Rows rows = tx.run(kLockLiveSession, {session, account, services.clock.now()});
    if (rows.empty()) return Errc::NotFound;
    if (rows.front().integer(0) == static_cast<int>(SessionKind::Browser)) {
      revoke_grants_of_browser(tx, services, account, session, BrowserEnd::Revoked);
    }
    if (revoke_session(tx, services, account, session) != 1) return Errc::NotFound;
    record(tx, services,
           {.event = event, .account = account, .actor = actor, .subject = session.text()}, origin);
    return done;
  });
}

Result<std::int64_t> end_sessions(Services& services, AccountId account,
                                  std::optional<SessionId> keep, std::optional<AccountId> actor,
                                  const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Result<std::int64_t> {
    const auto ended = revoke_sessions(tx, services, account, keep);
    if (ended > 0) {
      record(tx, services,
             {.event = AuditEvent::SessionRevoked,
              .account = account,
              .actor = actor,
              .detail = (keep ? "all others: " : "all: ") + std::to_string(ended)},
             origin);
    }
    return ended;
  });
}

}  // namespace postern::domain
