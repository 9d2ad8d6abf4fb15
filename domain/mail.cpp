#include "domain/mail.hpp"

#include "domain/mail_content.hpp"

namespace postern::domain {
namespace {

constexpr Statement kQueueMail{"queue_mail", R"sql(
  insert into postern.mail (id, created_at, due_at, kind, account_id, sealed)
  values ($1, $2, $2, $3, $4, $5))sql"};

bool is_notice(MailKind kind) {
  return kind >= MailKind::NewSignIn && kind <= MailKind::Approved;
}

}  // namespace

std::string_view name_of(MailKind kind) {
  switch (kind) {
    case MailKind::ConfirmAddress:
      return "confirm_address";
    case MailKind::ResetPassword:
      return "reset_password";
    case MailKind::AlreadyRegistered:
      return "already_registered";
    case MailKind::Invitation:
      return "invitation";
    case MailKind::NewSignIn:
      return "new_sign_in";
    case MailKind::PasswordChanged:
      return "password_changed";
    case MailKind::FactorChanged:
      return "factor_changed";
    case MailKind::EmailChanged:
      return "email_changed";
    case MailKind::Approved:
      return "approved";
    case MailKind::OneTimeCode:
      return "one_time_code";
  }
  return "";
}

void queue_letter(Executor& executor, Services& services, const Letter& letter) {
  const MailSettings& settings = services.settings.mail;
  if (!settings.enabled || (is_notice(letter.kind) && !settings.notices)) return;
  const Instant now = services.clock.now();
  const MailId id = MailId::make(now, services.random);
  const Bytes sealed =
      seal_mail(services.ring, id, {letter.address, letter.values}, services.random);
  executor.run(kQueueMail, {id, now, static_cast<int>(letter.kind), letter.account, sealed});
}

}  // namespace postern::domain
