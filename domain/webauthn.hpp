#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/account.hpp"
#include "domain/recovery_code.hpp"
#include "domain/second_factor.hpp"

namespace postern::domain {

/// Security keys and what acts like one, as a second factor: W3C Web Authentication, Level 2. Taken
/// are ES256, EdDSA and RS256. An attestation is not judged: whichever authenticator a visitor
/// brings is his to choose. User verification is preferred and not asked for, since the password
/// stands beside.

struct WebauthnCredential {
  Bytes id;
  std::string name;  ///< the owner's word for it
  Instant created_at;
  std::optional<Instant> last_used_at;
};
/// Oldest first.
[[nodiscard]] std::vector<WebauthnCredential> list_webauthn_credentials(Executor& executor,
                                                                        AccountId account);

/// What a browser is told to make a credential with (section 5.4).
struct WebauthnCreation {
  std::string challenge;  ///< base64url without padding; good once
  std::string rp_id, rp_name;
  Bytes user_handle;  ///< the account's id as text: names nobody to others
  std::string username;
  std::vector<int> algorithms;  ///< COSE, the best first
  std::vector<Bytes> exclude;   ///< what the account has already
  seconds timeout;
};
/// Stores nothing. NOT checked: that the owner is at the keyboard (Reauthentication). NotFound;
/// InvalidInput (field credentials, too_many) where the account has settings.webauthn.per_account.
[[nodiscard]] Result<WebauthnCreation> start_webauthn(Services& services, AccountId account);

struct NewWebauthnCredential {
  WebauthnAttestation attestation;
  std::string name;  ///< 1-100 clean characters, the account's only one of that name
};
/// Section 7.1. The first one puts the factor in force and makes recovery codes as confirm_totp()
/// does; every one is recorded and told. ChallengeInvalid; InvalidInput (field client_data: as
/// check_client_data(); field attestation: malformed, wrong_rp, user_absent, algorithm; field name;
/// field credentials: too_many); Taken (field name; field credential, be it another account's);
/// NotFound.
[[nodiscard]] Result<std::vector<Secret>> register_webauthn(Services& services, AccountId account,
                                                            const NewWebauthnCredential& wanted,
                                                            SessionId keep, const Origin& origin,
                                                            RecoveryCodeStyle style = {});

/// What a browser is told to prove one with (section 5.5).
struct WebauthnRequest {
  std::string challenge;
  std::string rp_id;
  std::vector<Bytes> allow;
  seconds timeout;
};
/// For a sign-in, by username or e-mail address, and for proofs of who is signed in. Stores
/// nothing. NotEnabled for an account that is unknown, may not act, or has no credential: who has
/// one is told to whoever asks, as the protocol wants it; settings.login_limit.per_network limits
/// asking. TooManyAttempts.
[[nodiscard]] Result<WebauthnRequest> request_assertion(Services& services, std::string_view login,
                                                        const Origin& origin);

/// The same for somebody who has shown another factor on a page of the issuer's; nothing counts
/// it. NotEnabled where the account has no credential, or such a page may not ask for one
/// (settings.webauthn.origins).
[[nodiscard]] Result<WebauthnRequest> request_assertion_on_page(Services& services,
                                                                const Account& account);

/// Takes the credential of that name away with a proof of any factor in force, which may be that
/// one; the last one ends the factor as disable_totp() does. NotEnabled where there is none of that
/// name; else as disable_totp().
[[nodiscard]] Outcome remove_webauthn(Services& services, AccountId account, std::string_view name,
                                      const SecondFactor& proof, const Origin& origin);

/// Section 7.2, in a transaction that has locked the account: the credential is the account's, the
/// challenge was not answered before, the signature holds, and its counter grows unless it and the
/// stored one are 0. SecondFactorInvalid, whose detail says why (`counter_went_back` tells of a
/// copy); the caller counts and records it.
[[nodiscard]] Outcome take_assertion(Transaction& tx, Services& services, AccountId account,
                                     const WebauthnAssertion& assertion);

}  // namespace postern::domain
