#include "domain/account.hpp"
#include "domain/account_rows.hpp"
#include "domain/audit.hpp"
#include "domain/network.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kInsertAccount{"insert_account", R"sql(
  insert into postern.account as a
    (id, username, username_key, email, email_key, password_hash, role, is_active, is_approved,
     is_bot, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  on conflict do nothing
  returning )sql" POSTERN_ACCOUNT_COLUMNS};

constexpr Statement kAdminExists{"admin_exists", R"sql(
  select exists (
    select from postern.account a join postern.role r on r.name = a.role
    where 'admin' = any (r.permissions)))sql"};

constexpr seconds kRegistrationWindow = hours(1);

Outcome check_names(std::string_view username, const std::optional<std::string>& email) {
  const Outcome checked = check_username(username);
  if (!checked || !email) return checked;
  return check_email(*email);
}

/// "" for an account without a password. One hash otherwise, whether or not the names are free.
Result<std::string> hash_wanted(Services& services, const std::optional<Secret>& password) {
  if (!password) return std::string();
  return services.passwords.hash(*password);
}

Result<Account> insert(Transaction& tx, Services& services, const NewAccount& wanted,
                       const std::string& password_hash) {
  const Instant now = services.clock.now();
  const AccountId id = AccountId::make(now, services.random);
  lock_account_names(tx);
  const Outcome free = check_names_free(tx, wanted.username, wanted.email, id);
  if (!free) return free.error();
  const Outcome role = check_role(tx, wanted.role);
  if (!role) return role.error();
  const auto email_key = wanted.email ? std::optional(fold(*wanted.email)) : std::nullopt;
  const Rows rows =
      tx.run(kInsertAccount,
             {id, wanted.username, fold(wanted.username), wanted.email, email_key, password_hash,
              wanted.role, wanted.is_active, wanted.is_approved, wanted.is_bot, now});
  // Only where somebody writes accounts without the lock.
  if (rows.empty()) return Error{Errc::Taken, "username"};
  return read_account(rows.front());
}

Result<Account> create(Services& services, const NewAccount& wanted, AuditEvent event,
                       std::optional<AccountId> actor, const Origin& origin) {
  const auto hash = hash_wanted(services, wanted.password);
  if (!hash) return hash.error();
  return services.database.transaction([&](Transaction& tx) -> Result<Account> {
    auto account = insert(tx, services, wanted, *hash);
    if (account) {
      record(tx, services, {event, account->id, actor, {}, "role " + account->role}, origin);
    }
    return account;
  });
}

}  // namespace

Result<Account> register_account(Services& services, const Registration& wanted,
                                 const Origin& origin) {
  const RegistrationSettings& settings = services.settings.registration;
  if (settings.mode == RegistrationMode::Closed) return Errc::RegistrationClosed;
  Outcome checked = check_names(wanted.username, wanted.email);
  if (checked) checked = services.passwords.check_acceptable(wanted.password, "password");
  if (!checked) return checked.error();
  const Charge counted = services.limiter.charge(
      "register:" + network_of(origin.address),
      {settings.per_network_per_hour, kRegistrationWindow}, services.clock.uptime());
  if (!counted.allowed) return Error{Errc::TooManyAttempts, {}, {}, counted.retry_after};
  NewAccount account;
  account.username = wanted.username;
  account.email = wanted.email;
  account.password = wanted.password;
  account.role = settings.role;
  account.is_approved = !settings.approval;
  return create(services, account, AuditEvent::AccountRegistered, std::nullopt, origin);
}

Result<Account> create_account(Services& services, const NewAccount& wanted,
                               std::optional<AccountId> actor, const Origin& origin) {
  Outcome checked = check_names(wanted.username, wanted.email);
  if (checked && wanted.password)
    checked = services.passwords.check_acceptable(*wanted.password, "password");
  if (!checked) return checked.error();
  return create(services, wanted, AuditEvent::AccountCreated, actor, origin);
}

Result<Account> create_first_admin(Services& services, const NewAccount& wanted,
                                   const Origin& origin) {
  NewAccount admin = wanted;
  admin.role = "admin";
  Outcome checked = check_names(admin.username, admin.email);
  if (checked && admin.password)
    checked = services.passwords.check_acceptable(*admin.password, "password");
  if (!checked) return checked.error();
  const auto hash = hash_wanted(services, admin.password);
  if (!hash) return hash.error();
  return services.database.transaction([&](Transaction& tx) -> Result<Account> {
    // The lock comes before the look, so that whoever waited sees whom the other one made.
    lock_account_names(tx);
    if (tx.run(kAdminExists, {}).front().boolean(0)) return Errc::NotPermitted;
    auto account = insert(tx, services, admin, *hash);
    if (account) {
      record(tx, services, {AuditEvent::AccountCreated, account->id, {}, {}, "first admin"},
             origin);
    }
    return account;
  });
}

}  // namespace postern::domain
