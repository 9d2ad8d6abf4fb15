#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/external_identity.hpp"
#include "handlers/sso/sign_in.hpp"

namespace postern::handlers::sso {

/// What is kept, sealed, while the browser is at the provider.
struct Attempt {
  std::string nonce, verifier;
  std::string browser;  ///< what the cookie holds
  Wish wish;            ///< provider, where to go on, and how
};

/// What is kept, sealed, behind the code that the browser takes along (Delivery::Code).
struct Grant {
  domain::VouchedIdentity identity;
  domain::SessionKind kind{};
  std::string challenge;
};

/// As SsoAttempt::payload. Each reads its own kind alone, so that a state is no code, nor a code a
/// state (rule R10).
[[nodiscard]] std::string write(const Attempt& attempt);
[[nodiscard]] std::string write(const Grant& grant);
[[nodiscard]] std::optional<Attempt> read_attempt(const domain::SsoAttempt& stored);
[[nodiscard]] std::optional<Grant> read_grant(const domain::SsoAttempt& stored);

}  // namespace postern::handlers::sso
