#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/account.hpp"
#include "domain/authenticate.hpp"
#include "handlers/dispatcharr/profile.hpp"

namespace postern::handlers::dispatcharr {

/// The original's levels: streamer 0, standard 1, admin 10. A role of ours that it does not know
/// reads as 1.
[[nodiscard]] std::int64_t level_of(std::string_view role);
/// None: no such level.
[[nodiscard]] std::optional<std::string> role_of(std::int64_t level);

/// The user object, member for member as the original's serializer writes it. `api_key` is the
/// user's key in clear, null where it may not or cannot be told.
[[nodiscard]] std::string user_object(const domain::Account& account, const Profile& profile,
                                      const std::optional<domain::Secret>& api_key);

/// The kept copy of an account's personal key; none unless settings.keys.read_back keeps one and
/// the caller has full power (credential.hpp). NOT checked: that the account is the caller's.
[[nodiscard]] std::optional<domain::Secret> readable_key(Services& services,
                                                         domain::AccountId account,
                                                         const domain::Principal& caller);

/// The same with profile and key looked up.
[[nodiscard]] std::string user_object(Services& services, const domain::Account& account,
                                      const domain::Principal& caller);

}  // namespace postern::handlers::dispatcharr
