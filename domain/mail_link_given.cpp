#include "domain/audit.hpp"
#include "domain/default_password.hpp"
#include "domain/mail_link.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindClaimable{"find_claimable", R"sql(
  select id, password_hash
  from postern.account
  where (username_key = $1 or email_key = $1) and is_active and is_approved and not is_bot
    and email is not null
  order by (username_key = $1) desc
  limit 1)sql"};

/// Only while the password is still the one that was checked.
constexpr Statement kLockClaimable{"lock_claimable", R"sql(
  select email
  from postern.account
  where id = $1 and password_hash = $2 and is_active and is_approved and not is_bot
    and email is not null
  for update)sql"};

constexpr Statement kLockResettable{"lock_resettable", R"sql(
  select email from postern.account where id = $1 and is_active and not is_bot for update)sql"};

Secret hand_out(Transaction& tx, Services& services, AccountId account, const std::string& email,
                const AuditEntry& entry, const Origin& origin) {
  record(tx, services, entry, origin);
  return make_mail_link(tx, services, account, LinkPurpose::ResetPassword, email);
}

}  // namespace

Result<Secret> default_password_link(Services& services, std::string_view login,
                                     const Origin& origin) {
  if (login.empty() || !is_clean_text(login)) return Errc::NotFound;
  const Rows found = services.database.run(kFindClaimable, {fold(login)});
  if (found.empty()) return Errc::NotFound;
  const AccountId account{found.front().uuid(0)};
  const std::string hash = found.front().text(1);
  const auto verdict = services.passwords.verify(Secret(std::string(kDefaultPassword)), hash);
  if (!verdict) return verdict.error();
  if (!verdict->matches) return Errc::NotFound;
  return services.database.transaction([&](Transaction& tx) -> Result<Secret> {
    const Rows locked = tx.run(kLockClaimable, {account, hash});
    if (locked.empty()) return Errc::NotFound;
    return hand_out(
        tx, services, account, locked.front().text(0),
        {AuditEvent::PasswordResetRequested, account, {}, {}, "the password that everybody knows"},
        origin);
  });
}

Result<Secret> make_reset_link(Services& services, AccountId account,
                               std::optional<AccountId> actor, const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Result<Secret> {
    const Rows locked = tx.run(kLockResettable, {account});
    if (locked.empty()) return Errc::NotFound;
    const auto email = locked.front().text_or_null(0);
    if (!email) return Errc::NoEmail;
    return hand_out(tx, services, account, *email,
                    {AuditEvent::PasswordResetRequested, account, actor, {}, "handed out"}, origin);
  });
}

}  // namespace postern::domain
