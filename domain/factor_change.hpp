#pragma once

#include <string>
#include <vector>

#include "domain/audit.hpp"
#include "domain/factor_rows.hpp"
#include "domain/recovery_code.hpp"
#include "domain/second_factor.hpp"

namespace postern::domain {

/// What comes and goes with a second factor, whichever it is; in a transaction that has locked the
/// account (lock_factor_owner). Not for others.

struct FactorInForce {
  Factor factor{};
  SessionId keep;  ///< the session it was done in
  RecoveryCodeStyle style{};
};
/// The caller checked that the factor is not in force, and that its owner has it at hand. It is the
/// preferred one where there was none; every session but `keep` ends; recorded, and the owner told
/// by mail. The recovery codes that were made: none where some are left.
[[nodiscard]] std::vector<Secret> put_in_force(Transaction& tx, Services& services,
                                               AccountId account, const FactorInForce& what,
                                               const Origin& origin);

/// The last one may not go while the password is too short to stand alone: InvalidInput (field
/// password, too_short).
[[nodiscard]] Outcome may_end(const FactorOwner& owner, Factor factor);

/// The factor and what belongs to it go; with the last one the recovery codes, and a password alone
/// logs in again. Recorded, and the owner told by mail.
void end_factor(Transaction& tx, Services& services, const FactorOwner& owner, Factor factor,
                const Origin& origin);

/// All of it, in a transaction of its own: what disable_totp() and disable_email_otp() say.
[[nodiscard]] Outcome disable_factor(Services& services, AccountId account, Factor factor,
                                     const SecondFactor& proof, const Origin& origin);

/// All of them go, and the recovery codes. Neither recorded nor told.
void drop_factors(Transaction& tx, Services& services, AccountId account);

/// Which factor came or went: the entry gets its event (TOTP has two of its own), and the factor's
/// name before its detail.
enum class FactorStep { Added, Removed };
void record_factor(Transaction& tx, Services& services, AuditEntry entry, FactorStep step,
                   Factor factor, const Origin& origin);

/// Tells the owner by mail: enabled, disabled, reset, recovery_codes.
void tell_factor_changed(Transaction& tx, Services& services, AccountId account,
                         const std::string& change, const Origin& origin);

}  // namespace postern::domain
