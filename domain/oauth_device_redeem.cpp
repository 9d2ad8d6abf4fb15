#include "domain/audit.hpp"
#include "domain/grant_secret.hpp"
#include "domain/oauth_device.hpp"
#include "domain/oauth_grant_rows.hpp"

namespace postern::domain {
namespace {

constexpr seconds kSlower{5};  ///< RFC 8628 section 3.5

/// Whoever let it in comes first, as for all who lock both: who ends all that an account has holds
/// the account and then takes its devices.
constexpr Statement kLookAtDevice{"look_at_device", R"sql(
  with decider as materialized (
    select a.id
    from postern.oauth_device d join postern.account a on a.id = d.account_id
    where d.device_hash = any (array(select decode(h, 'hex') from unnest($1::text[]) as h))
    for share of a
  )
  select d.device_hash, d.client, postern.micros(d.expires_at), d.decision,
    postern.micros(d.polled_at), d.interval_seconds
  from postern.oauth_device d left join decider on decider.id = d.account_id
  where d.device_hash = any (array(select decode(h, 'hex') from unnest($1::text[]) as h))
  for update of d)sql"};

enum LookColumn : std::size_t { kHash, kClient, kExpiresAt, kDecision, kPolledAt, kInterval };
constexpr std::int64_t kOpen = 0;
constexpr std::int64_t kLetIn = 1;

constexpr Statement kNotePoll{"note_poll", R"sql(
  update postern.oauth_device
  set polled_at = $2, interval_seconds = least(interval_seconds + $3, 3600)
  where device_hash = $1)sql"};

constexpr Statement kDeleteDevice{"delete_device", R"sql(
  delete from postern.oauth_device where device_hash = $1)sql"};

/// As of a code: client, account and consent stay what they are until this is done.
constexpr Statement kLockDeviceBasis{"lock_device_basis", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(,
    d.consent_id, d.scopes, d.resources, d.browser_session, postern.micros(d.signed_in_at),
    d.methods
  from postern.oauth_device d
    join postern.oauth_client c on c.id = d.client
    join postern.account a on a.id = d.account_id
    join postern.oauth_consent k on k.id = d.consent_id
  where d.device_hash = $1 and d.decision = 1 and a.is_active and a.is_approved
  for key share of c for share of a for key share of k)sql"};

enum BasisColumn : std::size_t {
  kConsent = kAccountColumns,
  kScopes,
  kResources,
  kBrowser,
  kSignedInAt,
  kMethods
};

/// Nobody has decided yet: whether it asks as seldom as it was told.
Errc note_poll(Transaction& tx, Services& services, const Row& row) {
  const Instant now = services.clock.now();
  const auto polled = row.instant_or_null(kPolledAt);
  const bool too_soon = polled && now < *polled + seconds(row.integer(kInterval));
  const auto more = too_soon ? kSlower.count() : 0;
  if (tx.run(kNotePoll, {row.bytes(kHash), now, more}).affected != 1) {
    throw DatabaseError("note_poll: the locked row is gone");
  }
  return too_soon ? Errc::SlowDown : Errc::AuthorizationPending;
}

/// Good once.
void delete_device(Transaction& tx, const Row& row) {
  if (tx.run(kDeleteDevice, {row.bytes(kHash)}).affected != 1) {
    throw DatabaseError("delete_device: the locked row is gone");
  }
}

GrantBasis read_basis(const Row& row, const DeviceRequest& request) {
  GrantBasis basis{.account = AccountId{row.uuid(0)},
                   .consent = ConsentId{row.uuid(kConsent)},
                   .granted = {.scopes = row.texts(kScopes), .resources = row.texts(kResources)},
                   .dpop_jkt = refresh_key(request.client, request.proof),
                   .signed_in_at = row.instant(kSignedInAt),
                   .methods = row.text(kMethods)};
  if (!row.is_null(kBrowser)) basis.browser_session = SessionId{row.uuid(kBrowser)};
  return basis;
}

Result<LiveGrant> let_in(Transaction& tx, Services& services, const DeviceRequest& request,
                         const Row& device, const Origin& origin) {
  const auto rows = tx.run(kLockDeviceBasis, {device.bytes(kHash)});
  delete_device(tx, device);
  if (rows.size() != 1) return Errc::GrantInvalid;
  const auto session = SessionId::make(services.clock.now(), services.random);
  const auto span = span_of_grant(services, request.client);
  const auto basis = read_basis(rows.front(), request);
  open_grant(tx, services, session, span, request.client.id, basis, origin);
  record(tx, services,
         {.event = AuditEvent::GrantIssued,
          .account = basis.account,
          .actor = basis.account,
          .subject = session.text(),
          .detail = "device, client " + request.client.id.text()},
         origin);
  return make_opened_grant(rows.front(), session, span, request.client, basis);
}

Result<LiveGrant> judge(Transaction& tx, Services& services, const DeviceRequest& request,
                        const Row& row, const Origin& origin) {
  if (row.uuid(kClient) != request.client.id.uuid) return Errc::GrantInvalid;
  if (row.instant(kExpiresAt) <= services.clock.now()) return Errc::AuthorizationExpired;
  // What a refusal leaves behind is to stay: when it was asked, that it was used.
  tx.commit_even_if_refused();
  const auto decision = row.integer(kDecision);
  if (decision == kOpen) return note_poll(tx, services, row);
  if (decision == kLetIn) return let_in(tx, services, request, row, origin);
  delete_device(tx, row);
  return Errc::AuthorizationDenied;
}

}  // namespace

Result<OAuthTokens> redeem_device(Services& services, const DeviceRequest& request,
                                  const Origin& origin) {
  const OAuthClient& client = request.client;
  if (!client.metadata.allows(grant_type::kDevice)) return Errc::ClientNotAllowed;
  if (const auto proven = check_proof_needed(client.metadata.dpop_bound, request.proof); !proven) {
    return proven.error();
  }
  const auto hashes =
      grant_secret_hashes(services.ring, GrantSecret::DeviceCode, request.device_code);
  const auto grant = services.database.transaction([&](Transaction& tx) -> Result<LiveGrant> {
    const auto rows = tx.run(kLookAtDevice, {hashes});
    if (rows.empty()) return Errc::GrantInvalid;
    return judge(tx, services, request, rows.front(), origin);
  });
  if (!grant) return grant.error();
  note_client_use(services.database, services, client);
  return make_grant_tokens(
      services, *grant,
      {.scopes = grant->scopes, .resources = grant->resources, .dpop_jkt = request.proof.dpop_jkt});
}

}  // namespace postern::domain
