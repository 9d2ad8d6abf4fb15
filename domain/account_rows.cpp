#include "domain/account_rows.hpp"

#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// Advisory locks of this program: 1 the names of accounts.
constexpr Statement kLockNames{"lock_account_names",
                               R"sql(select pg_advisory_xact_lock(1349743700, 1))sql"};

constexpr Statement kInsertAccount{"insert_account", R"sql(
  insert into postern.account as a
    (id, username, username_key, email, email_key, password_hash, role, is_active, is_approved,
     is_bot, created_at, pending_email, approve_when_verified)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  on conflict do nothing
  returning )sql" POSTERN_ACCOUNT_COLUMNS};

constexpr Statement kTakenNames{"taken_names", R"sql(
  select
    exists (select from postern.account
            where (username_key = $1 or email_key = $1) and id <> $3),
    exists (select from postern.account
            where (email_key = $2 or username_key = $2) and id <> $3))sql"};

/// The role stays while the transaction lasts that gives it to somebody.
constexpr Statement kHasRole{"has_role", R"sql(
  select name from postern.role where name = $1 for key share)sql"};

constexpr Statement kSomeAdmin{"some_admin", R"sql(
  select exists (
    select from postern.account a join postern.role r on r.name = a.role
    where 'admin' = any (r.permissions) and a.is_active and a.is_approved))sql"};

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
  account.pending_email = row.text_or_null(column++);
  account.email_otp_enabled = row.boolean(column++);
  account.webauthn_enabled = row.boolean(column++);
  account.preferred_factor = row.text(column++);
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

Result<Account> insert_account(Transaction& tx, Services& services, const AccountToInsert& wanted) {
  const NewAccount& account = wanted.account;
  const Instant now = services.clock.now();
  const AccountId id = AccountId::make(now, services.random);
  Outcome allowed = check_names_free(tx, account.username, account.email, id);
  if (allowed) allowed = check_role(tx, account.role);
  if (!allowed) return allowed.error();
  const auto email_key = account.email ? std::optional(fold(*account.email)) : std::nullopt;
  const Rows rows = tx.run(
      kInsertAccount, {id, account.username, fold(account.username), account.email, email_key,
                       wanted.password_hash, account.role, account.is_active, account.is_approved,
                       account.is_bot, now, wanted.pending_email, wanted.approve_when_verified});
  // Only where somebody writes accounts without the lock.
  if (rows.empty()) return Error{Errc::Taken, "username"};
  return read_account(rows.front());
}

Outcome check_chosen_username(std::string_view username) {
  if (username.find('@') == std::string_view::npos) return done;
  return Error{Errc::InvalidInput, "username", "invalid_characters"};
}

Outcome check_role(Executor& executor, std::string_view role) {
  if (is_clean_text(role) && !executor.run(kHasRole, {role}).empty()) return done;
  return Error{Errc::InvalidInput, "role", "unknown"};
}

void lock_admins(Transaction& tx) {
  tx.run(kLockAdmins, {});
}

Outcome check_some_admin(Executor& executor) {
  if (executor.run(kSomeAdmin, {}).front().boolean(0)) return done;
  return Errc::LastAdmin;
}

Outcome check_not_last_admin(Transaction& tx, AccountId account) {
  const Rows admins = tx.run(kLockAdmins, {});
  if (admins.size() == 1 && admins.front().uuid(0) == account.uuid) return Errc::LastAdmin;
  return done;
}

}  // namespace postern::domain
