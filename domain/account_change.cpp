#include "domain/account.hpp"
#include "domain/account_rows.hpp"
#include "domain/audit.hpp"
#include "domain/bot_token.hpp"
#include "domain/mail.hpp"
#include "domain/oauth_client_rows.hpp"
#include "domain/revocation.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kLockAccount{"lock_account", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(
  from postern.account a
  where a.id = $1
  for update)sql"};

/// An administrator's word on the approval is the last: confirming an address changes nothing then.
constexpr Statement kUpdateAccount{"update_account", R"sql(
  update postern.account as a
  set username = $2, username_key = $3, email = $4, email_key = $5, role = $6, is_active = $7,
      is_approved = $8, email_verified = $9, pending_email = $10,
      approve_when_verified = a.approve_when_verified and a.is_approved = $8
  where a.id = $1
  returning )sql" POSTERN_ACCOUNT_COLUMNS};

constexpr Statement kDeleteAccount{"delete_account",
                                   R"sql(delete from postern.account where id = $1)sql"};

bool same_address(const std::optional<std::string>& one, const std::optional<std::string>& other) {
  return one.has_value() == other.has_value() && (!one || fold(*one) == fold(*other));
}

/// An update under way: what was, what is wanted, and whether it is one's own and addresses have to
/// be confirmed. What others write stands.
struct Update {
  Account before;
  Account after;
  bool confirm = false;

  [[nodiscard]] bool renames() const {
    return before.username != after.username || before.email != after.email;
  }
  [[nodiscard]] bool changes_role() const { return before.role != after.role; }
  [[nodiscard]] bool changes_state() const {
    return before.is_active != after.is_active || before.is_approved != after.is_approved;
  }
  [[nodiscard]] bool changes_anything() const {
    return renames() || changes_role() || changes_state() ||
           before.pending_email != after.pending_email;
  }
  [[nodiscard]] bool asks_to_confirm() const {
    return after.pending_email && before.pending_email != after.pending_email;
  }
};

/// A new address is nobody's proven one, and whatever waited to be confirmed is given up for it.
void change_email(Account& account, const std::string& wanted, bool confirm) {
  const auto email = wanted.empty() ? std::nullopt : std::optional(wanted);
  const bool same = same_address(account.email, email);
  if (confirm && email && !same) {
    account.pending_email = email;
    return;
  }
  account.email_verified = account.email_verified && same;
  account.pending_email = std::nullopt;
  account.email = email;
}

Account changed(Account account, const AccountChange& change, bool confirm) {
  if (change.username) account.username = *change.username;
  if (change.email) change_email(account, *change.email, confirm);
  if (change.role) account.role = *change.role;
  if (change.is_active) account.is_active = *change.is_active;
  if (change.is_approved) account.is_approved = *change.is_approved;
  return account;
}

Outcome check_form(const AccountChange& change) {
  if (change.username) {
    Outcome checked = check_username(*change.username);
    if (!checked) return checked;
  }
  if (change.email && !change.email->empty()) return check_email(*change.email);
  return done;
}

Result<bool> role_administers(Executor& executor, const std::string& role) {
  const auto permissions = role_permissions(executor, role);
  if (!permissions) return permissions.error();
  for (const std::string& permission : *permissions) {
    if (permission == "admin") return true;
  }
  return false;
}

/// All that may make the update impossible, in an order that leaks nothing and locks in one order:
/// names, administrators, the account itself.
Outcome check_rules(Transaction& tx, const Update& update) {
  if (update.confirm && update.before.username != update.after.username) {
    Outcome chosen = check_chosen_username(update.after.username);
    if (!chosen) return chosen;
  }
  if (update.renames()) {
    Outcome free = check_names_free(tx, update.after.username, update.after.email, update.after.id);
    if (!free) return free;
  }
  if (update.changes_role()) {
    Outcome role = check_role(tx, update.after.role);
    if (!role) return role;
  }
  if (!update.changes_role() && !update.changes_state()) return done;
  const auto administers = role_administers(tx, update.after.role);
  if (!administers) return administers.error();
  if (update.after.may_act() && *administers) return done;
  return check_not_last_admin(tx, update.after.id);
}

std::string renamed_fields(const Update& update) {
  std::string fields = update.before.username != update.after.username ? "username" : "";
  if (update.before.email != update.after.email) fields += fields.empty() ? "email" : " email";
  return fields;
}

