#include "domain/external_identity.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// Far more than anybody has; a list has a limit (rule R9).
constexpr int kMostIdentities = 100;

constexpr Statement kListIdentities{"list_external_identities", R"sql(
  select provider, subject, postern.micros(created_at), postern.micros(last_login_at)
  from postern.external_identity
  where account_id = $1
  order by created_at, provider, subject
  limit $2)sql"};

/// Locks the account, so that two identities cannot be taken away for each other's sake.
constexpr Statement kLockWaysIn{"lock_ways_in", R"sql(
  select password_hash <> '' from postern.account where id = $1 for update)sql"};

constexpr Statement kCountIdentities{"count_external_identities", R"sql(
  select count(*) from postern.external_identity where account_id = $1)sql"};

constexpr Statement kDeleteIdentity{"delete_external_identity", R"sql(
  delete from postern.external_identity
  where account_id = $1 and provider = $2 and subject = $3)sql"};

}  // namespace

std::vector<ExternalIdentity> list_identities(Services& services, AccountId account) {
  std::vector<ExternalIdentity> found;
  for (const auto& row : services.database.run(kListIdentities, {account, kMostIdentities})) {
    found.push_back({row.text(0), row.text(1), row.instant(2), row.instant(3)});
  }
  return found;
}

Outcome unlink_identity(Services& services, AccountId account, std::string_view provider,
                        std::string_view subject, const Origin& origin) {
  if (!is_clean_text(provider) || !is_clean_text(subject)) return Errc::NotFound;
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    const Rows locked = tx.run(kLockWaysIn, {account});
    if (locked.empty()) return Errc::NotFound;
    const bool has_password = locked.front().boolean(0);
    if (tx.run(kDeleteIdentity, {account, provider, subject}).affected != 1) return Errc::NotFound;
    const auto left = tx.run(kCountIdentities, {account}).front().integer(0);
    if (left == 0 && !has_password) return Errc::NotPermitted;
    record(tx, services,
           {AuditEvent::IdentityUnlinked, account, account, std::string(subject),
            std::string(provider)},
           origin);
    return done;
  });
}

}  // namespace postern::domain
