#include "domain/account.hpp"
#include "domain/account_rows.hpp"
#include "domain/audit.hpp"
#include "domain/default_password.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kAdminExists{"admin_exists", R"sql(
  select exists (
    select from postern.account a join postern.role r on r.name = a.role
    where 'admin' = any (r.permissions)))sql"};

Outcome check_form(Services& services, const NewAccount& wanted) {
  Outcome checked = check_username(wanted.username);
  if (checked && wanted.email) checked = check_email(*wanted.email);
  if (checked && wanted.password)
    checked = services.passwords.check_acceptable(*wanted.password, "password");
  return checked;
}

/// "" for an account without a password. One hash otherwise, whether or not the names are free.
Result<std::string> hash_wanted(Services& services, const NewAccount& wanted) {
  const Outcome checked = check_form(services, wanted);
  if (!checked) return checked.error();
  if (!wanted.password && wanted.claimable)
    return services.passwords.hash(Secret(std::string(kDefaultPassword)));
  if (!wanted.password) return std::string();
  return services.passwords.hash(*wanted.password);
}

}  // namespace

Result<Account> create_account(Services& services, const NewAccount& wanted,
                               std::optional<AccountId> actor, const Origin& origin) {
  const auto hash = hash_wanted(services, wanted);
  if (!hash) return hash.error();
  return services.database.transaction([&](Transaction& tx) -> Result<Account> {
    lock_account_names(tx);
    auto account = insert_account(tx, services, {wanted, *hash});
    if (account) {
      record(tx, services,
             {AuditEvent::AccountCreated, account->id, actor, {}, "role " + account->role}, origin);
    }
    return account;
  });
}

Result<Account> create_first_admin(Services& services, const NewAccount& wanted,
                                   const Origin& origin) {
  NewAccount admin = wanted;
  admin.role = "admin";
  const auto hash = hash_wanted(services, admin);
  if (!hash) return hash.error();
  return services.database.transaction([&](Transaction& tx) -> Result<Account> {
    // The lock comes before the look, so that whoever waited sees whom the other one made.
    lock_account_names(tx);
    if (tx.run(kAdminExists, {}).front().boolean(0)) return Errc::NotPermitted;
    auto account = insert_account(tx, services, {admin, *hash});
    if (account) {
      record(tx, services, {AuditEvent::AccountCreated, account->id, {}, {}, "first admin"},
             origin);
    }
    return account;
  });
}

}  // namespace postern::domain
