#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "domain/access_token.hpp"
#include "domain/authenticate.hpp"
#include "domain/oauth_access_token.hpp"

namespace postern::domain {

/// The database's part of checking credentials, for any number of them in one statement; answers in
/// the order of the questions. No question, no statement.

/// For claims that verify_access_token() has found sound: the session lives, the account may act,
/// its role's permissions now. TokenRevoked (also for a session whose tokens are none of these:
/// rule R10), AccountInactive.
[[nodiscard]] std::vector<Result<Principal>> find_principals(Services& services,
                                                             std::span<const AccessClaims> claims);

/// The same for claims that verify_oauth_token() has found sound: the grant lives and is that
/// client's, and what both the grant and the token say may be done, as far as the role permits it
/// now. NOT checked: the audience, the proof of a bound key (Principal says both).
[[nodiscard]] std::vector<Result<Principal>> find_principals_of_grants(
    Services& services, std::span<const OAuthClaims> claims);

/// For the cookies of browsers (browser_session.hpp): the session lives, the account may act, its
/// role's permissions now. TokenInvalid, TokenRevoked, AccountInactive. Uses them, as
/// find_browser_session() does, in one more statement; `good_until` is when their use is to be
/// noted next, so that whoever relies on an answer does not let a session in use run out.
[[nodiscard]] std::vector<Result<Principal>> find_principals_of_browsers(
    Services& services, std::span<const std::string_view> cookies);

/// As verify_bot_token(), each.
[[nodiscard]] std::vector<Result<VerifiedKey>> find_principals_of_tokens(
    Services& services, std::span<const std::string_view> texts);

/// As verify_key(), each.
[[nodiscard]] std::vector<Result<VerifiedKey>> verify_keys(Services& services,
                                                           std::span<const std::string_view> texts);

}  // namespace postern::domain
