#pragma once

#include <string_view>
#include <vector>

#include "domain/secret.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

/// What the routes of second factors answer alike.

/// `[…]`; null for none.
[[nodiscard]] std::string codes_text(const std::vector<domain::Secret>& codes);

/// One was put in force: `{"otp_recovery_codes":[…]|null,"access_token":…,"refresh_token":…}`, the
/// tokens of the caller's session anew, and as cookies for whoever has them there.
[[nodiscard]] Response factor_in_force(const Call& call, Services& services,
                                       const std::vector<domain::Secret>& codes);

/// The sentences of one factor.
struct FactorWords {
  std::string_view already, wrong, not_enabled;
};
/// AlreadyEnabled, SecondFactorInvalid and SecondFactorRequired (`"wrong_OTP":true`), NotEnabled,
/// and what is wrong with a password that would stand alone; everything else as refusal() has it.
[[nodiscard]] Response factor_refused(const domain::Error& error, const FactorWords& words);

}  // namespace postern::handlers::kitsu
