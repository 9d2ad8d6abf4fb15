#include "domain/account.hpp"
#include "domain/account_rows.hpp"
#include "domain/audit.hpp"
#include "domain/invite.hpp"
#include "domain/mail.hpp"
#include "domain/network.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr seconds kWindow = hours(1);

/// All that can be said without asking anybody.
Outcome check_form(Services& services, const Registration& wanted) {
  const bool confirm = services.settings.registration.verify_email;
  Outcome checked = check_username(wanted.username);
  if (checked && confirm) checked = check_chosen_username(wanted.username);
  if (!checked) return checked;
  if (confirm && !wanted.email) return Error{Errc::InvalidInput, "email", "required"};
  if (wanted.email) checked = check_email(*wanted.email);
  if (checked) checked = services.passwords.check_acceptable(wanted.password, "password");
  return checked;
}

Outcome check_mode(const RegistrationSettings& settings, const Registration& wanted) {
  if (settings.mode == RegistrationMode::Closed) return Errc::RegistrationClosed;
  if (settings.mode == RegistrationMode::Invite && wanted.invite_code.empty())
    return Errc::InviteRequired;
  return done;
}

Outcome count_attempt(Services& services, const Origin& origin) {
  const Charge counted = services.limiter.charge(
      "register:" + network_of(origin.address),
      {services.settings.registration.per_network_per_hour, kWindow}, services.clock.uptime());
  if (!counted.allowed) return Error{Errc::TooManyAttempts, {}, {}, counted.retry_after};
  return done;
}

AccountToInsert account_of(const RegistrationSettings& settings, const Registration& wanted,
                           const std::string& hash) {
  AccountToInsert row;
  row.account.username = wanted.username;
  row.account.role = settings.role;
  row.account.is_approved = !settings.approval && !settings.verify_email;
  row.password_hash = hash;
  if (settings.verify_email) {
    row.pending_email = wanted.email;
    row.approve_when_verified = !settings.approval;
  } else {
    row.account.email = wanted.email;
  }
  return row;
}

void record_registration(Transaction& tx, Services& services, const Account& account,
                         const std::optional<UsedInvite>& invite, const Origin& origin) {
  const auto note = [&](AuditEvent event, const std::string& subject) {
    record(tx, services, {event, account.id, {}, subject, "role " + account.role}, origin);
  };
  if (invite) note(AuditEvent::InviteUsed, invite->id.text());
  note(AuditEvent::AccountRegistered, "");
}

/// The invitation before the names: without a good one nobody learns which are taken, nor makes
/// others wait for them. What fails here leaves nothing, the use of the invitation included.
Result<Account> make_account(Transaction& tx, Services& services, const Registration& wanted,
                             AccountToInsert row, const Origin& origin) {
  std::optional<UsedInvite> invite;
  if (!wanted.invite_code.empty()) {
    auto used = use_invite(tx, services, wanted.invite_code);
    if (!used) return used.error();
    invite = *std::move(used);
    row.account.role = invite->role;
  }
  lock_account_names(tx);
  auto account = insert_account(tx, services, row);
  if (!account) return account;
  record_registration(tx, services, *account, invite, origin);
  if (row.pending_email) {
    queue_letter(
        tx, services,
        {MailKind::ConfirmAddress, account->id, *row.pending_email, {{"address", origin.address}}});
    account->email = row.pending_email;
  }
  return account;
}

}  // namespace

Result<Account> register_account(Services& services, const Registration& wanted,
                                 const Origin& origin) {
  const RegistrationSettings& settings = services.settings.registration;
  Outcome allowed = check_mode(settings, wanted);
  if (allowed) allowed = check_form(services, wanted);
  if (allowed) allowed = count_attempt(services, origin);
  if (!allowed) return allowed.error();
  const auto hash = services.passwords.hash(wanted.password);
  if (!hash) return hash.error();
  const AccountToInsert row = account_of(settings, wanted, *hash);
  return services.database.transaction(
      [&](Transaction& tx) { return make_account(tx, services, wanted, row, origin); });
}

}  // namespace postern::domain
