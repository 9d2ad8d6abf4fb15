#include "domain/oauth_registration.hpp"

#include "domain/alphanumeric_secret.hpp"
#include "domain/audit.hpp"
#include "domain/network.hpp"
#include "domain/oauth_client_rows.hpp"
#include "domain/oauth_unused_clients.hpp"

namespace postern::domain {
namespace {

constexpr seconds kWindow = hours(1);
/// Of one IPv6 site's 65,536 networks so many may add clients as each may.
constexpr std::uint32_t kNetworksOfASite = 8;
/// So long somebody may take to sign in with what was just registered.
constexpr seconds kYoung = hours(1);

/// Whether a used client has the same words, and how many unused ones are younger than $2.
constexpr Statement kCountEqual{"count_equal_registrations", R"sql(
  select
    exists (select from postern.oauth_client
            where fingerprint = $1 and origin = 1 and last_used_at is not null),
    (select count(*) from (
       select from postern.oauth_client
       where fingerprint = $1 and origin = 1 and last_used_at is null and created_at > $2
       limit $3) as young))sql"};

Outcome count_attempt(Services& services, const Digest& fingerprint, const Origin& origin) {
  const OAuthSettings& settings = services.settings.oauth;
  const Rows rows = services.database.run(
      kCountEqual, {fingerprint, services.clock.now() - kYoung, settings.equal_registrations});
  const bool is_in_use = rows.front().boolean(0);
  if (is_in_use && rows.front().integer(1) < settings.equal_registrations) return done;
  return charge_registration(services, origin);
}

void make_room(Transaction& tx, const Services& services, const Digest& fingerprint) {
  push_out_equal_registrations(tx, services, fingerprint, services.clock.now() - kYoung);
  push_out_unused_clients(tx, services);
}

Registered make_registration(Transaction& tx, Services& services, const ClientMetadata& metadata) {
  Registered made;
  const Instant now = services.clock.now();
  made.client.id = OAuthClientId::make(now, services.random);
  made.client.client_id = made.client.id.text();
  made.client.origin = ClientOrigin::Registered;
  made.client.metadata = metadata;
  made.client.created_at = now;
  ClientToInsert row{made.client, services.ring.current_id()};
  if (has_secret(metadata.auth)) {
    made.secret = alphanumeric_secret(services.random);
    row.secret_hash = hash_client_secret(services.ring, row.hash_key_id, made.secret->reveal());
  }
  made.registration_token = Secret(std::string(kRegistrationTokenPrefix) +
                                   std::string(alphanumeric_secret(services.random).reveal()));
  row.registration_hash =
      hash_registration_token(services.ring, row.hash_key_id, made.registration_token->reveal());
  insert_client(tx, row);
  return made;
}

}  // namespace

Outcome charge_registration(Services& services, const Origin& origin) {
  const auto rate = services.settings.oauth.registrations_per_network_per_hour;
  const auto charge = [&](const std::string& who, std::uint32_t most) -> Outcome {
    const Charge counted =
        services.limiter.charge("oauth-register:" + who, {most, kWindow}, services.clock.uptime());
    if (!counted.allowed) return Error{Errc::TooManyAttempts, {}, {}, counted.retry_after};
    return done;
  };
  const auto network = charge(network_of(origin.address), rate);
  const auto site = site_of(origin.address);
  if (!network || site.empty()) return network;
  return charge(site, rate * kNetworksOfASite);
}

Result<Registered> register_client(Services& services, const ClientMetadata& metadata,
                                   const Origin& origin) {
  if (!services.settings.oauth.registration) return Errc::RegistrationClosed;
  const Outcome sound = check_client_metadata(metadata, ClientOrigin::Registered);
  if (!sound) return sound.error();
  const Digest fingerprint = client_fingerprint(metadata);
  const Outcome allowed = count_attempt(services, fingerprint, origin);
  if (!allowed) return allowed.error();
  return services.database.transaction([&](Transaction& tx) -> Result<Registered> {
    make_room(tx, services, fingerprint);
    Registered made = make_registration(tx, services, metadata);
    record(tx, services,
           {AuditEvent::ClientRegistered, {}, {}, made.client.client_id, metadata.name}, origin);
    return made;
  });
}

}  // namespace postern::domain
