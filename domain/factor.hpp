#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "domain/account.hpp"

namespace postern::domain {

/// The second factors that an account can have. Recovery codes are none: they stand in for one that
/// is lost.
enum class Factor { Totp, EmailOtp, Webauthn };
inline constexpr std::array kFactors{Factor::Totp, Factor::EmailOtp, Factor::Webauthn};

/// totp, email_otp, webauthn. The words are stored.
[[nodiscard]] std::string_view name_of(Factor factor);
[[nodiscard]] std::optional<Factor> factor_of(std::string_view word);

[[nodiscard]] bool has_factor(const Account& account, Factor factor);

/// SecondFactorRequired, whose reason names the factors in force with spaces between.
[[nodiscard]] Error ask_for_factor(const Account& account);

/// For statements about the table postern.account: that a password alone does not log in.
#define POSTERN_HAS_FACTOR "(totp_enabled or email_otp_enabled or webauthn_enabled)"

/// Which one its owner wants to be asked for first. The first that is put in force is it until he
/// says otherwise; when it goes, none is. InvalidInput (field preferred_factor) for another word,
/// and for one that is not in force; NotFound.
[[nodiscard]] Outcome set_preferred_factor(Services& services, AccountId account,
                                           std::string_view word);

}  // namespace postern::domain
