#include "domain/revocation.hpp"

#include <algorithm>
#include <span>

#include "domain/announcement.hpp"
#include "domain/oauth_logout.hpp"

namespace postern::domain {
namespace {

constexpr Statement kDeleteSession{"delete_session", R"sql(
  delete from postern.session where id = $1 and account_id = $2
)sql"};

/// What an account's owner let in waits for this, or is seen by what follows.
constexpr Statement kLockAccount{"lock_account_to_revoke", R"sql(
  select id from postern.account where id = $1 for no key update
)sql"};

/// Codes and devices that nobody came for yet: whoever had a session that ends here would get a
/// new one for them. Used codes stay, to be known again.
constexpr Statement kDropWaiting{"drop_waiting_grants", R"sql(
  with devices as (
    delete from postern.oauth_device
    where account_id = $1 and ($2::uuid is null or browser_session is distinct from $2)
  )
  delete from postern.oauth_code
  where account_id = $1 and session_id is null
    and ($2::uuid is null or browser_session is distinct from $2)
)sql"};

constexpr Statement kDeleteSessions{"delete_sessions", R"sql(
  delete from postern.session where account_id = $1 and ($2::uuid is null or id <> $2)
)sql"};

constexpr Statement kDeleteTheseSessions{"delete_these_sessions", R"sql(
  delete from postern.session where id = any ($1::uuid[]) returning id
)sql"};

constexpr Statement kRevokeKey{"revoke_key", R"sql(
  update postern.api_key
  set revoked_at = $3, revoked_why = $4, sealed_copy = null
  where id = $1 and account_id = $2 and revoked_at is null
)sql"};

constexpr Statement kRevokeKeys{"revoke_keys", R"sql(
  update postern.api_key
  set revoked_at = $2, revoked_why = $3, sealed_copy = null
  where account_id = $1 and revoked_at is null
)sql"};

/// However many there are, no statement of theirs meets the database's time limit.
constexpr std::size_t kRowsOfAStatement = 2000;

std::int64_t note_if_any(Transaction& tx, Services& services, std::int64_t ended,
                         const RevokedSubject& subject) {
  if (ended > 0) Announcement::of(tx, services).note(subject);
  return ended;
}

std::int64_t revoke_some(Transaction& tx, Services& services, std::span<const SessionId> sessions) {
  std::vector<std::string> ids;
  for (const auto& session : sessions) ids.push_back(session.text());
  const Rows ended = tx.run(kDeleteTheseSessions, {ids});
  for (const Row& row : ended) {
    Announcement::of(tx, services).note(RevokedSubject::credential(SessionId{row.uuid(0)}));
  }
  return ended.affected;
}

}  // namespace

std::int64_t revoke_session(Transaction& tx, Services& services, AccountId account,
                            SessionId session) {
  return note_if_any(tx, services, tx.run(kDeleteSession, {session, account}).affected,
                     RevokedSubject::credential(session));
}

std::int64_t revoke_sessions(Transaction& tx, Services& services, AccountId account,
                             std::optional<SessionId> keep) {
  tx.run(kLockAccount, {account});
  tx.run(kDropWaiting, {account, keep});
  queue_logouts(tx, services, account, keep);
  return note_if_any(tx, services, tx.run(kDeleteSessions, {account, keep}).affected,
                     RevokedSubject::account(account));
}

std::int64_t revoke_sessions(Transaction& tx, Services& services,
                             const std::vector<SessionId>& sessions) {
  std::int64_t ended = 0;
  for (std::size_t begin = 0; begin < sessions.size(); begin += kRowsOfAStatement) {
    const auto count = std::min(kRowsOfAStatement, sessions.size() - begin);
    ended += revoke_some(tx, services, std::span(sessions).subspan(begin, count));
  }
  return ended;
}

std::int64_t revoke_key(Transaction& tx, Services& services, AccountId account, KeyId key,
                        std::string_view reason) {
  const Rows ended = tx.run(kRevokeKey, {key, account, services.clock.now(), reason});
  return note_if_any(tx, services, ended.affected, RevokedSubject::credential(key));
}

std::int64_t revoke_keys(Transaction& tx, Services& services, AccountId account,
                         std::string_view reason) {
  const Rows ended = tx.run(kRevokeKeys, {account, services.clock.now(), reason});
  return note_if_any(tx, services, ended.affected, RevokedSubject::account(account));
}

void account_changed(Transaction& tx, Services& services, AccountId account) {
  Announcement::of(tx, services).note(RevokedSubject::account(account));
}

void client_changed(Transaction& tx, Services& services, OAuthClientId client) {
  Announcement::of(tx, services).note(RevokedSubject::client(client));
}

void everything_changed(Transaction& tx, Services& services) {
  Announcement::of(tx, services).note(RevokedSubject::everything());
}

}  // namespace postern::domain
