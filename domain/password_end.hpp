#pragma once

#include <optional>

#include "domain/account.hpp"

namespace postern::domain {

/// What password_change.cpp and password_reset.cpp share. Not for others.

/// The end of a password is the end of everything that it had opened, but `keep`: sessions, links
/// out of letters that would set another one, and keys where the settings say so. The account is
/// locked by the caller.
void end_what_password_opened(Transaction& tx, Services& services, AccountId account,
                              std::optional<SessionId> keep);

/// Tells the owner by mail. `how`: owner, admin, reset.
void tell_of_password(Transaction& tx, Services& services, AccountId account, std::string_view how,
                      const Origin& origin);

}  // namespace postern::domain
