#include <algorithm>

#include "domain/api_key.hpp"
#include "domain/api_key_store.hpp"
#include "domain/audit.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

constexpr seconds kLongestGrace = days(7);

constexpr Statement kShortenKey{"shorten_key", R"sql(
  update postern.api_key
  set expires_at = $3
  where id = $1 and account_id = $2 and revoked_at is null
)sql"};

Error bad_grace(std::string reason) {
  return {.code = Errc::InvalidInput, .field = "grace_seconds", .reason = std::move(reason)};
}

/// Two live keys for a while: allowed for named ones alone (rule R4), and within the account's
/// number of keys.
Outcome check_grace(Transaction& tx, Services& services, const ApiKey& old) {
  if (old.kind == KeyKind::Personal) return bad_grace("personal_key");
  if (count_live_keys(tx, services, old.account) >= services.settings.keys.per_account) {
    return Errc::TooManyAttempts;
  }
  return done;
}

/// How many rows it ended or shortened.
std::int64_t retire(Transaction& tx, Services& services, const ApiKey& old, seconds grace) {
  if (grace == seconds(0)) return revoke_key(tx, services, old.account, old.id, "rotated");
  const Instant end = services.clock.now() + grace;
  account_changed(tx, services, old.account);
  return tx
      .run(kShortenKey,
           {old.id, old.account, old.expires_at ? std::min(*old.expires_at, end) : end})
      .affected;
}

/// Where an expiry is mandatory, a key that is rotated would soon be none: its successor lives as
/// long as it was issued for, and no longer than its style allows.
std::optional<Instant> successors_expiry(const ApiKey& old, const KeyStyle& style, Instant now) {
  if (!style.longest_lifetime || !old.expires_at) return old.expires_at;
  return now +
         std::min<Instant::duration>(*old.expires_at - old.created_at, *style.longest_lifetime);
}

}  // namespace

Result<IssuedKey> rotate_key(Services& services, AccountId account, KeyId key, seconds grace,
                             const Origin& origin) {
  if (grace < seconds(0) || grace > kLongestGrace) return bad_grace("out_of_range");
  return services.database.transaction([&](Transaction& tx) -> Result<IssuedKey> {
    const auto owner = lock_key_owner(tx, account);
    if (!owner) return Errc::NotFound;
    const auto old = lock_live_key(tx, services, account, key);
    if (!old) return Errc::NotFound;
    auto style = find_key_style(services.settings, old->dialect, old->type);
    if (!style.ok()) return style.error();
    const auto fit = check_style_owner(*owner, *style);
    if (!fit.ok()) return fit.error();
    if (grace > seconds(0)) {
      const auto allowed = check_grace(tx, services, *old);
      if (!allowed.ok()) return allowed.error();
    }
    if (retire(tx, services, *old, grace) != 1) return Errc::NotFound;
    const auto expires_at = successors_expiry(*old, *style, services.clock.now());
    auto issued = insert_key(tx, services, *owner,
                             {.kind = old->kind,
                              .style = *std::move(style),
                              .name = old->name,
                              .permissions = old->permissions,
                              .restrictions = old->restrictions,
                              .expires_at = expires_at});
    record(tx, services,
           {.event = AuditEvent::KeyRotated,
            .account = account,
            .actor = account,
            .subject = issued.key.id.text(),
            .detail = "replaces " + old->id.text() + ", grace " + std::to_string(grace.count())},
           origin);
    return issued;
  });
}

}  // namespace postern::domain
