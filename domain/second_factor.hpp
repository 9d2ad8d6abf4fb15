#pragma once

#include "domain/secret.hpp"

namespace postern::domain {

/// What a visitor shows besides a password. At most one of them is looked at, the first that is not
/// empty.
struct SecondFactor {
  Secret totp{};           ///< six digits of an authenticator (totp.hpp)
  Secret recovery_code{};  ///< one of the codes kept for its loss (recovery_code.hpp)

  [[nodiscard]] bool empty() const { return totp.empty() && recovery_code.empty(); }
};

}  // namespace postern::domain
