#include "domain/password_end.hpp"

#include "domain/mail.hpp"
#include "domain/mail_link.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kWhyKeysEnd = "password_changed";

}  // namespace

void end_what_password_opened(Transaction& tx, Services& services, AccountId account,
                              std::optional<SessionId> keep) {
  revoke_sessions(tx, services, account, keep);
  drop_mail_links(tx, account, LinkPurpose::ResetPassword);
  if (services.settings.keys.end_on_password_change)
    revoke_keys(tx, services, account, kWhyKeysEnd);
}

void tell_of_password(Transaction& tx, Services& services, AccountId account, std::string_view how,
                      const Origin& origin) {
  queue_letter(tx, services,
               {.kind = MailKind::PasswordChanged,
                .account = account,
                .address = {},
                .values = {{"how", std::string(how)}, {"address", origin.address}}});
}

}  // namespace postern::domain
