#include "domain/email_code.hpp"
#include "domain/factor_attempt.hpp"
#include "domain/factor_change.hpp"
#include "domain/mail.hpp"
#include "domain/mail_link_rows.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kLongestLogin = 254;

/// So that whoever did not ask for it can see who did.
std::map<std::string, std::string> told_of(const Origin& origin) {
  return {{"address", origin.address}, {"user_agent", origin.user_agent}};
}

}  // namespace

Outcome request_email_code(Services& services, std::string_view login, const Origin& origin) {
  if (login.empty() || login.size() > kLongestLogin || !is_clean_text(login)) {
    return Error{Errc::InvalidInput, "email", "invalid"};
  }
  Outcome allowed = charge_mail_network(services, "email-code-network", origin);
  if (allowed) {
    allowed = charge_mail(services, "email-code:" + fold(login),
                          services.settings.login_limit.per_account);
  }
  if (!allowed) return allowed;
  queue_letter(
      services.database, services,
      {.kind = MailKind::OneTimeCode, .address = std::string(login), .values = told_of(origin)});
  return done;
}

Outcome start_email_otp(Services& services, AccountId account, const Origin& origin) {
  if (!services.settings.mail.enabled) {
    return Error{Errc::NotPermitted, {}, "mail_not_configured"};
  }
  const auto owner = find_account(services, account);
  if (!owner) return owner.error();
  if (owner->email_otp_enabled) return Errc::AlreadyEnabled;
  if (!owner->email) return Errc::NoEmail;
  Outcome allowed = charge_mail_network(services, "email-code-network", origin);
  if (allowed) {
    allowed = charge_mail(services, "email-code:" + account.text(),
                          services.settings.login_limit.per_account);
  }
  if (!allowed) return allowed;
  queue_letter(services.database, services,
               {.kind = MailKind::OneTimeCode, .account = account, .values = told_of(origin)});
  return done;
}

Result<std::vector<Secret>> confirm_email_otp(Services& services, AccountId account,
                                              const Secret& code, SessionId keep,
                                              const Origin& origin, RecoveryCodeStyle style) {
  using Codes = Result<std::vector<Secret>>;
  return with_factor_attempt(services, account, origin, [&](Transaction& tx) -> Codes {
    const auto owner = lock_factor_owner(tx, account);
    if (!owner) return Errc::NotFound;
    if (owner->account.email_otp_enabled) return Errc::AlreadyEnabled;
    if (!use_email_code(tx, services, account, CodePurpose::Enrol, code)) {
      return Errc::SecondFactorInvalid;
    }
    return put_in_force(tx, services, account, {Factor::EmailOtp, keep, style}, origin);
  });
}

Outcome disable_email_otp(Services& services, AccountId account, const SecondFactor& proof,
                          const Origin& origin) {
  return disable_factor(services, account, Factor::EmailOtp, proof, origin);
}

}  // namespace postern::domain
