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
  kHasRefresh
};
enum OpenedColumn : std::size_t {
  kOpenedScopes = kAccountColumns,
  kOpenedResources,
  kOpenedSignedInAt,
  kOpenedMethods
};

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

LiveGrant read_opened_grant(const Row& row, SessionId session, const GrantSpan& span,
                            const OAuthClient& client) {
  LiveGrant grant;
  grant.session = {.id = session,
                   .kind = SessionKind::OAuth,
                   .counter = 0,
                   .idle_expires_at = span.idle_end,
                   .expires_at = span.end,
                   .account = read_account(row)};
  grant.client_id = client.client_id;
  grant.has_refresh = client.metadata.allows(grant_type::kRefresh);
  grant.scopes = row.texts(kOpenedScopes);
  if (client.metadata.scopes) grant.scopes = common(grant.scopes, *client.metadata.scopes);
  grant.resources = row.texts(kOpenedResources);
  grant.signed_in_at = row.instant(kOpenedSignedInAt);
  grant.methods = row.text(kOpenedMethods);
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
