#pragma once

#include <cstdint>
#include <string>

#include "domain/account.hpp"

namespace postern::domain {

/// Secrets that travel by mail: `pml_` + 43 characters base62 (256 bits) + checksum6, kept as a
/// keyed hash, each good once, for one purpose, for as long as settings.mail says (ASVS 6.5).
enum class LinkPurpose : std::int16_t { ConfirmAddress = 1, ResetPassword = 2 };

/// A new one; a former one of the same account and purpose is void.
[[nodiscard]] Secret make_mail_link(Transaction& tx, Services& services, AccountId account,
                                    LinkPurpose purpose, std::string_view email);
/// All of the account's for the purpose are void. The account is locked by the caller.
void drop_mail_links(Transaction& tx, AccountId account, LinkPurpose purpose);

/// Asks for a letter that lets the owner of `email` set a new password. The same work for known and
/// unknown addresses: one row in the queue. InvalidInput field email; TooManyAttempts (limits of
/// settings.login_limit, by address and by network).
[[nodiscard]] Outcome request_password_reset(Services& services, std::string_view email,
                                             const Origin& origin);
/// A link's secret for somebody who just showed the password that everybody knows (sign_in() said
/// PasswordMustChange): good for a new password alone. NotFound where that is not his password any
/// more, or where he has no address; Busy, since it is checked once more.
[[nodiscard]] Result<Secret> default_password_link(Services& services, std::string_view login,
                                                   const Origin& origin);
/// An administrator takes one in hand, to give it to the account's owner by a way of his own; good
/// for settings.mail.reset_lifetime. NotFound, NoEmail.
[[nodiscard]] Result<Secret> make_reset_link(Services& services, AccountId account,
                                             std::optional<AccountId> actor, const Origin& origin);
/// Sets it: every session ends, keys where the settings say so; a second factor stays (ASVS 6.4.3).
/// The address counts as confirmed. LinkInvalid, also where the address is not the account's any
/// more, or another one than `email`, where that is given; InvalidInput field new_password and
/// Busy, after which the link is still good; TooManyAttempts (by network).
[[nodiscard]] Outcome reset_password(Services& services, const Secret& token,
                                     const Secret& new_password, const Origin& origin,
                                     std::string_view email = {});

/// Asks for another letter to confirm the account's pending (or unconfirmed) address; where it is
/// confirmed there is nothing to send. NoEmail, TooManyAttempts.
[[nodiscard]] Outcome request_confirmation(Services& services, AccountId account,
                                           const Origin& origin);
/// The pending address becomes the account's, and confirmed; an account that waited for nothing
/// else is approved. LinkInvalid, also where somebody else has the address by now;
/// TooManyAttempts.
[[nodiscard]] Result<Account> confirm_address(Services& services, const Secret& token,
                                              const Origin& origin);

}  // namespace postern::domain
