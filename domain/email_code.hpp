#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "domain/account.hpp"
#include "domain/recovery_code.hpp"
#include "domain/second_factor.hpp"

namespace postern::domain {

/// One-time codes by mail as a second factor (ASVS 6.6): six digits, good once and for
/// settings.mail.code_lifetime, kept as a keyed hash bound to the account and what it is for. Of
/// each purpose the last one counts, and only while the account has the address that it went to.
/// It protects no better than the mailbox does. What keeps guessers out is the limiter of sign-ins:
/// a wrong code is a failed login (login_limit.hpp).
enum class CodePurpose : std::int16_t {
  Enrol = 1,  ///< puts the factor in force
  Prove = 2,  ///< signs in, or proves it again before something is changed
};

/// Somebody asks for a code to sign in with, by username or e-mail address. The same work whether
/// or not there is such an account and it has this factor (rule R8): one row in the queue of
/// letters; the code is made when the letter is (mail_decision.hpp). InvalidInput field email
/// (empty, over 254 bytes, not clean); TooManyAttempts (limits of settings.login_limit, by what was
/// typed and by network).
[[nodiscard]] Outcome request_email_code(Services& services, std::string_view login,
                                         const Origin& origin);

/// Sends a code to the account's own address, which puts the factor in force. NOT checked: that
/// the owner is at the keyboard (Reauthentication). NotFound, AlreadyEnabled, NoEmail,
/// TooManyAttempts; NotPermitted (reason mail_not_configured) where no letter could be sent.
[[nodiscard]] Outcome start_email_otp(Services& services, AccountId account, const Origin& origin);

/// As confirm_totp(). SecondFactorInvalid (counted as a failed login), also where none was sent;
/// NotFound, AlreadyEnabled, TooManyAttempts.
[[nodiscard]] Result<std::vector<Secret>> confirm_email_otp(Services& services, AccountId account,
                                                            const Secret& code, SessionId keep,
                                                            const Origin& origin,
                                                            RecoveryCodeStyle style = {});

/// As disable_totp().
[[nodiscard]] Outcome disable_email_otp(Services& services, AccountId account,
                                        const SecondFactor& proof, const Origin& origin);

/// Within a transaction that has locked the account: a new code, the former one of the purpose is
/// void; takes one (of any number at once one finds it); removes all.
[[nodiscard]] Secret make_email_code(Transaction& tx, Services& services, AccountId account,
                                     CodePurpose purpose, std::string_view email);
[[nodiscard]] bool use_email_code(Transaction& tx, Services& services, AccountId account,
                                  CodePurpose purpose, const Secret& code);
void delete_email_codes(Transaction& tx, AccountId account);

}  // namespace postern::domain
