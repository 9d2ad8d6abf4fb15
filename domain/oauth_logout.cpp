#include "domain/oauth_logout.hpp"

#include <algorithm>

#include "domain/flat_json.hpp"

namespace postern::domain {
namespace {

constexpr Statement kQueueLogout{"queue_oauth_logout", R"sql(
  insert into postern.oauth_logout (id, client, account_id, sid, created_at, next_at)
  select $1, client.id, $3, $4, $5, $5
  from postern.oauth_client client
  where client.id = $2 and client.logout_uri <> ''
  for key share)sql"};

/// Whoever takes one has it alone until $3; if he dies over it, it is due again then.
constexpr Statement kTakeDueLogouts{"take_due_oauth_logouts", R"sql(
  update postern.oauth_logout notice
  set next_at = $3, attempts = least(notice.attempts + 1, 1000)
  from postern.oauth_client client
  where client.id = notice.client and notice.id in (
    select id from postern.oauth_logout
    where next_at <= $1
    order by next_at
    limit $2
    for update skip locked)
  returning notice.id, notice.attempts, client.logout_uri, client.client_id, notice.account_id,
            notice.sid, client.id_token_alg)sql"};

constexpr Statement kLogoutTold{"oauth_logout_told", R"sql(
  delete from postern.oauth_logout where id = $1)sql"};

constexpr Statement kPostponeLogout{"postpone_oauth_logout", R"sql(
  update postern.oauth_logout set next_at = $2
  where id = $1 and created_at > $3)sql"};

constexpr std::string_view kEvents = "http://schemas.openid.net/event/backchannel-logout";
constexpr seconds kLifetime{120};  // section 2.4: at most two minutes
constexpr seconds kTaken{60};
constexpr seconds kFirstPause{5};
constexpr int kMostDoublings = 9;  // 5 s to 43 minutes
constexpr seconds kGiveUpAfter{3600};

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
  const Instant now = services.clock.now();
  tx.run(kQueueLogout, {Uuid::v7(now, services.random), client, account, sid, now});
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
  const auto kept = services.database.run(kPostponeLogout, {id, now + pause, now - kGiveUpAfter});
  if (kept.affected == 1) return true;
  services.database.run(kLogoutTold, {id});
  return false;
}

}  // namespace postern::domain
