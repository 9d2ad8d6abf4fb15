#include "domain/key_power.hpp"

#include <algorithm>

#include "domain/api_key_store.hpp"
#include "domain/audit.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

using Names = std::vector<std::string>;

bool holds(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool all_among(const Names& inner, const Names& outer) {
  return std::all_of(inner.begin(), inner.end(),
                     [&](const std::string& name) { return holds(outer, name); });
}

/// Of a list where none means any.
bool list_covers(const Names& outer, const Names& inner) {
  return outer.empty() || (!inner.empty() && all_among(inner, outer));
}

bool restrictions_cover(const KeyRestrictions& outer, const KeyRestrictions& inner) {
  const bool as_rare =
      !outer.requests_per_minute ||
      (inner.requests_per_minute && *inner.requests_per_minute <= *outer.requests_per_minute);
  return as_rare && list_covers(outer.cidrs, inner.cidrs) && list_covers(outer.paths, inner.paths);
}

}  // namespace

KeyPower power_of(const ApiKey& key) {
  return {key.permissions, key.restrictions, key.expires_at};
}

KeyPower narrowed(const KeyPower& wanted, const KeyPower& maker, const Names& role) {
  KeyPower power{wanted.permissions ? wanted.permissions : maker.permissions, maker.restrictions,
                 wanted.expires_at};
  if (power.permissions) {
    std::erase_if(*power.permissions, [&](const std::string& name) {
      return !holds(role, name) || (maker.permissions && !holds(*maker.permissions, name));
    });
  }
  if (maker.expires_at && (!power.expires_at || *maker.expires_at < *power.expires_at)) {
    power.expires_at = maker.expires_at;
  }
  return power;
}

bool covers(const KeyPower& outer, const KeyPower& inner) {
  const bool may_no_more = !outer.permissions ||
                           (inner.permissions && all_among(*inner.permissions, *outer.permissions));
  const bool ends_no_later =
      !outer.expires_at || (inner.expires_at && *inner.expires_at <= *outer.expires_at);
  return may_no_more && ends_no_later && restrictions_cover(outer.restrictions, inner.restrictions);
}

Outcome revoke_key_with_key(Services& services, AccountId account, KeyId maker, KeyId key,
                            const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    // First the owner, as whatever else locks keys of an account: two that end each other cannot
    // wait for one another.
    if (!lock_key_owner(tx, account)) return Errc::AccountGone;
    const auto holder = lock_live_key(tx, services, account, maker);
    if (!holder) return Errc::KeyRevoked;
    const auto target = lock_live_key(tx, services, account, key);
    if (!target) return Errc::NotFound;
    if (!covers(power_of(*holder), power_of(*target))) return Errc::NotPermitted;
    if (revoke_key(tx, services, account, key, "revoked") != 1) return Errc::NotFound;
    record(tx, services,
           {.event = AuditEvent::KeyRevoked,
            .account = account,
            .actor = account,
            .subject = key.text(),
            .detail = "with api_key:" + maker.text()},
           origin);
    return done;
  });
}

}  // namespace postern::domain
