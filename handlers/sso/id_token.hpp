#pragma once

#include <json/value.h>

#include <string>

#include "domain/clock.hpp"
#include "domain/external_identity.hpp"
#include "handlers/sso/settings.hpp"

namespace postern::handlers::sso {

/// What an ID token that we asked for must say (OpenID Connect Core 1.0 section 3.1.3.7).
struct Expectation {
  const Provider& provider;
  std::string nonce;
  std::string access_token;  ///< came with it; "" for none
  domain::Instant now;
};

/// Judges the claims of a token whose signature holds: iss (and Microsoft's tid), aud with azp,
/// exp, iat and nbf with a minute of leeway, nonce, at_hash where it stands there, sub of 1 to 255
/// characters. ProviderRefused with the claim's name.
[[nodiscard]] domain::Outcome check_claims(const Json::Value& claims, const Expectation& expected);

/// Who that is. The address counts as verified by `email_verified` alone, which must be `true`; at
/// Microsoft, whose addresses anybody's directory may claim, by `xms_edov`.
[[nodiscard]] domain::VouchedIdentity identity_of(const Json::Value& claims,
                                                  const Provider& provider);

}  // namespace postern::handlers::sso
