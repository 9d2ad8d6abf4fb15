#include "domain/oauth_consent.hpp"

#include <algorithm>

#include "domain/audit.hpp"
#include "domain/oauth_grant.hpp"
#include "domain/oauth_tokens.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindConsent{"find_consent", R"sql(
  select k.id
  from postern.oauth_consent k join postern.oauth_client c on c.id = k.client
  where k.account_id = $1 and k.client = $2 and k.resource = $3 and k.scopes @> $4::text[]
    and (c.answers_changed_at is null or k.updated_at >= c.answers_changed_at))sql"};

/// Whoever consents does so one at a time, and is neither disabled nor is the client deleted, or
/// another one, meanwhile.
constexpr Statement kLockConsenting{"lock_consenting", R"sql(
  select a.is_active and a.is_approved, postern.micros(c.answers_changed_at)
  from postern.oauth_client c, postern.account a
  where c.id = $2 and a.id = $1
  for share of c for no key update of a)sql"};

constexpr Statement kReadConsent{"read_consent", R"sql(
  select id, scopes, postern.micros(updated_at)
  from postern.oauth_consent
  where account_id = $1 and client = $2 and resource = $3
  for update)sql"};

constexpr Statement kInsertConsent{"insert_consent", R"sql(
  insert into postern.oauth_consent
    (id, account_id, client, resource, scopes, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $6))sql"};

constexpr Statement kRenewConsent{"renew_consent", R"sql(
  update postern.oauth_consent set scopes = $2, updated_at = $3 where id = $1)sql"};

constexpr Statement kListConsents{"list_consents", R"sql(
  select k.id, k.client, c.client_id, c.name, k.resource, k.scopes, postern.micros(k.created_at),
    postern.micros(k.updated_at),
    (select count(*)
     from postern.oauth_grant g join postern.session s on s.id = g.session_id
     where g.consent_id = k.id and s.expires_at > $2 and s.idle_expires_at > $2)
  from postern.oauth_consent k join postern.oauth_client c on c.id = k.client
  where k.account_id = $1 and ($3::uuid is null or k.id < $3)
  order by k.id desc
  limit $4)sql"};

constexpr Statement kLockConsent{"lock_consent", R"sql(
  select k.client
  from postern.oauth_consent k
  where k.id = $1 and k.account_id = $2
  for update)sql"};

constexpr Statement kDeleteConsent{"delete_consent", R"sql(
  delete from postern.oauth_consent where id = $1)sql"};

std::vector<std::string> united(std::vector<std::string> some,
                                const std::vector<std::string>& more) {
  some.insert(some.end(), more.begin(), more.end());
  std::sort(some.begin(), some.end());
  some.erase(std::unique(some.begin(), some.end()), some.end());
  return some;
}

Consent read_consent(const Row& row, AccountId account) {
  return {.id = ConsentId{row.uuid(0)},
          .account = account,
          .client = OAuthClientId{row.uuid(1)},
          .client_id = row.text(2),
          .client_name = row.text(3),
          .resource = row.text(4),
          .scopes = row.texts(5),
          .created_at = row.instant(6),
          .updated_at = row.instant(7),
          .live_grants = row.integer(8)};
}

/// The consent, and whether it says more than it did, or holds again.
struct Written {
  ConsentId id;
  bool is_news = false;
};
Written write_consent(Transaction& tx, Services& services, AccountId account,
                      const OAuthClient& client, const Wanted& wanted) {
  // The clock of whoever changed the client may be before ours.
  const Instant changed = client.answers_changed_at.value_or(Instant::min());
  const Instant now = std::max(services.clock.now(), changed);
  const auto resource = join_scope(wanted.resources);
  const auto rows = tx.run(kReadConsent, {account, client.id, resource});
  if (rows.empty()) {
    const auto id = ConsentId::make(now, services.random);
    tx.run(kInsertConsent, {id, account, client.id, resource, united({}, wanted.scopes), now});
    return {id, true};
  }
  const ConsentId id{rows.front().uuid(0)};
  const auto former = rows.front().texts(1);
  const Instant given = rows.front().instant(2);
  if (tx.run(kRenewConsent, {id, united(former, wanted.scopes), std::max(now, given)}).affected !=
      1) {
    throw DatabaseError("renew_consent: the locked row is gone");
  }
  return {id, given < changed || !contains_all(former, wanted.scopes)};
}

}  // namespace

std::optional<ConsentId> find_consent(Services& services, AccountId account, OAuthClientId client,
                                      const Wanted& wanted) {
  const auto rows = services.database.run(
      kFindConsent, {account, client, join_scope(wanted.resources), wanted.scopes});
  if (rows.empty()) return {};
  return ConsentId{rows.front().uuid(0)};
}

Result<ConsentId> give_consent(Transaction& tx, Services& services, AccountId account,
                               const OAuthClient& client, const Wanted& wanted,
                               const Origin& origin) {
  const auto rows = tx.run(kLockConsenting, {account, client.id});
  if (rows.empty() || !rows.front().boolean(0)) return Errc::AccountInactive;
  if (rows.front().instant_or_null(1) != client.answers_changed_at) return Errc::ClientInvalid;
  const auto written = write_consent(tx, services, account, client, wanted);
  if (written.is_news) {
    record(tx, services,
           {.event = AuditEvent::ConsentGiven,
            .account = account,
            .actor = account,
            .subject = client.id.text(),
            .detail = join_scope(wanted.scopes)},
           origin);
  }
  return written.id;
}

Result<Page<Consent>> list_consents(Services& services, AccountId account,
                                    const PageRequest& page) {
  const auto after = page_after_uuid(page);
  if (!after) return after.error();
  const auto rows =
      services.database.run(kListConsents, {account, services.clock.now(), *after, page.limit + 1});
  std::vector<Consent> consents;
  for (const Row& row : rows) consents.push_back(read_consent(row, account));
  return make_page(std::move(consents), page, [](const Consent& last) { return last.id.uuid; });
}

Outcome withdraw_consent(Services& services, AccountId account, ConsentId consent,
                         std::optional<AccountId> actor, const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    const auto rows = tx.run(kLockConsent, {consent, account});
    if (rows.empty()) return Errc::NotFound;
    const auto ended = revoke_grants_of_consent(tx, services, account, consent);
    if (tx.run(kDeleteConsent, {consent}).affected != 1) return Errc::NotFound;
    record(tx, services,
           {.event = AuditEvent::ConsentWithdrawn,
            .account = account,
            .actor = actor,
            .subject = rows.front().uuid(0).text(),
            .detail = "grants: " + std::to_string(ended)},
           origin);
    return done;
  });
}

}  // namespace postern::domain
