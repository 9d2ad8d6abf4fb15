#include "domain/api_key.hpp"
#include "domain/api_key_store.hpp"
#include "domain/audit.hpp"

namespace postern::domain {
namespace {

constexpr const char* kName = "personal";

constexpr Statement kReadPersonalCopy{"read_personal_copy", R"sql(
  select id, sealed_copy
  from postern.api_key
  where account_id = $1 and kind = 2 and revoked_at is null and sealed_copy is not null
    and (expires_at is null or expires_at > $2)
)sql"};

}  // namespace

Result<IssuedKey> generate_personal_key(Services& services, AccountId account,
                                        std::optional<AccountId> actor, const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Result<IssuedKey> {
    const auto owner = lock_key_owner(tx, account);
    if (!owner) return Errc::NotFound;
    const auto replaced = revoke_only_key(tx, services, account, KeyKind::Personal, "replaced");
    auto issued = insert_key(tx, services, *owner,
                             {.kind = KeyKind::Personal,
                              .style = native_key_style(services.settings),
                              .name = kName,
                              .permissions = {},
                              .restrictions = {},
                              .expires_at = {}});
    record(tx, services,
           {.event = AuditEvent::KeyIssued,
            .account = account,
            .actor = actor,
            .subject = issued.key.id.text(),
            .detail = replaced ? "personal, replaces " + replaced->text() : "personal"},
           origin);
    return issued;
  });
}

Outcome revoke_personal_key(Services& services, AccountId account, std::optional<AccountId> actor,
                            const Origin& origin) {
  return end_only_key(services, account, KeyKind::Personal, actor, origin);
}

std::optional<Secret> read_back_personal_key(Services& services, AccountId account) {
  if (!services.settings.keys.read_back) return {};
  const auto rows = services.database.run(kReadPersonalCopy, {account, services.clock.now()});
  if (rows.empty()) return {};
  const KeyId id{rows.front().uuid(0)};
  const auto text = services.ring.open(key_seal_context(id), rows.front().bytes(1));
  if (!text.ok()) return {};
  return Secret(std::string(text->begin(), text->end()));
}

}  // namespace postern::domain
