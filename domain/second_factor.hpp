#pragma once

#include <optional>

#include "domain/secret.hpp"
#include "domain/webauthn_response.hpp"

namespace postern::domain {

/// What a visitor shows besides a password. At most one of them is looked at, the first that is not
/// empty.
struct SecondFactor {
  Secret totp{};           ///< six digits of an authenticator (totp.hpp)
  Secret recovery_code{};  ///< one of the codes kept for its loss (recovery_code.hpp)
  Secret email_code{};     ///< that went out by mail (email_code.hpp)
  std::optional<WebauthnAssertion> assertion{};  ///< of a security key (webauthn.hpp)

  [[nodiscard]] bool empty() const {
    return totp.empty() && recovery_code.empty() && email_code.empty() && !assertion;
  }
};

}  // namespace postern::domain
