#pragma once

#include <string>

#include "domain/account.hpp"
#include "domain/external_identity.hpp"

namespace postern::domain {

/// The account that somebody gets whom a provider vouches for and nobody here is linked to. Within
/// the transaction that links them, and after lock_account_names(). Not for others than
/// external_identity.cpp.

/// What of the address may be believed: one that the provider has seen confirmed and that has our
/// form. None otherwise.
[[nodiscard]] std::optional<std::string> believed_email(const VouchedIdentity& identity);

/// A username made of what the provider calls somebody: the part before an '@', of the characters
/// that usernames have; "user" where nothing is left.
[[nodiscard]] std::string suggested_username(const VouchedIdentity& identity);

/// Whose confirmed address `email` is. None where nobody has it, where it is not confirmed here, or
/// where its owner may not act or is a bot.
[[nodiscard]] std::optional<AccountId> find_by_confirmed_email(Transaction& tx,
                                                               std::string_view email);

/// A new account without a password, under the first free variation of the suggested name.
/// IdentityNotLinked where somebody else has the address, or the rules name no role.
[[nodiscard]] Result<AccountId> make_vouched_account(Transaction& tx, Services& services,
                                                     const VouchedIdentity& identity,
                                                     const std::string& role);

}  // namespace postern::domain
