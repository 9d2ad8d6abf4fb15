#include "domain/factor.hpp"

namespace postern::domain {
namespace {

constexpr Statement kPreferFactor{"prefer_factor", R"sql(
  update postern.account
  set preferred_factor = $2
  where id = $1 and case $2 when 'totp' then totp_enabled
                            when 'email_otp' then email_otp_enabled
                            else webauthn_enabled end
)sql"};

constexpr Statement kAccountIsThere{"account_is_there", R"sql(
  select from postern.account where id = $1
)sql"};

}  // namespace

std::string_view name_of(Factor factor) {
  switch (factor) {
    case Factor::Totp:
      return "totp";
    case Factor::EmailOtp:
      return "email_otp";
    case Factor::Webauthn:
      return "webauthn";
  }
  return "";
}

std::optional<Factor> factor_of(std::string_view word) {
  for (const Factor factor : kFactors) {
    if (name_of(factor) == word) return factor;
  }
  return {};
}

bool has_factor(const Account& account, Factor factor) {
  switch (factor) {
    case Factor::Totp:
      return account.totp_enabled;
    case Factor::EmailOtp:
      return account.email_otp_enabled;
    case Factor::Webauthn:
      return account.webauthn_enabled;
  }
  return false;
}

Error ask_for_factor(const Account& account) {
  std::string names;
  for (const Factor factor : kFactors) {
    if (!has_factor(account, factor)) continue;
    if (!names.empty()) names += ' ';
    names += name_of(factor);
  }
  return Error{Errc::SecondFactorRequired, {}, std::move(names)};
}

Outcome set_preferred_factor(Services& services, AccountId account, std::string_view word) {
  if (!factor_of(word)) return Error{Errc::InvalidInput, "preferred_factor", "unknown"};
  if (services.database.run(kPreferFactor, {account, word}).affected == 1) return done;
  if (services.database.run(kAccountIsThere, {account}).empty()) return Errc::NotFound;
  return Error{Errc::InvalidInput, "preferred_factor", "not_enabled"};
}

}  // namespace postern::domain
