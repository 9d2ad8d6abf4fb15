#include <algorithm>

#include "domain/api_key.hpp"
#include "domain/api_key_store.hpp"
#include "domain/audit.hpp"
#include "domain/key_power.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestPermission = 64;
constexpr std::size_t kMostPermissions = 64;
constexpr days kLongestLifetime{3650};

constexpr Statement kFindLiveKeyName{"find_live_key_name", R"sql(
  select 1
  from postern.api_key
  where account_id = $1 and kind = $2 and name = $3 and dialect = $4 and type = $5
    and revoked_at is null and (expires_at is null or expires_at > $6)
  limit 1
)sql"};

Error invalid(std::string field, std::string reason) {
  return {.code = Errc::InvalidInput, .field = std::move(field), .reason = std::move(reason)};
}

Outcome check_permissions(const std::vector<std::string>& permissions) {
  if (permissions.size() > kMostPermissions) return invalid("permissions", "too_many");
  for (const auto& permission : permissions) {
    const auto checked = check_label("permissions", permission, kLongestPermission);
    if (!checked.ok()) return checked.error();
  }
  return done;
}

Outcome check_lifetime(const NewKey& wanted, const KeyStyle& style) {
  if (!wanted.lifetime) {
    if (style.longest_lifetime) return invalid("expires_in_days", "required");
    return done;
  }
  if (*wanted.lifetime < days(1) ||
      *wanted.lifetime > style.longest_lifetime.value_or(kLongestLifetime)) {
    return invalid("expires_in_days", "out_of_range");
  }
  return done;
}

Outcome check(const NewKey& wanted, const KeyStyle& style) {
  const auto name = check_label("name", wanted.name, kLongestName);
  if (!name.ok()) return name.error();
  if (wanted.permissions) {
    const auto permissions = check_permissions(*wanted.permissions);
    if (!permissions.ok()) return permissions.error();
  }
  const auto lifetime = check_lifetime(wanted, style);
  if (!lifetime.ok()) return lifetime.error();
  return check_restrictions(wanted.restrictions);
}

/// Sorted and without repetitions, as they are stored.
std::optional<std::vector<std::string>> in_order(std::optional<std::vector<std::string>> names) {
  if (names) {
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
  }
  return names;
}

Outcome check_owner(Transaction& tx, Services& services, const KeyOwner& owner,
                    const KeyToInsert& key) {
  const auto style = check_style_owner(owner, key.style);
  if (!style.ok()) return style.error();
  for (const auto& permission : key.permissions.value_or(std::vector<std::string>{})) {
    if (!owner.may(permission)) return Error{.code = Errc::NotPermitted, .field = "permissions"};
  }
  if (count_live_keys(tx, services, owner.id) >= services.settings.keys.per_account) {
    return Errc::TooManyAttempts;
  }
  if (!key.style.unique_names) return done;
  const auto same_name =
      tx.run(kFindLiveKeyName, {owner.id, static_cast<int>(KeyKind::Named), key.name,
                                key.style.dialect, key.style.type, services.clock.now()});
  if (!same_name.empty()) return Error{.code = Errc::Taken, .field = "name"};
  return done;
}

/// Locks the key that was asked with, so that it cannot be revoked before this one is there.
Outcome narrow(Transaction& tx, Services& services, const KeyOwner& owner, KeyId made_with,
               KeyToInsert& key) {
  const auto maker = lock_live_key(tx, services, owner.id, made_with);
  if (!maker) return Errc::KeyRevoked;
  auto power = narrowed({key.permissions, key.restrictions, key.expires_at}, power_of(*maker),
                        owner.permissions);
  key.permissions = std::move(power.permissions);
  key.restrictions = std::move(power.restrictions);
  key.expires_at = power.expires_at;
  return done;
}

AuditEntry issue_entry(const NewKey& wanted, const IssuedKey& issued,
                       std::optional<AccountId> actor) {
  return {.event = AuditEvent::KeyIssued,
          .account = issued.key.account,
          .actor = actor,
          .subject = issued.key.id.text(),
          .detail = wanted.made_with ? "with api_key:" + wanted.made_with->text() : ""};
}

}  // namespace

Result<IssuedKey> issue_key(Services& services, AccountId account, const NewKey& wanted,
                            std::optional<AccountId> actor, const Origin& origin) {
  auto style = find_key_style(services.settings, wanted.dialect, wanted.type);
  if (!style.ok()) return style.error();
  const auto checked = check(wanted, *style);
  if (!checked.ok()) return checked.error();
  KeyToInsert key{.kind = KeyKind::Named,
                  .style = *std::move(style),
                  .name = wanted.name,
                  .permissions = in_order(wanted.permissions),
                  .restrictions = wanted.restrictions,
                  .expires_at = {}};
  if (wanted.lifetime) key.expires_at = services.clock.now() + *wanted.lifetime;

  return services.database.transaction([&](Transaction& tx) -> Result<IssuedKey> {
    const auto owner = lock_key_owner(tx, account);
    if (!owner) return Errc::NotFound;
    if (wanted.made_with) {
      const auto narrowed_down = narrow(tx, services, *owner, *wanted.made_with, key);
      if (!narrowed_down.ok()) return narrowed_down.error();
    }
    const auto allowed = check_owner(tx, services, *owner, key);
    if (!allowed.ok()) return allowed.error();
    auto issued = insert_key(tx, services, *owner, key);
    record(tx, services, issue_entry(wanted, issued, actor), origin);
    return issued;
  });
}

}  // namespace postern::domain
