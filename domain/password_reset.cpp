#include "domain/audit.hpp"
#include "domain/factor.hpp"
#include "domain/login_limit.hpp"
#include "domain/mail.hpp"
#include "domain/mail_link_rows.hpp"
#include "domain/password_end.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// Whose address it is by now: a link that went to another one is worth nothing any more.
constexpr Statement kFindResetOwner{"find_reset_owner", R"sql(
  select )sql" POSTERN_HAS_FACTOR R"sql(
  from postern.account
  where id = $1 and email_key = $2 and is_active and not is_bot)sql"};

/// For a short one only while the second factor is there that it needs.
constexpr Statement kResetPassword{"reset_password", R"sql(
  update postern.account
  set password_hash = $3, password_needs_mfa = $4, email_verified = true
  where (not $4 or )sql" POSTERN_HAS_FACTOR R"sql()
    and id = $1 and email_key = $2 and is_active and not is_bot)sql"};

/// A new password, computed before any row is locked.
struct NewPassword {
  std::string hash;
  bool needs_mfa = false;
};

Outcome replace_password(Transaction& tx, Services& services, const MailLink& link,
                         const NewPassword& password, const Origin& origin) {
  if (tx.run(kResetPassword, {link.account, fold(link.email), password.hash, password.needs_mfa})
          .affected != 1)
    return Errc::LinkInvalid;
  Outcome used = use_up_mail_link(tx, services, link);
  if (!used) return used;
  end_what_password_opened(tx, services, link.account, std::nullopt);
  record(tx, services, {AuditEvent::PasswordReset, link.account, link.account, {}, "by mail"},
         origin);
  tell_of_password(tx, services, link.account, "reset", origin);
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
                       const Origin& origin, std::string_view email) {
  Outcome allowed = charge_mail_network(services, "mail-link", origin);
  if (!allowed) return allowed;
  const auto link = find_mail_link(services.database, services, token, LinkPurpose::ResetPassword);
  if (!link) return link.error();
  if (!email.empty() && fold(email) != fold(link->email)) return Errc::LinkInvalid;
  const Rows owner = services.database.run(kFindResetOwner, {link->account, fold(link->email)});
  if (owner.empty()) return Errc::LinkInvalid;
  const auto use = owner.front().boolean(0) ? PasswordUse::WithSecondFactor : PasswordUse::Alone;
  Outcome acceptable = services.passwords.check_acceptable(new_password, "new_password", use);
  if (!acceptable) return acceptable;
  const auto hash = services.passwords.hash(new_password);
  if (!hash) return hash.error();
  const NewPassword password{*hash, !services.passwords.stands_alone(new_password)};
  Outcome replaced = services.database.transaction(
      [&](Transaction& tx) { return replace_password(tx, services, *link, password, origin); });
  // Beside a second factor it would give new guesses at that one (CVE-2026-9798).
  if (replaced && use == PasswordUse::Alone) forgive_login_attempts(services, link->account);
  return replaced;
}

}  // namespace postern::domain
