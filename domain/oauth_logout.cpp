#include "domain/oauth_logout.hpp"

#include <algorithm>

#include "domain/flat_json.hpp"

namespace postern::domain {
namespace {

/// A notice has the id of the session that it is about: there is one for each.
constexpr Statement kQueueLogout{"queue_oauth_logout", R"sql(
  insert into postern.oauth_logout (id, client, account_id, sid, created_at, next_at)
  select $1, client.id, $3, $1, $4, $4
  from postern.oauth_client client
  where client.id = $2 and client.logout_uri <> ''
  for key share
  on conflict (id) do nothing)sql"};

constexpr Statement kQueueLogouts{"queue_oauth_logouts", R"sql(
  insert into postern.oauth_logout (id, client, account_id, sid, created_at, next_at)
  select s.id, client.id, s.account_id, s.id, $3, $3
  from postern.session s
    join postern.oauth_grant g on g.session_id = s.id
    join postern.oauth_client client on client.id = g.client
  where s.account_id = $1 and ($2::uuid is null or s.id <> $2)
    and 'openid' = any (g.scopes) and client.logout_uri <> ''
  for key share of client
  on conflict (id) do nothing)sql"};

/// The oldest of what waits for one client make room.
constexpr Statement kTrimLogouts{"trim_oauth_logouts", R"sql(
  delete from postern.oauth_logout where id in (
    select id from (
      select id, row_number() over (partition by client order by created_at desc, id desc) as place
      from postern.oauth_logout where account_id = $1) as waiting
    where place > $2))sql"};

/// One for each client, and none for a client that is being told, or that was not told and is to
/// wait: a client that never answers is asked once at a time, however much waits for it. Of several
/// it is the one that was tried most often, so that pauses grow. No account's clients keep those of
/// others waiting. Whoever takes one has it alone until $3; if he dies over it, it is due again
/// then.
constexpr Statement kTakeDueLogouts{"take_due_oauth_logouts", R"sql(
  with due as (
    select distinct on (n.client) n.id, n.account_id, n.attempts, n.next_at
    from postern.oauth_logout n
    where n.next_at <= $1 and not exists (
      select from postern.oauth_logout busy
      where busy.client = n.client and busy.attempts > 0 and busy.next_at > $1)
    order by n.client, n.attempts desc, n.next_at, n.id),
  turns as (
    select id, attempts, next_at,
           row_number() over (partition by account_id order by attempts, next_at, id) as turn
    from due)
  update postern.oauth_logout notice
  set next_at = $3, attempts = least(notice.attempts + 1, 1000)
  from postern.oauth_client client
  where client.id = notice.client and notice.id in (
    select id from postern.oauth_logout
    where next_at <= $1 and id in (
      select id from turns order by turn, attempts, next_at, id limit $2)
    for update skip locked)
  returning notice.id, notice.attempts, client.logout_uri, client.client_id, notice.account_id,
            notice.sid, client.id_token_alg)sql"};

constexpr Statement kLogoutTold{"oauth_logout_told", R"sql(
  delete from postern.oauth_logout where id = $1)sql"};

constexpr Statement kPostponeLogout{"postpone_oauth_logout", R"sql(
  update postern.oauth_logout set next_at = $2
  where id = $1 and (created_at > $3 or attempts < $4))sql"};

/// With all of its client that are as old: it was tried for them, too.
constexpr Statement kGiveUpLogouts{"give_up_oauth_logouts", R"sql(
  delete from postern.oauth_logout
  where client = (select client from postern.oauth_logout where id = $1) and created_at <= $2)sql"};

constexpr std::string_view kEvents = "http://schemas.openid.net/event/backchannel-logout";
constexpr seconds kLifetime{120};  // section 2.4: at most two minutes
constexpr seconds kTaken{60};
constexpr seconds kFirstPause{5};
constexpr int kMostDoublings = 9;  // 5 s to 43 minutes
constexpr seconds kGiveUpAfter{3600};
constexpr int kFewestAttempts = 3;
/// For one client and account (rule R9).
constexpr int kMostWaiting = 50;

/// Section 2.4. No nonce, so that it never passes for an ID token.
Secret logout_token(Services& services, const std::string& client_id, AccountId account,
                    SessionId sid, SigningAlgorithm algorithm) {
  const Instant now = services.clock.now();
  FlatJsonWriter event, json;
  event.add_object(kEvents, FlatJsonWriter());
  json.add("iss", services.settings.oauth.issuer)
      .add("aud", client_id)
      .add("iat", unix_seconds(now))
      .add("exp", unix_seconds(now + kLifetime))
      .add("jti", Uuid::v7(now, services.random).text())
      .add("sub", account.text())
      .add("sid", sid.text())
      .add_object("events", std::move(event));
  return Secret(
      services.signing_keys.sign(std::move(json).finish(), TokenType::LogoutToken, algorithm));
}

}  // namespace

void queue_logout(Transaction& tx, Services& services, OAuthClientId client, AccountId account,
                  SessionId sid) {
  const auto queued = tx.run(kQueueLogout, {sid, client, account, services.clock.now()});
  if (queued.affected > 0) tx.run(kTrimLogouts, {account, kMostWaiting});
}

void queue_logouts(Transaction& tx, Services& services, AccountId account,
                   std::optional<SessionId> keep) {
  const auto queued = tx.run(kQueueLogouts, {account, keep, services.clock.now()});
  if (queued.affected > 0) tx.run(kTrimLogouts, {account, kMostWaiting});
}

std::vector<LogoutNotice> take_due_logouts(Services& services, int most) {
  const Instant now = services.clock.now();
  const Rows rows = services.database.run(kTakeDueLogouts, {now, most, now + kTaken});
  std::vector<LogoutNotice> notices;
  if (rows.empty()) return notices;
  // The newest key is the one that clients look for.
  services.signing_keys.reload(services.database, services.ring, now);
  for (const Row& row : rows) {
    const auto algorithm = signing_algorithm(row.text(6)).value_or(SigningAlgorithm::Rs256);
    notices.push_back({.id = row.uuid(0),
                       .uri = row.text(2),
                       .token = logout_token(services, row.text(3), AccountId{row.uuid(4)},
                                             SessionId{row.uuid(5)}, algorithm),
                       .attempts = static_cast<int>(row.integer(1))});
  }
  return notices;
}

void logout_told(Services& services, const Uuid& id) {
  services.database.run(kLogoutTold, {id});
}

bool logout_not_told(Services& services, const Uuid& id, int attempts) {
  const Instant now = services.clock.now();
  const auto pause = kFirstPause * (1 << std::clamp(attempts - 1, 0, kMostDoublings));
  const Instant too_old = now - kGiveUpAfter;
  const auto kept =
      services.database.run(kPostponeLogout, {id, now + pause, too_old, kFewestAttempts});
  if (kept.affected == 1) return true;
  services.database.run(kGiveUpLogouts, {id, too_old});
  return false;
}

}  // namespace postern::domain
