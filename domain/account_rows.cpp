#include "domain/account_rows.hpp"

#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// Advisory locks of this program: 1 the names of accounts.
constexpr Statement kLockNames{"lock_account_names",
                               R"sql(select pg_advisory_xact_lock(1349743700, 1))sql"};

constexpr Statement kTakenNames{"taken_names", R"sql(
  select
    exists (select from postern.account
            where (username_key = $1 or email_key = $1) and id <> $3),
    exists (select from postern.account
            where (email_key = $2 or username_key = $2) and id <> $3))sql"};

constexpr Statement kHasRole{"has_role", R"sql(
  select exists (select from postern.role where name = $1))sql"};

constexpr Statement kLockAdmins{"lock_admins", R"sql(
  select a.id
  from postern.account a join postern.role r on r.name = a.role
  where 'admin' = any (r.permissions) and a.is_active and a.is_approved
  order by a.id
  for update of a)sql"};

}  // namespace

Account read_account(const Row& row, std::size_t first_column) {
  std::size_t column = first_column;
  Account account;
  account.id = AccountId{row.uuid(column++)};
  account.number = row.integer(column++);
  account.username = row.text(column++);
  account.email = row.text_or_null(column++);
  account.role = row.text(column++);
  account.is_active = row.boolean(column++);
  account.is_approved = row.boolean(column++);
  account.is_bot = row.boolean(column++);
  account.created_at = row.instant(column++);
  account.last_login_at = row.instant_or_null(column++);
  account.totp_enabled = row.boolean(column++);
  account.email_verified = row.boolean(column++);
  return account;
}

void lock_account_names(Transaction& tx) {
  tx.run(kLockNames, {});
}

Outcome check_names_free(Executor& executor, std::string_view username,
                         const std::optional<std::string>& email, AccountId self) {
  const auto email_key = email ? std::optional(fold(*email)) : std::nullopt;
  const Rows rows = executor.run(kTakenNames, {fold(username), email_key, self});
  if (rows.front().boolean(0)) return Error{Errc::Taken, "username"};
  if (rows.front().boolean(1)) return Error{Errc::Taken, "email"};
  return done;
}

Outcome check_role(Executor& executor, std::string_view role) {
  if (is_clean_text(role) && executor.run(kHasRole, {role}).front().boolean(0)) return done;
  return Error{Errc::InvalidInput, "role", "unknown"};
}

void lock_admins(Transaction& tx) {
  tx.run(kLockAdmins, {});
}

Outcome check_not_last_admin(Transaction& tx, AccountId account) {
  const Rows admins = tx.run(kLockAdmins, {});
  if (admins.size() == 1 && admins.front().uuid(0) == account.uuid) return Errc::LastAdmin;
  return done;
}

}  // namespace postern::domain
