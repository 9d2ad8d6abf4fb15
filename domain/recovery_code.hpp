#pragma once

#include <cstdint>
#include <vector>

#include "domain/account.hpp"
#include "domain/second_factor.hpp"

namespace postern::domain {

/// Codes for the day an authenticator is lost: `ABCD-EFGH-IJKL`, 12 letters and digits of RFC
/// 4648's base32 alphabet (60 bits), kept as a keyed hash, each good once (ASVS 6.5.1, 6.5.2). Read
/// without regard to case, spaces and hyphens. Of any number of simultaneous uses one succeeds.

/// A new set of settings.mfa.recovery_codes; the old set is void in the same commit. Needs a code
/// of the authenticator (or a recovery code). The owner is told by mail. NotEnabled,
/// SecondFactorRequired, SecondFactorInvalid (counted as a failed login), TooManyAttempts.
[[nodiscard]] Result<std::vector<Secret>> renew_recovery_codes(Services& services,
                                                               AccountId account,
                                                               const SecondFactor& proof,
                                                               const Origin& origin);

/// How many are left.
[[nodiscard]] std::int64_t count_recovery_codes(Services& services, AccountId account);

/// Within a transaction, for totp.cpp.
[[nodiscard]] std::vector<Secret> make_recovery_codes(Transaction& tx, Services& services,
                                                      AccountId account);
[[nodiscard]] bool use_recovery_code(Transaction& tx, Services& services, AccountId account,
                                     const Secret& code);
void delete_recovery_codes(Transaction& tx, AccountId account);

}  // namespace postern::domain
