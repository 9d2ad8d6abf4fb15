#include "domain/mail_decision.hpp"

#include "domain/audit.hpp"
#include "domain/email_code.hpp"
#include "domain/mail_link.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindResetAccount{"find_reset_account", R"sql(
  select id, username, email
  from postern.account
  where email_key = $1 and is_active and not is_bot
  for update)sql"};

constexpr Statement kFindConfirming{"find_confirming_account", R"sql(
  select username
  from postern.account
  where id = $1 and is_active
    and (pending_email = $2 or (pending_email is null and email = $2 and not email_verified))
  for update)sql"};

/// A name that is an address counts as well: both are logged in with.
constexpr Statement kFindHolder{"find_address_holder", R"sql(
  select username
  from postern.account
  where (email_key = $1 or username_key = $1) and id <> $2
  order by (email_key = $1) desc nulls last
  limit 1)sql"};

constexpr Statement kFindReader{"find_letter_reader", R"sql(
  select username, email from postern.account where id = $1)sql"};

constexpr Statement kFindCodeAccount{"find_code_account", R"sql(
  select id, username, email
  from postern.account
  where (username_key = $1 or email_key = $1)
    and is_active and is_approved and email_otp_enabled and email is not null
  order by (username_key = $1) desc
  limit 1
  for no key update)sql"};

constexpr Statement kFindEnrolling{"find_code_enrolling", R"sql(
  select id, username, email
  from postern.account
  where id = $1 and is_active and is_approved and not email_otp_enabled and email is not null
  for no key update)sql"};

constexpr const char* kUsername = "username";

ReadyLetter letter_of(const QueuedLetter& queued) {
  return {.id = queued.id,
          .kind = queued.kind,
          .to = queued.content.address,
          .values = queued.content.values,
          .asked_at = queued.asked_at};
}

std::string value(const QueuedLetter& queued, const std::string& name) {
  const auto found = queued.content.values.find(name);
  return found == queued.content.values.end() ? std::string() : found->second;
}

std::optional<ReadyLetter> reset(Transaction& tx, Services& services, const QueuedLetter& queued) {
  const Rows found = tx.run(kFindResetAccount, {fold(queued.content.address)});
  if (found.empty()) return {};
  const AccountId account{found.front().uuid(0)};
  ReadyLetter letter = letter_of(queued);
  letter.to = found.front().text(2);
  letter.values[kUsername] = found.front().text(1);
  letter.token = make_mail_link(tx, services, account, LinkPurpose::ResetPassword, letter.to);
  letter.good_for = services.settings.mail.reset_lifetime;
  if (queued.attempt > 1) return letter;
  record(tx, services, {AuditEvent::PasswordResetRequested, account, {}, {}, {}},
         {value(queued, "address"), {}, value(queued, "request_id")});
  return letter;
}

std::optional<ReadyLetter> confirmation(Transaction& tx, Services& services,
                                        const QueuedLetter& queued) {
  if (!queued.account) return {};
  ReadyLetter letter = letter_of(queued);
  const Rows waiting = tx.run(kFindConfirming, {*queued.account, letter.to});
  if (waiting.empty()) return {};
  const Rows holder = tx.run(kFindHolder, {fold(letter.to), *queued.account});
  if (!holder.empty()) {
    letter.kind = MailKind::AlreadyRegistered;
    letter.values[kUsername] = holder.front().text(0);
    return letter;
  }
  letter.values[kUsername] = waiting.front().text(0);
  letter.token =
      make_mail_link(tx, services, *queued.account, LinkPurpose::ConfirmAddress, letter.to);
  letter.good_for = services.settings.mail.verify_lifetime;
  return letter;
}

/// A code is of use to whoever waits for it now: one that a mail server held up is not sent late.
std::optional<ReadyLetter> code(Transaction& tx, Services& services, const QueuedLetter& queued) {
  const seconds lifetime = services.settings.mail.code_lifetime;
  if (services.clock.now() - queued.asked_at >= lifetime) return {};
  const bool enrols = queued.account.has_value();
  const Rows found = enrols ? tx.run(kFindEnrolling, {*queued.account})
                            : tx.run(kFindCodeAccount, {fold(queued.content.address)});
  if (found.empty()) return {};
  const AccountId account{found.front().uuid(0)};
  ReadyLetter letter = letter_of(queued);
  letter.values[kUsername] = found.front().text(1);
  letter.to = found.front().text(2);
  const auto purpose = enrols ? CodePurpose::Enrol : CodePurpose::Prove;
  const Secret text = make_email_code(tx, services, account, purpose, letter.to);
  letter.values["code"] = text.reveal();
  letter.good_for = lifetime;
  return letter;
}

std::optional<ReadyLetter> plain(Transaction& tx, const QueuedLetter& queued) {
  ReadyLetter letter = letter_of(queued);
  if (queued.account) {
    const Rows reader = tx.run(kFindReader, {*queued.account});
    if (reader.empty()) return {};
    letter.values[kUsername] = reader.front().text(0);
    if (letter.to.empty()) letter.to = reader.front().text_or_null(1).value_or("");
  }
  if (letter.to.empty()) return {};
  return letter;
}

}  // namespace

std::optional<ReadyLetter> decide_letter(Transaction& tx, Services& services,
                                         const QueuedLetter& queued) {
  switch (queued.kind) {
    case MailKind::ResetPassword:
      return reset(tx, services, queued);
    case MailKind::ConfirmAddress:
      return confirmation(tx, services, queued);
    case MailKind::OneTimeCode:
      return code(tx, services, queued);
    case MailKind::AlreadyRegistered:
    case MailKind::Invitation:
    case MailKind::NewSignIn:
    case MailKind::PasswordChanged:
    case MailKind::FactorChanged:
    case MailKind::EmailChanged:
    case MailKind::Approved:
      return plain(tx, queued);
  }
  return {};
}

}  // namespace postern::domain
