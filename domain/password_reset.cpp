#include "domain/audit.hpp"
#include "domain/login_limit.hpp"
#include "domain/mail.hpp"
#include "domain/mail_link_rows.hpp"
#include "domain/revocation.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// Whose address it is by now: a link that went to another one is worth nothing any more.
constexpr Statement kFindResetOwner{"find_reset_owner", R"sql(
  select totp_enabled from postern.account
  where id = $1 and email_key = $2 and is_active and not is_bot)sql"};

constexpr Statement kResetPassword{"reset_password", R"sql(
  update postern.account set password_hash = $3, email_verified = true
  where id = $1 and email_key = $2 and is_active and not is_bot)sql"};

constexpr std::string_view kWhyKeysEnd = "password_changed";

Outcome replace_password(Transaction& tx, Services& services, const MailLink& link,
                         const std::string& hash, const Origin& origin) {
  if (tx.run(kResetPassword, {link.account, fold(link.email), hash}).affected != 1)
    return Errc::LinkInvalid;
  Outcome used = use_up_mail_link(tx, services, link);
  if (!used) return used;
  revoke_sessions(tx, services, link.account, std::nullopt);
  if (services.settings.keys.end_on_password_change)
    revoke_keys(tx, services, link.account, kWhyKeysEnd);
  record(tx, services, {AuditEvent::PasswordReset, link.account, link.account, {}, "by mail"},
         origin);
  queue_letter(tx, services,
               {MailKind::PasswordChanged,
                link.account,
                {},
                {{"address", origin.address}, {"how", "reset"}}});
  return done;
}

}  // namespace

Outcome request_password_reset(Services& services, std::string_view email, const Origin& origin) {
  Outcome allowed = check_email(email);
  if (allowed) allowed = charge_mail_network(services, "reset-network", origin);
  if (allowed)
    allowed =
        charge_mail(services, "reset:" + fold(email), services.settings.login_limit.per_account);
  if (!allowed) return allowed;
  queue_letter(services.database, services,
               {MailKind::ResetPassword,
                std::nullopt,
                std::string(email),
                {{"address", origin.address}, {"request_id", origin.request_id}}});
  return done;
}

Outcome reset_password(Services& services, const Secret& token, const Secret& new_password,
                       const Origin& origin) {
  Outcome allowed = charge_mail_network(services, "mail-link", origin);
  if (!allowed) return allowed;
  const auto link = find_mail_link(services.database, services, token, LinkPurpose::ResetPassword);
  if (!link) return link.error();
  if (services.database.run(kFindResetOwner, {link->account, fold(link->email)}).empty())
    return Errc::LinkInvalid;
  Outcome acceptable = services.passwords.check_acceptable(new_password, "new_password");
  if (!acceptable) return acceptable;
  const auto hash = services.passwords.hash(new_password);
  if (!hash) return hash.error();
  Outcome replaced = services.database.transaction(
      [&](Transaction& tx) { return replace_password(tx, services, *link, *hash, origin); });
  if (replaced) forgive_login_attempts(services, link->account);
  return replaced;
}

}  // namespace postern::domain
