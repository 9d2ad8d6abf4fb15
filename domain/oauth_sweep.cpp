#include "domain/oauth_sweep.hpp"

#include "domain/sweep_table.hpp"

namespace postern::domain {
namespace {

constexpr days kCodeRetention{1};
constexpr seconds kDeviceRetention = hours(1);  ///< so long a device is told that it was too late
constexpr days kLogoutRetention{1};

/// What people consented to and nothing came of, or what came of it is over.
constexpr Statement kSweepUnusedConsents{"sweep_unused_oauth_consents", R"sql(
  delete from postern.oauth_consent where id in (
    select o.id
    from postern.oauth_consent o join postern.oauth_client c on c.id = o.client
    where c.origin <> 2 and c.last_used_at is null and c.created_at <= $1
      and not exists (select from postern.oauth_grant g where g.client = c.id)
    limit $2 for update of o skip locked))sql"};

constexpr Statement kSweepIdleConsents{"sweep_idle_oauth_consents", R"sql(
  delete from postern.oauth_consent where id in (
    select o.id
    from postern.oauth_consent o join postern.oauth_client c on c.id = o.client
    where c.origin <> 2 and c.last_used_at <= $1
      and not exists (select from postern.oauth_grant g where g.client = c.id)
    limit $2 for update of o skip locked))sql"};

constexpr Statement kSweepUnusedClients{"sweep_unused_oauth_clients", R"sql(
  delete from postern.oauth_client where id in (
    select c.id
    from postern.oauth_client c
    where c.origin <> 2 and c.last_used_at is null and c.created_at <= $1
      and not exists (select from postern.oauth_grant g where g.client = c.id)
      and not exists (select from postern.oauth_consent o where o.client = c.id)
    limit $2 for update of c skip locked))sql"};

constexpr Statement kSweepIdleClients{"sweep_idle_oauth_clients", R"sql(
  delete from postern.oauth_client where id in (
    select c.id
    from postern.oauth_client c
    where c.origin <> 2 and c.last_used_at <= $1
      and not exists (select from postern.oauth_grant g where g.client = c.id)
      and not exists (select from postern.oauth_consent o where o.client = c.id)
    limit $2 for update of c skip locked))sql"};

constexpr Statement kSweepCodes{"sweep_oauth_codes", R"sql(
  delete from postern.oauth_code where code_hash in (
    select code_hash from postern.oauth_code where expires_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepDevices{"sweep_oauth_devices", R"sql(
  delete from postern.oauth_device where device_hash in (
    select device_hash from postern.oauth_device where expires_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepPushed{"sweep_oauth_pushed", R"sql(
  delete from postern.oauth_pushed where uri_hash in (
    select uri_hash from postern.oauth_pushed where expires_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepTokenIds{"sweep_used_token_ids", R"sql(
  delete from postern.used_token_id where id_hash in (
    select id_hash from postern.used_token_id where expires_at <= $1
    limit $2 for update skip locked))sql"};

constexpr Statement kSweepLogouts{"sweep_oauth_logouts", R"sql(
  delete from postern.oauth_logout where id in (
    select id from postern.oauth_logout where created_at <= $1
    limit $2 for update skip locked))sql"};

}  // namespace

OAuthSweep sweep_oauth(Services& services) {
  const Instant now = services.clock.now();
  const OAuthSettings& settings = services.settings.oauth;
  const Instant unused = now - settings.unused_client;
  const Instant idle = now - settings.idle_client;
  OAuthSweep swept;
  swept.codes = sweep_table(services, kSweepCodes, now - kCodeRetention);
  swept.devices = sweep_table(services, kSweepDevices, now - kDeviceRetention);
  swept.pushed = sweep_table(services, kSweepPushed, now);
  swept.token_ids = sweep_table(services, kSweepTokenIds, now);
  swept.logouts = sweep_table(services, kSweepLogouts, now - kLogoutRetention);
  swept.consents = sweep_table(services, kSweepUnusedConsents, unused) +
                   sweep_table(services, kSweepIdleConsents, idle);
  swept.clients = sweep_table(services, kSweepUnusedClients, unused) +
                  sweep_table(services, kSweepIdleClients, idle);
  return swept;
}

}  // namespace postern::domain
