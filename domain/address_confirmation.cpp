#include "domain/account_rows.hpp"
#include "domain/audit.hpp"
#include "domain/mail.hpp"
#include "domain/mail_link_rows.hpp"
#include "domain/revocation.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kReadAddresses{"read_addresses", R"sql(
  select email, email_verified, pending_email, username, is_approved, approve_when_verified
  from postern.account
  where id = $1 and is_active)sql"};

constexpr Statement kLockAddresses{"lock_addresses", R"sql(
  select email, email_verified, pending_email, username, is_approved, approve_when_verified
  from postern.account
  where id = $1 and is_active
  for update)sql"};

constexpr Statement kConfirmAddress{"confirm_address", R"sql(
  update postern.account as a
  set email = $2, email_key = $3, email_verified = true, pending_email = null,
      is_approved = a.is_approved or a.approve_when_verified, approve_when_verified = false
  where a.id = $1
  returning )sql" POSTERN_ACCOUNT_COLUMNS};

struct Addresses {
  std::optional<std::string> email;
  bool verified = false;
  std::optional<std::string> pending;
  std::string username;
  bool is_approved = true, approve_when_verified = false;

  /// The one that a letter to confirm goes to.
  [[nodiscard]] std::optional<std::string> unconfirmed() const {
    if (pending) return pending;
    return verified ? std::nullopt : email;
  }
};

std::optional<Addresses> addresses_in(const Rows& rows) {
  if (rows.empty()) return {};
  const Row& row = rows.front();
  return Addresses{row.text_or_null(0), row.boolean(1), row.text_or_null(2),
                   row.text(3),         row.boolean(4), row.boolean(5)};
}

void tell_former_address(Transaction& tx, Services& services, const Addresses& before,
                         const Account& after, const Origin& origin) {
  if (!before.email || fold(*before.email) == fold(*after.email)) return;
  queue_letter(tx, services,
               {MailKind::EmailChanged,
                after.id,
                *before.email,
                {{"email", *after.email}, {"address", origin.address}}});
}

Result<Account> confirm(Transaction& tx, Services& services, const MailLink& link,
                        const Origin& origin) {
  const auto before = addresses_in(tx.run(kLockAddresses, {link.account}));
  if (!before || before->unconfirmed() != link.email) return Errc::LinkInvalid;
  // Somebody else has it by now; to him who holds the link that is one more link that is void.
  if (!check_names_free(tx, before->username, link.email, link.account)) return Errc::LinkInvalid;
  const Outcome used = use_up_mail_link(tx, services, link);
  if (!used) return used.error();
  const Rows written = tx.run(kConfirmAddress, {link.account, link.email, fold(link.email)});
  if (written.size() != 1) return Errc::LinkInvalid;
  Account account = read_account(written.front());
  account_changed(tx, services, account.id);
  record(tx, services, {AuditEvent::EmailVerified, account.id, account.id, {}, {}}, origin);
  if (!before->is_approved && account.is_approved) {
    record(tx, services,
           {AuditEvent::AccountApproved, account.id, account.id, {}, "address confirmed"}, origin);
  }
  tell_former_address(tx, services, *before, account, origin);
  return account;
}

}  // namespace

Outcome request_confirmation(Services& services, AccountId account, const Origin& origin) {
  Outcome allowed =
      charge_mail(services, "confirm:" + account.text(), services.settings.login_limit.per_account);
  if (!allowed) return allowed;
  const auto addresses = addresses_in(services.database.run(kReadAddresses, {account}));
  if (!addresses || (!addresses->email && !addresses->pending)) return Errc::NoEmail;
  if (const auto email = addresses->unconfirmed()) {
    queue_letter(services.database, services,
                 {MailKind::ConfirmAddress, account, *email, {{"address", origin.address}}});
  }
  return done;
}

Result<Account> confirm_address(Services& services, const Secret& token, const Origin& origin) {
  const Outcome allowed = charge_mail_network(services, "mail-link", origin);
  if (!allowed) return allowed.error();
  return services.database.transaction([&](Transaction& tx) -> Result<Account> {
    const auto link = find_mail_link(tx, services, token, LinkPurpose::ConfirmAddress);
    if (!link) return link.error();
    lock_account_names(tx);
    return confirm(tx, services, *link, origin);
  });
}

}  // namespace postern::domain
