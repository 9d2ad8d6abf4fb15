#pragma once

#include <string>
#include <vector>

#include "domain/account.hpp"
#include "domain/recovery_code.hpp"
#include "domain/second_factor.hpp"

namespace postern::domain {

/// Authenticator apps as a second factor (RFC 6238: SHA-1, six digits, 30 seconds, a secret of 160
/// bits). A code is good within settings.mfa.drift_steps of now, and no code is taken twice, nor
/// one older than the last that was (RFC 6238 section 5.2; ASVS 6.5.1): one guarded UPDATE of
/// postern.totp.last_step.

/// What proves again, before a factor is changed, that the owner is at the keyboard (ASVS 7.5.1):
/// the present password, or none where the session began within settings.mfa.recent_sign_in. A
/// dialect whose clients have no place for a password there waives it: then a stolen session is
/// enough, and the letter to the owner what tells of it.
struct Reauthentication {
  SessionId session;
  Secret password{};  ///< empty: not given
  bool waived = false;
};

/// What an authenticator app is told.
struct TotpEnrolment {
  Secret secret;  ///< base32, no padding
  Secret uri;     ///< otpauth://totp/<issuer>:<username>?secret=…&issuer=…
};

/// Makes a secret that is not in force until it is confirmed; a former one that was never confirmed
/// is replaced. AlreadyEnabled, ReauthenticationRequired (field current_password),
/// InvalidCredentials, TooManyAttempts, Busy.
[[nodiscard]] Result<TotpEnrolment> start_totp(Services& services, AccountId account,
                                               const Reauthentication& proof, const Origin& origin);

/// The first right code puts it in force, makes a set of recovery codes (shown this once) where no
/// code is left of another factor's, and ends the account's other sessions. The owner is told by
/// mail. SecondFactorInvalid (counted as a failed login), NotEnabled where none was started,
/// AlreadyEnabled, TooManyAttempts.
[[nodiscard]] Result<std::vector<Secret>> confirm_totp(Services& services, AccountId account,
                                                       const Secret& code, SessionId keep,
                                                       const Origin& origin,
                                                       RecoveryCodeStyle style = {});

/// Ends it with a proof of any factor that is in force; where it is the last one, all recovery
/// codes with it. The owner is told by mail. SecondFactorInvalid, SecondFactorRequired where none
/// was given, NotEnabled, TooManyAttempts; InvalidInput (field password, too_short) where the
/// password, too short to stand alone, would have to.
[[nodiscard]] Outcome disable_totp(Services& services, AccountId account, const SecondFactor& proof,
                                   const Origin& origin);

/// An administrator takes all factors off, since one is lost; every session of the account ends.
/// The owner is told by mail. A password that is too short to stand alone ends with them: the
/// account logs in by password again once one is set, by mail (mail_link.hpp) or by an
/// administrator. NotFound, NotEnabled.
[[nodiscard]] Outcome reset_second_factor(Services& services, AccountId account,
                                          std::optional<AccountId> actor, const Origin& origin);

/// Takes a proof of any factor that is in force: the code's step is spent, the recovery code used
/// (and that recorded), the mailed code gone, the challenge answered, in the caller's transaction,
/// which has locked the account. SecondFactorRequired (as ask_for_factor() makes it);
/// SecondFactorInvalid, also for a factor that the account does not have (Error::detail: why, where
/// that is worth writing down); NotEnabled where it has none. NOT counted here: the caller charges
/// the limiter before (login_limit.hpp).
[[nodiscard]] Outcome take_second_factor(Transaction& tx, Services& services, AccountId account,
                                         const SecondFactor& proof, const Origin& origin);

}  // namespace postern::domain
