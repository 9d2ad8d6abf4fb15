#pragma once

#include <optional>
#include <string>

#include "domain/session.hpp"

namespace postern::domain {

/// Whose password was right, and the hash that it was right for.
struct ShownPassword {
  AccountId account;
  std::string hash;
};
/// As sign_in(); `shown` (null: nobody asks) is told where the second factor alone is missing. For
/// browser_sign_in.cpp, whose page asks on.
[[nodiscard]] Result<Tokens> sign_in(Services& services, const SignIn& request,
                                     const Origin& origin, std::optional<ShownPassword>* shown);

}  // namespace postern::domain
