#pragma once

#include "domain/account.hpp"

namespace postern::domain {

/// Checks the present password again before something that matters (ASVS 6.2.3, 7.5.1). Counts
/// against the same limit as logging in (CVE-2026-9798). InvalidCredentials, TooManyAttempts, Busy.
[[nodiscard]] Outcome reauthenticate(Services& services, AccountId account, const Secret& password,
                                     const Origin& origin);

/// How long a new password must be depends on whether the account has a second factor in force
/// (settings.password); one that only stands beside it is marked so (disable_totp in totp.hpp).

/// The owner changes it. Every other session ends in the same commit, and keys where the settings
/// say so. `keep` is the caller's own session. Also InvalidInput field new_password.
[[nodiscard]] Outcome change_password(Services& services, AccountId account, const Secret& current,
                                      const Secret& replacement, std::optional<SessionId> keep,
                                      const Origin& origin);

/// An administrator or the command line sets it: every session ends, keys where the settings say
/// so, and the account's failed logins are forgotten. InvalidInput field password, NotFound, Busy.
/// `keep` is for a dialect whose wire lets an owner set it without the present one: the caller's
/// own session.
[[nodiscard]] Outcome set_password(Services& services, AccountId account, const Secret& replacement,
                                   std::optional<AccountId> actor, const Origin& origin,
                                   std::optional<SessionId> keep = std::nullopt);

}  // namespace postern::domain
