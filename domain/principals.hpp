#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "domain/access_token.hpp"
#include "domain/authenticate.hpp"

namespace postern::domain {

/// The database's part of checking credentials, for any number of them in one statement; answers in
/// the order of the questions. No question, no statement.

/// For claims that verify_access_token() has found sound: the session lives, the account may act,
/// its role's permissions now. TokenRevoked, AccountInactive.
[[nodiscard]] std::vector<Result<Principal>> find_principals(Services& services,
                                                             std::span<const AccessClaims> claims);

/// As verify_bot_token(), each.
[[nodiscard]] std::vector<Result<VerifiedKey>> find_principals_of_tokens(
    Services& services, std::span<const std::string_view> texts);

/// As verify_key(), each.
[[nodiscard]] std::vector<Result<VerifiedKey>> verify_keys(Services& services,
                                                           std::span<const std::string_view> texts);

}  // namespace postern::domain
