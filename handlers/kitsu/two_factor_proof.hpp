#pragma once

#include <json/value.h>

#include "domain/account.hpp"
#include "domain/second_factor.hpp"
#include "handlers/kitsu/reader.hpp"

namespace postern::handlers::kitsu {

/// The members totp, email_otp, recovery_code and fido_authentication_response, of which those
/// count that are there and not null. An assertion that is not one of WebAuthn's is one that proves
/// nothing, not a fault of the request.
[[nodiscard]] domain::SecondFactor read_proof(Reader& body);

/// What a login that lacks its second factor is told: 400 `{"error":true,"login":false,
/// "missing_OTP":true,"preferred_two_factor_authentication":…,
/// "two_factor_authentication_enabled":[…]}`, the methods in the order of their names, and
/// recovery_code among them where codes are left.
[[nodiscard]] Response missing_proof(Services& services, const domain::Account& account);

/// The names of the account's security keys, as the person object has them in `fido_devices`.
[[nodiscard]] Json::Value fido_devices(Services& services, domain::AccountId account);

}  // namespace postern::handlers::kitsu
