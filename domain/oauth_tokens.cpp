#include "domain/oauth_tokens.hpp"

#include <algorithm>

#include "domain/id_token.hpp"
#include "domain/oauth_access_token.hpp"
#include "domain/oauth_worth.hpp"
#include "domain/refresh_token.hpp"

namespace postern::domain {
namespace {

/// A client cannot choose a subject that is a person's (RFC 9700 section 4.15.1).
std::string subject_of(const LiveGrant& grant) {
  return grant.is_own ? std::string(kClientSubject) + grant.client_id
                      : grant.session.account.id.text();
}

OAuthClaims claims_of(Services& services, const LiveGrant& grant, const TokenWish& wish) {
  const Instant now = services.clock.now();
  const Instant end = std::min(grant.session.idle_expires_at, grant.session.expires_at);
  const auto lifetime = services.settings.session(SessionKind::OAuth).access_lifetime;
  OAuthClaims claims;
  claims.subject = subject_of(grant);
  claims.session = grant.session.id;
  claims.client_id = grant.client_id;
  claims.audience = wish.resources;
  claims.scopes = wish.scopes;
  claims.issued_at = now;
  // Tokens count in whole seconds.
  claims.expires_at = from_unix_seconds(unix_seconds(std::min(now + lifetime, end)));
  if (!grant.is_own) claims.signed_in_at = grant.signed_in_at;
  claims.token_id = new_token_id(services.random);
  claims.dpop_jkt = wish.dpop_jkt;
  return claims;
}

Secret make_id_token(Services& services, const LiveGrant& grant, const TokenWish& wish,
                     const Secret& access) {
  return issue_id_token(services, {.account = grant.session.account,
                                   .client_id = grant.client_id,
                                   .algorithm = grant.id_token_alg,
                                   .session = grant.session.id,
                                   .signed_in_at = grant.signed_in_at,
                                   .methods = grant.methods,
                                   .nonce = wish.nonce,
                                   .access_token = access.reveal(),
                                   .profile = contains(wish.scopes, "profile"),
                                   .email = contains(wish.scopes, "email")});
}

}  // namespace

OAuthTokens make_grant_tokens(Services& services, const LiveGrant& grant, TokenWish wish) {
  wish.scopes =
      scopes_at(services.settings.oauth.resources, wish.resources, std::move(wish.scopes));
  const auto claims = claims_of(services, grant, wish);
  OAuthTokens tokens{.access = issue_oauth_token(services, claims),
                     .access_expires_at = claims.expires_at,
                     .scopes = wish.scopes,
                     .dpop = !wish.dpop_jkt.empty(),
                     .issued_at = claims.issued_at};
  if (grant.is_own) return tokens;
  if (grant.has_refresh) {
    tokens.refresh = encode_refresh_token(
        services.ring, {grant.session.id, grant.session.counter, services.ring.current_id()});
  }
  if (contains(wish.scopes, "openid")) {
    tokens.id_token = make_id_token(services, grant, wish, tokens.access);
  }
  return tokens;
}

Result<std::optional<std::vector<std::string>>> named_scopes(
    const Settings& settings, std::optional<std::string_view> scope) {
  using Named = std::optional<std::vector<std::string>>;
  if (!scope || scope->empty()) return Named();
  const auto named = parse_scope(*scope);
  if (!named) return Errc::ScopeInvalid;
  auto known = common(*named, supported_scopes(settings));
  if (known.empty()) return Errc::ScopeInvalid;
  return Named(std::move(known));
}

Result<std::vector<std::string>> named_resources(const OAuthSettings& settings,
                                                 const std::vector<std::string>& resources) {
  std::vector<std::string> named;
  for (const auto& uri : resources) {
    const OAuthResource* resource = settings.resources.find(uri);
    if (resource == nullptr) return Errc::TargetInvalid;
    named.push_back(resource->uri);
  }
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  return named;
}

std::vector<std::string> common(const std::vector<std::string>& some,
                                const std::vector<std::string>& all) {
  std::vector<std::string> both;
  std::copy_if(some.begin(), some.end(), std::back_inserter(both),
               [&](const std::string& each) { return contains(all, each); });
  return both;
}

bool contains_all(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  return std::all_of(some.begin(), some.end(),
                     [&](const std::string& each) { return contains(all, each); });
}

}  // namespace postern::domain
