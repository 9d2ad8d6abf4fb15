#include "domain/audit.hpp"
#include "domain/browser_session.hpp"
#include "domain/oauth_access_token.hpp"
#include "domain/oauth_grant.hpp"
#include "domain/oauth_logout.hpp"
#include "domain/refresh_token.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

constexpr Statement kGrantsOfClient{"grants_of_client", R"sql(
  select session_id from postern.oauth_grant where client = $1 order by session_id)sql"};
constexpr Statement kGrantsOfConsent{"grants_of_consent", R"sql(
  select g.session_id
  from postern.oauth_grant g join postern.session s on s.id = g.session_id
  where g.consent_id = $1 and s.account_id = $2
  order by g.session_id)sql"};
/// $3: all of it; else sign-ins on their way, since nobody would be told to end what came of them.
constexpr Statement kDropWaitingOfBrowser{"drop_waiting_of_browser", R"sql(
  with devices as (
    delete from postern.oauth_device
    where account_id = $2 and browser_session = $1
      and ($3 or ('openid' = any (scopes) and 'offline_access' <> all (scopes)))
  )
  delete from postern.oauth_code
  where account_id = $2 and browser_session = $1 and session_id is null
    and ($3 or 'openid' = any (scopes)))sql"};
constexpr Statement kGrantsOfBrowser{"grants_of_browser", R"sql(
  select g.session_id, g.client, 'offline_access' = any (g.scopes)
  from postern.oauth_grant g join postern.session s on s.id = g.session_id
  where g.browser_session = $1 and s.account_id = $2 and 'openid' = any (g.scopes)
  order by g.session_id)sql"};

constexpr Statement kDeleteCodesOfClient{"delete_codes_of_client", R"sql(
  delete from postern.oauth_code where client = $1)sql"};
constexpr Statement kDeleteDevicesOfClient{"delete_devices_of_client", R"sql(
  delete from postern.oauth_device where client = $1)sql"};
constexpr Statement kDeleteCodesOfConsent{"delete_codes_of_consent", R"sql(
  delete from postern.oauth_code where consent_id = $1)sql"};
constexpr Statement kDeleteDevicesOfConsent{"delete_devices_of_consent", R"sql(
  delete from postern.oauth_device where consent_id = $1)sql"};

constexpr Statement kFindGrantOwner{"find_grant_owner", R"sql(
  select s.account_id, c.id, c.auth_method = 'none'
  from postern.session s
    join postern.oauth_grant g on g.session_id = s.id
    join postern.oauth_client c on c.id = g.client
  where s.id = $1 and s.kind = $2)sql"};

std::vector<SessionId> read_sessions(const Rows& rows) {
  std::vector<SessionId> sessions;
  for (const Row& row : rows) sessions.push_back(SessionId{row.uuid(0)});
  return sessions;
}

/// The session behind a token of either kind that is ours, whether or not it lives.
std::optional<SessionId> session_of(Services& services, std::string_view token) {
  if (const auto refresh = decode_refresh_token(services.ring, token)) return refresh->session;
  const auto access = verify_oauth_token(services, token);
  return access ? std::optional(access->session) : std::nullopt;
}

/// The grant's owner, if its client is this one, or, where none is named, any public one.
std::optional<AccountId> find_owner(Services& services, const OAuthClient* client,
                                    SessionId session) {
  const auto rows =
      services.database.run(kFindGrantOwner, {session, static_cast<int>(SessionKind::OAuth)});
  if (rows.empty()) return {};
  const Row& row = rows.front();
  const bool theirs = client != nullptr ? row.uuid(1) == client->id.uuid : row.boolean(2);
  return theirs ? std::optional(AccountId{row.uuid(0)}) : std::nullopt;
}

}  // namespace

std::int64_t revoke_grant(Transaction& tx, Services& services, AccountId account,
                          SessionId session) {
  return revoke_session(tx, services, account, session);
}

std::int64_t revoke_grants_of_client(Transaction& tx, Services& services, OAuthClientId client) {
  tx.run(kDeleteCodesOfClient, {client});
  tx.run(kDeleteDevicesOfClient, {client});
  return revoke_sessions(tx, services, read_sessions(tx.run(kGrantsOfClient, {client})));
}

std::int64_t revoke_grants_of_consent(Transaction& tx, Services& services, AccountId account,
                                      ConsentId consent) {
  tx.run(kDeleteCodesOfConsent, {consent});
  tx.run(kDeleteDevicesOfConsent, {consent});
  return revoke_sessions(tx, services, read_sessions(tx.run(kGrantsOfConsent, {consent, account})));
}

std::int64_t revoke_grants_of_browser(Transaction& tx, Services& services, AccountId account,
                                      SessionId browser_session, BrowserEnd end) {
  lock_browser_session(tx, account, browser_session);
  tx.run(kDropWaitingOfBrowser, {browser_session, account, end == BrowserEnd::Revoked});
  std::vector<SessionId> ending;
  for (const Row& row : tx.run(kGrantsOfBrowser, {browser_session, account})) {
    const SessionId session{row.uuid(0)};
    queue_logout(tx, services, OAuthClientId{row.uuid(1)}, account, session);
    if (!row.boolean(2)) ending.push_back(session);
  }
  return revoke_sessions(tx, services, ending);
}

void revoke_token(Services& services, const OAuthClient* client, std::string_view token,
                  const Origin& origin) {
  const auto session = session_of(services, token);
  const auto owner = session ? find_owner(services, client, *session) : std::nullopt;
  if (!owner) return;
  static_cast<void>(services.database.transaction([&](Transaction& tx) -> Outcome {
    if (revoke_grant(tx, services, *owner, *session) == 1) {
      record(tx, services,
             {.event = AuditEvent::GrantRevoked, .account = owner, .subject = session->text()},
             origin);
    }
    return done;
  }));
}

}  // namespace postern::domain
