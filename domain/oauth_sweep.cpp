#include "domain/oauth_sweep.hpp"

#include "domain/oauth_unused_clients.hpp"
#include "domain/sweep_table.hpp"

namespace postern::domain {
namespace {

constexpr days kCodeRetention{1};
constexpr seconds kDeviceRetention = hours(1);  ///< so long a device is told that it was too late
constexpr days kLogoutRetention{1};

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

/// Not what was never tried: whoever is to be told is told, however late.
constexpr Statement kSweepLogouts{"sweep_oauth_logouts", R"sql(
  delete from postern.oauth_logout where id in (
    select id from postern.oauth_logout where created_at <= $1 and attempts > 0
    limit $2 for update skip locked))sql"};

}  // namespace

OAuthSweep sweep_oauth(Services& services) {
  const Instant now = services.clock.now();
  OAuthSweep swept;
  swept.codes = sweep_table(services, kSweepCodes, now - kCodeRetention);
  swept.devices = sweep_table(services, kSweepDevices, now - kDeviceRetention);
  swept.pushed = sweep_table(services, kSweepPushed, now);
  swept.token_ids = sweep_table(services, kSweepTokenIds, now);
  swept.logouts = sweep_table(services, kSweepLogouts, now - kLogoutRetention);
  const auto unused = sweep_unused_clients(services);
  swept.clients = unused.clients;
  swept.consents = unused.consents;
  return swept;
}

}  // namespace postern::domain
