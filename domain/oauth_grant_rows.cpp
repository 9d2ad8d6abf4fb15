#include "domain/oauth_grant_rows.hpp"

#include <algorithm>

namespace postern::domain {
namespace {

enum Column : std::size_t {
  kIdleExpiresAt = kAccountColumns,
  kExpiresAt,
  kScopes,
  kResources,
  kSignedInAt,
  kMethods,
  kIsOwn,
  kClientId,
  kClientScopes,
  kHasRefresh,
  kIdTokenAlg
};

constexpr Statement kOpenGrant{"open_grant", R"sql(
  with opened as (
    insert into postern.session (id, account_id, kind, counter, created_at, rotated_at,
      idle_expires_at, expires_at, address, user_agent)
    values ($1, $2, $3, 0, $4, $4, $5, $6, $7, $8)
  )
  insert into postern.oauth_grant (session_id, client, consent_id, scopes, resources, dpop_jkt,
    browser_session, signed_in_at, methods)
  values ($1, $9, $10, $11, $12, $13, $14, $15, $16))sql"};

}  // namespace

LiveGrant read_live_grant(const Row& row, SessionId session, std::uint64_t counter) {
  LiveGrant grant;
  grant.session = {.id = session,
                   .kind = SessionKind::OAuth,
                   .counter = counter,
                   .idle_expires_at = row.instant(kIdleExpiresAt),
                   .expires_at = row.instant(kExpiresAt),
                   .account = read_account(row)};
  grant.client_id = row.text(kClientId);
  grant.has_refresh = row.boolean(kHasRefresh);
  grant.id_token_alg = signing_algorithm(row.text(kIdTokenAlg)).value_or(SigningAlgorithm::Rs256);
  grant.is_own = row.boolean(kIsOwn);
  grant.scopes = bounded_scopes(row, kScopes, kClientScopes);
  grant.resources = row.texts(kResources);
  grant.signed_in_at = row.instant(kSignedInAt);
  grant.methods = row.text(kMethods);
  return grant;
}

std::vector<std::string> bounded_scopes(const Row& row, std::size_t granted,
                                        std::size_t client_scopes) {
  auto scopes = row.texts(granted);
  return row.is_null(client_scopes) ? scopes : common(scopes, row.texts(client_scopes));
}

GrantSpan span_of_grant(const Services& services, const OAuthClient& client) {
  const Instant now = services.clock.now();
  const auto& settings = services.settings.session(SessionKind::OAuth);
  if (client.metadata.allows(grant_type::kRefresh)) {
    return {now + settings.idle_lifetime, now + settings.absolute_lifetime};
  }
  seconds lifetime = settings.access_lifetime;
  if (!client.metadata.logout_uri.empty()) {
    lifetime =
        std::max(lifetime, services.settings.session(SessionKind::Browser).absolute_lifetime);
  }
  return {now + lifetime, now + lifetime};
}

void open_grant(Transaction& tx, Services& services, SessionId session, const GrantSpan& span,
                OAuthClientId client, const GrantBasis& basis, const Origin& origin) {
  tx.run(kOpenGrant,
         {session, basis.account, static_cast<int>(SessionKind::OAuth), services.clock.now(),
          span.idle_end, span.end, origin.address, origin.user_agent, client, basis.consent,
          basis.granted.scopes, basis.granted.resources, basis.dpop_jkt, basis.browser_session,
          basis.signed_in_at, basis.methods});
}

LiveGrant make_opened_grant(const Row& row, SessionId session, const GrantSpan& span,
                            const OAuthClient& client, const GrantBasis& basis) {
  LiveGrant grant;
  grant.session = {.id = session,
                   .kind = SessionKind::OAuth,
                   .counter = 0,
                   .idle_expires_at = span.idle_end,
                   .expires_at = span.end,
                   .account = read_account(row)};
  grant.client_id = client.client_id;
  grant.has_refresh = client.metadata.allows(grant_type::kRefresh);
  grant.id_token_alg = client.metadata.id_token_alg;
  grant.scopes = basis.granted.scopes;
  if (client.metadata.scopes) grant.scopes = common(grant.scopes, *client.metadata.scopes);
  grant.resources = basis.granted.resources;
  grant.signed_in_at = basis.signed_in_at;
  grant.methods = basis.methods;
  return grant;
}

std::string refresh_key(const OAuthClient& client, const TokenProof& proof) {
  return client.metadata.auth == ClientAuth::None ? proof.dpop_jkt : std::string();
}

Outcome check_proof_needed(bool dpop_bound, const TokenProof& proof) {
  if (!dpop_bound || !proof.dpop_jkt.empty()) return done;
  return Error{Errc::InvalidInput, "dpop",
               "this client's tokens are bound to a key: proof missing"};
}

}  // namespace postern::domain
