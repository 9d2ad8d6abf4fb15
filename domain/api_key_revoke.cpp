#include "domain/api_key.hpp"
#include "domain/api_key_store.hpp"
#include "domain/audit.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {

Outcome revoke_account_key(Services& services, AccountId account, KeyId key,
                           std::optional<AccountId> actor, const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    if (!lock_live_key(tx, services, account, key)) return Errc::NotFound;
    if (revoke_key(tx, services, account, key, "revoked") != 1) return Errc::NotFound;
    record(tx, services,
           {.event = AuditEvent::KeyRevoked,
            .account = account,
            .actor = actor,
            .subject = key.text()},
           origin);
    return done;
  });
}

}  // namespace postern::domain
