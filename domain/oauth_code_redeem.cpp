#include <algorithm>

#include "domain/audit.hpp"
#include "domain/audit_row.hpp"
#include "domain/grant_secret.hpp"
#include "domain/oauth_code.hpp"
#include "domain/oauth_grant_rows.hpp"
#include "domain/pkce.hpp"

namespace postern::domain {
namespace {

constexpr int kMostWrongTries = 3;

/// All that it takes, in one statement that is its own transaction. The verifier is compared by
/// keyed hashes, whose timing tells nothing. Whoever deletes the client, disables the account or
/// withdraws the consent comes wholly before (there is no row) or wholly after (the grant is there
/// to be ended): those rows are locked before the code, as they do it. What may change while it
/// waits for the code is asked of the code as it is written; the client is asked for there too,
/// since `held` shall find its row by the hash, never by the index of a client with many codes.
/// $1 the code's hash, $2 its challenge's, $3 the client, $4 now, $5 tries, $6 the redirect_uri or
/// null, $7 the key of the proof, $8 what the token is for, $9 the key that refresh tokens get
/// bound to; of the session: $10 id, $11 kind, $12 idle end, $13 end, $14 address, $15 user agent;
/// of the audit: $16 id, $17 event, $18 subject, $19 detail, $20 address, $21 request.
constexpr Statement kRedeemCode{"redeem_code", R"sql(
  with held as (
    select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, o.client
    from postern.oauth_code o
      join postern.oauth_client c on c.id = o.client
      join postern.account a on a.id = o.account_id
      join postern.oauth_consent k on k.id = o.consent_id
    where o.code_hash = decode($1, 'hex') and o.expires_at > $4
      and o.challenge = any ($2::text[]) and ($6::text is null or o.redirect_uri = $6)
      and (o.dpop_jkt = '' or o.dpop_jkt = $7) and $8::text[] <@ o.resources
      and a.is_active and a.is_approved
    for key share of c for share of a for key share of k
  ), used as (
    update postern.oauth_code o
    set session_id = $10
    from held
    where o.code_hash = decode($1, 'hex') and held.client = $3
      and o.session_id is null and o.wrong_tries < $5
    returning o.client, o.account_id, o.consent_id, o.scopes, o.resources, o.browser_session,
      o.signed_in_at, o.methods, o.nonce
  ), opened as (
    insert into postern.session (id, account_id, kind, counter, created_at, rotated_at,
      idle_expires_at, expires_at, address, user_agent)
    select $10, account_id, $11, 0, $4, $4, $12, $13, $14, $15 from used
  ), granted as (
    insert into postern.oauth_grant (session_id, client, consent_id, scopes, resources, dpop_jkt,
      browser_session, signed_in_at, methods)
    select $10, client, consent_id, scopes, resources, $9, browser_session, signed_in_at, methods
    from used
  ), noted as (
    insert into postern.audit (id, at, event, account_id, actor_id, subject, detail, address,
      request_id)
    select $16, $4, $17, account_id, account_id, $18, $19, $20, $21 from used
  )
  select held.*, used.scopes, used.resources, postern.micros(used.signed_in_at), used.methods,
    used.nonce
  from used cross join held)sql"};

enum RedeemColumn : std::size_t {
  kScopes = kAccountColumns + 1,
  kResources,
  kSignedInAt,
  kMethods,
  kNonce
};

constexpr Statement kLookAtCode{"look_at_code", R"sql(
  select o.client, o.account_id, o.session_id, postern.micros(o.expires_at), o.wrong_tries,
    o.challenge, o.redirect_uri, o.dpop_jkt, o.resources, o.code_hash
  from postern.oauth_code o
  where o.code_hash = any (array(select decode(h, 'hex') from unnest($1::text[]) as h))
  for update)sql"};

enum LookColumn : std::size_t {
  kClient,
  kAccount,
  kSession,
  kExpiresAt,
  kWrongTries,
  kChallenge,
  kRedirectUri,
  kBoundKey,
  kCodeResources,
  kCodeHash
};

constexpr Statement kCountWrongTry{"count_wrong_try", R"sql(
  update postern.oauth_code set wrong_tries = wrong_tries + 1 where code_hash = $1)sql"};

/// A request with what is looked up by it.
struct Attempt {
  const CodeRequest& request;
  std::vector<std::string> code_hashes;
  std::vector<std::string> challenge_hashes;  ///< none: the verifier is none
  std::vector<std::string> resources;
};

Result<Attempt> read_attempt(const Services& services, const CodeRequest& request) {
  auto resources = named_resources(services.settings.oauth, request.resources);
  if (!resources) return resources.error();
  Attempt attempt{request,
                  grant_secret_hashes(services.ring, GrantSecret::Code, request.code),
                  {},
                  *std::move(resources)};
  if (const auto challenge = challenge_of(request.verifier)) {
    attempt.challenge_hashes =
        grant_secret_hashes(services.ring, GrantSecret::Challenge, *challenge);
  }
  return attempt;
}

struct Redeemed {
  LiveGrant grant;
  std::string nonce;
};

Redeemed read_redeemed(const Row& row, SessionId session, const GrantSpan& span,
                       const OAuthClient& client) {
  const GrantBasis basis{
      .account = AccountId{row.uuid(0)},
      .consent = {},
      .granted = {.scopes = row.texts(kScopes), .resources = row.texts(kResources)},
      .signed_in_at = row.instant(kSignedInAt),
      .methods = row.text(kMethods)};
  return {make_opened_grant(row, session, span, client, basis), row.text(kNonce)};
}

std::optional<Redeemed> redeem_as(Services& services, const Attempt& attempt,
                                  const std::string& hash, const Origin& origin) {
  const CodeRequest& request = attempt.request;
  const Instant now = services.clock.now();
  const auto session = SessionId::make(now, services.random);
  const auto span = span_of_grant(services, request.client);
  const auto audit = audit_row(services,
                               {.event = AuditEvent::GrantIssued,
                                .subject = session.text(),
                                .detail = "code, client " + request.client.id.text()},
                               origin);
  const auto rows = services.database.run(kRedeemCode, {hash,
                                                        attempt.challenge_hashes,
                                                        request.client.id,
                                                        now,
                                                        kMostWrongTries,
                                                        request.redirect_uri,
                                                        request.proof.dpop_jkt,
                                                        attempt.resources,
                                                        refresh_key(request.client, request.proof),
                                                        session,
                                                        static_cast<int>(SessionKind::OAuth),
                                                        span.idle_end,
                                                        span.end,
                                                        origin.address,
                                                        origin.user_agent,
                                                        audit.id,
                                                        audit.event,
                                                        audit.subject,
                                                        audit.detail,
                                                        audit.address,
                                                        audit.request_id});
  if (rows.size() != 1) return {};
  return read_redeemed(rows.front(), session, span, request.client);
}

/// One statement for each master key that the code may be hashed under, so that each finds its row
/// by the index, however small the table was when the statement was planned.
std::optional<Redeemed> redeem(Services& services, const Attempt& attempt, const Origin& origin) {
  for (const auto& hash : attempt.code_hashes) {
    auto redeemed = redeem_as(services, attempt, hash, origin);
    if (redeemed) return redeemed;
  }
  return {};
}

/// A second use: either this one or the first is a thief's (RFC 9700 section 2.1.1).
void end_replayed(Transaction& tx, Services& services, const Row& row, const Origin& origin) {
  const AccountId account{row.uuid(kAccount)};
  const SessionId session{row.uuid(kSession)};
  if (revoke_grant(tx, services, account, session) != 1) return;
  record(tx, services,
         {.event = AuditEvent::CodeReplayed, .account = account, .subject = session.text()},
         origin);
}

void count_wrong_try(Transaction& tx, const Row& row) {
  if (tx.run(kCountWrongTry, {row.bytes(kCodeHash)}).affected != 1) {
    throw DatabaseError("count_wrong_try: the locked row is gone");
  }
}

/// Why a code was not redeemed, and what that makes of it.
Errc judge(Transaction& tx, Services& services, const Attempt& attempt, const Row& row,
           const Origin& origin) {
  const CodeRequest& request = attempt.request;
  if (row.uuid(kClient) != request.client.id.uuid) return Errc::GrantInvalid;
  if (!row.is_null(kSession)) {
    end_replayed(tx, services, row, origin);
    return Errc::GrantInvalid;
  }
  const bool dead = row.instant(kExpiresAt) <= services.clock.now() ||
                    row.integer(kWrongTries) >= kMostWrongTries;
  const bool elsewhere = request.redirect_uri && *request.redirect_uri != row.text(kRedirectUri);
  const auto& key = row.text(kBoundKey);
  if (dead || elsewhere || (!key.empty() && key != request.proof.dpop_jkt)) {
    return Errc::GrantInvalid;
  }
  if (!contains(attempt.challenge_hashes, row.text(kChallenge))) {
    count_wrong_try(tx, row);
    return Errc::GrantInvalid;
  }
  if (!contains_all(row.texts(kCodeResources), attempt.resources)) return Errc::TargetInvalid;
  return Errc::GrantInvalid;
}

Errc second_look(Services& services, const Attempt& attempt, const Origin& origin) {
  const auto refused = services.database.transaction([&](Transaction& tx) -> Outcome {
    const auto rows = tx.run(kLookAtCode, {attempt.code_hashes});
    if (rows.empty()) return Errc::GrantInvalid;
    tx.commit_even_if_refused();
    return judge(tx, services, attempt, rows.front(), origin);
  });
  return refused.error().code;
}

}  // namespace

Result<OAuthTokens> redeem_code(Services& services, const CodeRequest& request,
                                const Origin& origin) {
  const OAuthClient& client = request.client;
  if (!client.metadata.allows(grant_type::kCode)) return Errc::ClientNotAllowed;
  if (const auto proven = check_proof_needed(client.metadata.dpop_bound, request.proof); !proven) {
    return proven.error();
  }
  const auto attempt = read_attempt(services, request);
  if (!attempt) return attempt.error();
  const auto redeemed = redeem(services, *attempt, origin);
  if (!redeemed) return second_look(services, *attempt, origin);
  note_client_use(services.database, services, client);
  return make_grant_tokens(
      services, redeemed->grant,
      {.scopes = redeemed->grant.scopes,
       .resources = attempt->resources.empty() ? redeemed->grant.resources : attempt->resources,
       .dpop_jkt = request.proof.dpop_jkt,
       .nonce = redeemed->nonce});
}

}  // namespace postern::domain
