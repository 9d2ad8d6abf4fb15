#include "handlers/oauth/client_assertion.hpp"

#include <algorithm>

#include "domain/used_token_id.hpp"
#include "handlers/oauth/client_keys.hpp"
#include "handlers/oauth/compact_jwt.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/find_client.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Instant;
using sso::text_member;

constexpr std::size_t kLongest = std::size_t{8} * 1024;
constexpr std::size_t kLongestId = 255;
constexpr std::chrono::minutes kLongestLife{5};
constexpr std::chrono::seconds kLeeway{60};

domain::Error refused(std::string why) {
  return {Errc::ClientInvalid, {}, {}, {}, "client_assertion: " + std::move(why)};
}

/// Where this request came in, as clients know it.
std::string this_endpoint(const Call& call, Services& services) {
  std::string_view path = call.request.uri ? std::string_view(call.request.uri->path) : "";
  const std::string_view mount = services.settings.oauth.mount;
  if (!mount.empty() && path.starts_with(mount)) path.remove_prefix(mount.size());
  return endpoint(services.domain.settings, path);
}

/// A second audience could use the assertion here.
bool is_for_us(const Json::Value& claims, const Call& call, Services& services) {
  const auto audiences = sso::texts_member(claims, "aud");
  if (!audiences || audiences->empty()) return false;
  const auto& settings = services.domain.settings;
  return std::all_of(audiences->begin(), audiences->end(), [&](const std::string& audience) {
    return audience == settings.oauth.issuer || audience == endpoint(settings, "/oauth/token") ||
           audience == this_endpoint(call, services);
  });
}

/// Absent is fine, of another type is not.
bool is_past(const Json::Value& claims, const char* name, Instant now) {
  if (!claims.isMember(name)) return true;
  const auto time = sso::time_member(claims, name);
  return time && domain::from_unix_seconds(*time) <= now + kLeeway;
}

struct Statement {
  std::string client_id, token_id;
  Instant expires_at;
};

/// All but the signature.
domain::Result<Statement> read_statement(const CompactJwt& jwt, const Call& call,
                                         Services& services) {
  const Instant now = services.domain.clock.now();
  const auto& claims = jwt.claims;
  if (!jwt.type.empty() && jwt.type != "jwt" && jwt.type != "client-authentication+jwt") {
    return refused("typ");
  }
  const auto subject = text_member(claims, "sub");
  if (!subject || subject->empty() || text_member(claims, "iss") != subject) {
    return refused("iss, sub");
  }
  if (!is_for_us(claims, call, services)) return refused("aud");
  const auto expiry = sso::time_member(claims, "exp");
  if (!expiry) return refused("no exp");
  const Instant expires_at = domain::from_unix_seconds(*expiry);
  if (expires_at <= now || expires_at > now + kLongestLife) return refused("exp");
  if (!is_past(claims, "nbf", now) || !is_past(claims, "iat", now)) return refused("nbf, iat");
  const auto id = text_member(claims, "jti");
  if (!id || id->empty() || id->size() > kLongestId) return refused("jti");
  return Statement{*subject, *id, expires_at};
}

domain::Outcome check_signature(Services& services, const domain::OAuthClient& client,
                                const CompactJwt& jwt, const domain::Origin& origin) {
  auto keys = keys_of(services, client, false, origin);
  if (!keys) return keys.error();
  auto match = match_keys(*keys, jwt);
  if (match == KeyMatch::Unknown && !client.metadata.jwks_uri.empty()) {
    keys = keys_of(services, client, true, origin);
    if (!keys) return keys.error();
    match = match_keys(*keys, jwt);
  }
  if (match != KeyMatch::Signed) return refused("signature");
  return domain::done;
}

}  // namespace

domain::Result<domain::OAuthClient> check_assertion(const Call& call, Services& services,
                                                    const Parameters& form) {
  if (form.get_or_empty("client_assertion_type") != kJwtAssertion) return refused("type");
  const auto jwt = CompactJwt::parse(form.get_or_empty("client_assertion"), kLongest);
  if (!jwt) return refused("malformed");
  const auto statement = read_statement(*jwt, call, services);
  if (!statement) return statement.error();
  const auto named = form.get("client_id");
  if (named && *named != statement->client_id) return refused("client_id");
  auto client = find_client(services, statement->client_id, call.origin());
  if (!client) return client.error();
  if (client->metadata.auth != domain::ClientAuth::PrivateKeyJwt) return refused("method");
  const auto good = check_signature(services, *client, *jwt, call.origin());
  if (!good) return good.error();
  if (!domain::use_token_id(services.domain, statement->client_id, statement->token_id,
                            statement->expires_at)) {
    return refused("jti used before");
  }
  return client;
}

}  // namespace postern::handlers::oauth
