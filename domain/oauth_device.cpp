#include "domain/oauth_device.hpp"

#include "domain/alphanumeric_secret.hpp"
#include "domain/browser_session.hpp"
#include "domain/grant_secret.hpp"
#include "domain/network.hpp"
#include "domain/user_code.hpp"

namespace postern::domain {
namespace {

/// Devices that one network may begin with: each waits for settings.oauth.device_lifetime.
constexpr Rate kBegun{60, minutes(10)};

/// The same user code twice, which 34 bits do not rule out, is not inserted; nor is anything for a
/// client that is gone meanwhile.
constexpr Statement kInsertDevice{"insert_device", R"sql(
  insert into postern.oauth_device (device_hash, user_code_hash, hash_key_id, client, scopes,
    resources, address, created_at, expires_at, interval_seconds)
  select $1, $2, $3, c.id, $5, $6, $7, $8, $9, $10
  from postern.oauth_client c
  where c.id = $4
  for key share
  on conflict do nothing)sql"};

constexpr Statement kFindDevice{"find_device", R"sql(
  select d.client, d.scopes, d.resources, d.address, postern.micros(d.created_at)
  from postern.oauth_device d
  where d.user_code_hash = any (array(select decode(h, 'hex') from unnest($1::text[]) as h))
    and d.decision = 0 and d.expires_at > $2)sql"};

constexpr Statement kLetDeviceIn{"let_device_in", R"sql(
  update postern.oauth_device
  set decision = 1, account_id = $3, consent_id = $4, scopes = $5, resources = $6,
    browser_session = $7, signed_in_at = $8, methods = $9
  where user_code_hash = any (array(select decode(h, 'hex') from unnest($1::text[]) as h))
    and decision = 0 and expires_at > $2)sql"};

constexpr Statement kRefuseDevice{"refuse_device", R"sql(
  update postern.oauth_device
  set decision = 2
  where user_code_hash = any (array(select decode(h, 'hex') from unnest($1::text[]) as h))
    and decision = 0 and expires_at > $2)sql"};

std::vector<std::string> user_code_hashes(const Services& services, std::string_view code) {
  return grant_secret_hashes(services.ring, GrantSecret::UserCode, code);
}

/// Guesses count against whoever makes them, wherever he does (RFC 8628 section 5.1).
struct Guess {
  std::string name;
  Rate rate;
};
std::vector<Guess> guesses_of(const Services& services, AccountId account, const Origin& origin) {
  const auto& limits = services.settings.login_limit;
  return {{"user-code:account:" + account.text(), {limits.per_account, limits.window}},
          {"user-code:network:" + network_of(origin.address), {limits.per_network, limits.window}}};
}

void take_back(Services& services, const std::vector<Guess>& guesses, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    services.limiter.refund(guesses[i].name, guesses[i].rate, services.clock.uptime());
  }
}

/// In each, or in none.
Outcome charge(Services& services, const std::vector<Guess>& guesses) {
  for (std::size_t i = 0; i < guesses.size(); ++i) {
    const auto charged =
        services.limiter.charge(guesses[i].name, guesses[i].rate, services.clock.uptime());
    if (charged.allowed) continue;
    take_back(services, guesses, i);
    return Error{Errc::TooManyAttempts, {}, {}, charged.retry_after};
  }
  return done;
}

/// False where its codes are another's already.
bool insert_device(Services& services, const NewDevice& wanted, const Secret& device_code,
                   std::string_view user_code, const Origin& origin) {
  const auto& settings = services.settings.oauth;
  const Instant now = services.clock.now();
  return services.database
             .run(kInsertDevice,
                  {hash_grant_secret(services.ring, GrantSecret::DeviceCode, device_code.reveal()),
                   hash_grant_secret(services.ring, GrantSecret::UserCode, user_code),
                   services.ring.current_id(), wanted.client.id, wanted.wanted.scopes,
                   wanted.wanted.resources, origin.address, now, now + settings.device_lifetime,
                   settings.device_interval.count()})
             .affected == 1;
}

}  // namespace

Result<DeviceCodes> begin_device(Services& services, const NewDevice& wanted,
                                 const Origin& origin) {
  if (!wanted.client.metadata.allows(grant_type::kDevice)) return Errc::ClientNotAllowed;
  const auto charged = services.limiter.charge("device:" + network_of(origin.address), kBegun,
                                               services.clock.uptime());
  if (!charged.allowed) return Error{Errc::TooManyAttempts, {}, {}, charged.retry_after};
  constexpr int kTries = 3;
  for (int i = 0; i < kTries; ++i) {
    auto device_code = alphanumeric_secret(services.random);
    const auto user_code = make_user_code(services.random);
    if (!insert_device(services, wanted, device_code, user_code, origin)) continue;
    return DeviceCodes{.device_code = std::move(device_code),
                       .user_code = shown_user_code(user_code),
                       .lifetime = services.settings.oauth.device_lifetime,
                       .interval = services.settings.oauth.device_interval};
  }
  const auto client = find_client(services, wanted.client.id);
  if (!client) return client.error();
  return Error{Errc::Busy, {}, {}, seconds(1)};
}

Result<WaitingDevice> find_device(Services& services, std::string_view user_code, AccountId account,
                                  const Origin& origin) {
  const auto guesses = guesses_of(services, account, origin);
  if (const auto charged = charge(services, guesses); !charged) return charged.error();
  const auto code = read_user_code(user_code);
  if (!code) return Errc::NotFound;
  const auto rows =
      services.database.run(kFindDevice, {user_code_hashes(services, *code), services.clock.now()});
  if (rows.size() != 1) return Errc::NotFound;
  take_back(services, guesses, guesses.size());
  const Row& row = rows.front();
  return WaitingDevice{.client = OAuthClientId{row.uuid(0)},
                       .wanted = {.scopes = row.texts(1), .resources = row.texts(2)},
                       .address = row.text(3),
                       .created_at = row.instant(4)};
}

Outcome decide_device(Transaction& tx, Services& services, std::string_view user_code,
                      const std::optional<GrantBasis>& basis) {
  const auto code = read_user_code(user_code);
  if (!code) return Errc::NotFound;
  const auto hashes = user_code_hashes(services, *code);
  const Instant now = services.clock.now();
  const Rows decided =
      basis ? tx.run(kLetDeviceIn, {hashes, now, basis->account, basis->consent,
                                    basis->granted.scopes, basis->granted.resources,
                                    basis->browser_session, basis->signed_in_at, basis->methods})
            : tx.run(kRefuseDevice, {hashes, now});
  if (decided.affected != 1) return Errc::NotFound;
  if (basis && basis->browser_session &&
      !hold_browser_session(tx, basis->account, *basis->browser_session)) {
    return Errc::NotFound;
  }
  return done;
}

}  // namespace postern::domain
