#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/session.hpp"

namespace postern::domain {

/// Somebody a provider of identities (OpenID Connect Core 1.0) has vouched for. NOT checked here:
/// the token; who verified one says so (handlers/sso/).
struct VouchedIdentity {
  std::string provider;  ///< the issuer
  std::string subject;   ///< sub, 1-255 characters
  std::optional<std::string> email;
  bool email_verified = false;
  std::string preferred_username;  ///< "" when not told
  bool factor_checked = false;     ///< the provider asked for a second factor, and is believed
};

/// What a provider's people may become here.
struct LinkRules {
  bool link_verified_email = false;  ///< joins the account that has the same confirmed address
  bool create_accounts = false;
  std::string role = "member";  ///< of accounts made so
};

/// Signs in who is linked; else links, as the rules say, the account whose address is confirmed
/// here and verified there (both: CVE-2024-21589 and its like); else makes an account.
/// IdentityNotLinked, InvalidCredentials (disabled), ApprovalPending, SecondFactorRequired. One
/// transaction. `whose` (null: nobody asks) is told whose second factor is missing, where that is
/// all that is.
[[nodiscard]] Result<Tokens> sign_in_with_identity(Services& services,
                                                   const VouchedIdentity& identity,
                                                   const LinkRules& rules, SessionKind kind,
                                                   const Origin& origin,
                                                   std::optional<AccountId>* whose = nullptr);

struct ExternalIdentity {
  std::string provider, subject;
  Instant created_at, last_login_at;
};
[[nodiscard]] std::vector<ExternalIdentity> list_identities(Services& services, AccountId account);
/// NotFound; NotPermitted where neither a password nor another identity would be left to sign in
/// by.
[[nodiscard]] Outcome unlink_identity(Services& services, AccountId account,
                                      std::string_view provider, std::string_view subject,
                                      const Origin& origin);

/// A sign-in under way to a provider. The state is good once (CSRF, replay).
struct SsoAttempt {
  std::string provider;
  std::string
      payload;  ///< the caller's own: nonce, verifier, where to go on; sealed in the database
};
/// The state to send along: 43 characters of base64url.
[[nodiscard]] Secret begin_sso(Services& services, const SsoAttempt& attempt, seconds lifetime);
/// LinkInvalid for a state that was not given out, is used or too old.
[[nodiscard]] Result<SsoAttempt> take_sso(Services& services, std::string_view state);

}  // namespace postern::domain
