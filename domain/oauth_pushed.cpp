#include "domain/oauth_pushed.hpp"

#include "domain/alphanumeric_secret.hpp"
#include "domain/grant_secret.hpp"
#include "domain/network.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kPrefix = "urn:ietf:params:oauth:request_uri:";
constexpr std::string_view kSealContext = "pushed-request:";

/// Requests of strangers' clients from one network.
constexpr Rate kPushed{300, minutes(5)};

constexpr Statement kInsertPushed{"insert_pushed", R"sql(
  insert into postern.oauth_pushed (uri_hash, hash_key_id, client, parameters, expires_at)
  select $1, $2, c.id, $4, $5 from postern.oauth_client c where c.id = $3 for key share)sql"};

/// Of any number at the same time one finds it.
constexpr Statement kTakePushed{"take_pushed", R"sql(
  delete from postern.oauth_pushed
  where uri_hash = any (array(select decode(h, 'hex') from unnest($1::text[]) as h))
    and client = $2 and expires_at > $3
  returning parameters)sql"};

std::string seal_context(OAuthClientId client) {
  return std::string(kSealContext) + client.text();
}

}  // namespace

Outcome charge_push(Services& services, const OAuthClient& client, const Origin& origin) {
  if (client.origin == ClientOrigin::Administrator) return done;
  const auto charged = services.limiter.charge("pushed:" + network_of(origin.address), kPushed,
                                               services.clock.uptime());
  if (!charged.allowed) return Error{Errc::TooManyAttempts, {}, {}, charged.retry_after};
  return done;
}

Result<Secret> push_request(Services& services, OAuthClientId client, std::string_view parameters) {
  const Secret name = alphanumeric_secret(services.random);
  const auto sealed =
      services.ring.seal(seal_context(client), as_bytes(parameters), services.random);
  const Rows written = services.database.run(
      kInsertPushed, {hash_grant_secret(services.ring, GrantSecret::PushedRequest, name.reveal()),
                      services.ring.current_id(), client, sealed,
                      services.clock.now() + services.settings.oauth.pushed_lifetime});
  if (written.affected != 1) return Errc::ClientInvalid;
  return Secret(std::string(kPrefix).append(name.reveal()));
}

Result<Secret> take_pushed(Services& services, OAuthClientId client, std::string_view request_uri) {
  if (!request_uri.starts_with(kPrefix)) return Errc::GrantInvalid;
  const auto name = request_uri.substr(kPrefix.size());
  const auto rows = services.database.run(
      kTakePushed, {grant_secret_hashes(services.ring, GrantSecret::PushedRequest, name), client,
                    services.clock.now()});
  if (rows.size() != 1) return Errc::GrantInvalid;
  const auto opened = services.ring.open(seal_context(client), rows.front().bytes(0));
  if (!opened) return Errc::GrantInvalid;
  return Secret(std::string(opened->begin(), opened->end()));
}

}  // namespace postern::domain