void send_letters(Transaction& tx, Services& services, const Update& update, const Origin& origin) {
  const Account& before = update.before;
  const Account& after = update.after;
  if (update.asks_to_confirm()) {
    queue_letter(
        tx, services,
        {MailKind::ConfirmAddress, after.id, *after.pending_email, {{"address", origin.address}}});
  }
  if (before.email && !same_address(before.email, after.email)) {
    queue_letter(tx, services,
                 {MailKind::EmailChanged,
                  after.id,
                  *before.email,
                  {{"email", after.email.value_or("")}, {"address", origin.address}}});
  }
  if (!before.is_approved && after.is_approved)
    queue_letter(tx, services, {MailKind::Approved, after.id, {}, {}});
}

void record_update(Transaction& tx, Services& services, const Update& update,
                   std::optional<AccountId> actor, const Origin& origin) {
  const auto note = [&](AuditEvent event, std::string detail) {
    record(tx, services, {event, update.after.id, actor, {}, std::move(detail)}, origin);
  };
  if (update.renames()) note(AuditEvent::AccountChanged, renamed_fields(update));
  if (update.asks_to_confirm()) note(AuditEvent::AccountChanged, "email to be confirmed");
  if (update.changes_role())
    note(AuditEvent::RoleChanged, update.before.role + " to " + update.after.role);
  if (update.before.is_active != update.after.is_active)
    note(update.after.is_active ? AuditEvent::AccountEnabled : AuditEvent::AccountDisabled, "");
  if (update.before.is_approved != update.after.is_approved) {
    if (update.after.is_approved) {
      note(AuditEvent::AccountApproved, "");
    } else {
      note(AuditEvent::AccountChanged, "approval withdrawn");
    }
  }
}

void revoke_what_ended(Transaction& tx, Services& services, const Update& update) {
  if (update.before.may_act() && !update.after.may_act())
    revoke_sessions(tx, services, update.after.id, std::nullopt);
  if (update.before.is_active && !update.after.is_active)
    end_bot_token(tx, services, update.after.id);
  if (update.changes_role() || update.changes_state() || update.renames())
    account_changed(tx, services, update.after.id);
}

Result<Account> write(Transaction& tx, const Account& account) {
  const auto email_key = account.email ? std::optional(fold(*account.email)) : std::nullopt;
  const Rows rows =
      tx.run(kUpdateAccount, {account.id, account.username, fold(account.username), account.email,
                              email_key, account.role, account.is_active, account.is_approved,
                              account.email_verified, account.pending_email});
  if (rows.size() != 1) return Errc::NotFound;
  return read_account(rows.front());
}

bool touches_power(const AccountChange& change) {
  return change.role || change.is_active || change.is_approved;
}

}  // namespace

Result<Account> update_account(Services& services, AccountId id, const AccountChange& change,
                               std::optional<AccountId> actor, const Origin& origin) {
  const Outcome form = check_form(change);
  if (!form) return form.error();
  return services.database.transaction([&](Transaction& tx) -> Result<Account> {
    if (change.username || change.email) lock_account_names(tx);
    if (touches_power(change)) lock_admins(tx);
    const Rows found = tx.run(kLockAccount, {id});
    if (found.empty()) return Errc::NotFound;
    const bool confirm = services.settings.registration.verify_email && actor == id;
    Update update{read_account(found.front()), {}, confirm};
    update.after = changed(update.before, change, confirm);
    if (!update.changes_anything()) return update.before;
    const Outcome allowed = check_rules(tx, update);
    if (!allowed) return allowed.error();
    auto written = write(tx, update.after);
    if (!written) return written;
    revoke_what_ended(tx, services, update);
    record_update(tx, services, update, actor, origin);
    send_letters(tx, services, update, origin);
    return written;
  });
}

Outcome delete_account(Services& services, AccountId id, std::optional<AccountId> actor,
                       const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    lock_admins(tx);
    const Rows found = tx.run(kLockAccount, {id});
    if (found.empty()) return Errc::NotFound;
    Outcome allowed = check_not_last_admin(tx, id);
    if (!allowed) return allowed;
    // What others granted to a client that acts for this account would keep it.
    remove_clients_of(tx, services, id, actor, origin);
    // The rows go with the account; what caches them hears of it here.
    revoke_sessions(tx, services, id, std::nullopt);
    revoke_keys(tx, services, id, "account_deleted");
    account_changed(tx, services, id);
    if (tx.run(kDeleteAccount, {id}).affected != 1) return Errc::NotFound;
    const std::string username = found.front().text(2);
    record(tx, services, {AuditEvent::AccountDeleted, id, actor, {}, username}, origin);
    return done;
  });
}

}  // namespace postern::domain
