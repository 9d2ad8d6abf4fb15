#pragma once

#include <cstdint>
#include <vector>

#include "domain/account.hpp"
#include "domain/second_factor.hpp"

namespace postern::domain {

/// Codes for the day a second factor is lost: letters and digits of RFC 4648's base32 alphabet,
/// kept as a keyed hash, each good once (ASVS 6.5.1, 6.5.2). Read without regard to case, spaces
/// and hyphens, in either style. Of any number of simultaneous uses one succeeds.
enum class RecoveryCodeStyle {
  Grouped,  ///< `ABCD-EFGH-IJKL` (60 bits), settings.mfa.recovery_codes of them
  Plain,    ///< `ABCDEFGHIJ` (50 bits), 16 of them, as the Kitsu dialect's clients know them
};

/// A new set; the old one is void in the same commit. Needs a proof of any factor that is in force
/// (or a recovery code). The owner is told by mail. NotEnabled, SecondFactorRequired,
/// SecondFactorInvalid (counted as a failed login), TooManyAttempts.
[[nodiscard]] Result<std::vector<Secret>> renew_recovery_codes(Services& services,
                                                               AccountId account,
                                                               const SecondFactor& proof,
                                                               const Origin& origin,
                                                               RecoveryCodeStyle style = {});

/// How many are left.
[[nodiscard]] std::int64_t count_recovery_codes(Executor& executor, AccountId account);
[[nodiscard]] std::int64_t count_recovery_codes(Services& services, AccountId account);

/// Within a transaction that has locked the account.
[[nodiscard]] std::vector<Secret> make_recovery_codes(Transaction& tx, Services& services,
                                                      AccountId account, RecoveryCodeStyle style);
[[nodiscard]] bool use_recovery_code(Transaction& tx, Services& services, AccountId account,
                                     const Secret& code);
void delete_recovery_codes(Transaction& tx, AccountId account);

}  // namespace postern::domain
