#pragma once

#include <string>
#include <string_view>

#include "domain/result.hpp"
#include "domain/services.hpp"

namespace postern::handlers::oauth {

/// A DPoP proof (RFC 9449 section 4.3).
struct ProofUse {
  std::string_view method;
  std::string url;                  ///< of the request, without query and fragment
  std::string_view access_token{};  ///< that comes with it (ath); "" at the token endpoint
};
/// The thumbprint (RFC 7638) of its key, after all twelve checks: one well-formed JWT, typ
/// dpop+jwt, alg ES256, RS256, PS256 (never none, never symmetric), jwk a public key without
/// private parts, signature, htm, htu (normalised as RFC 3986 section 6.2.2 and 6.2.3 say), iat
/// within settings.oauth.dpop_window, ath where there is a token, jti once within the window on
/// this machine, at most 4096 bytes. We give out no nonces: any is taken. InvalidInput field `dpop`
/// with a reason for error_description; it is answered as invalid_dpop_proof. NOT kept: an id on
/// other machines, over a restart, nor beyond some fifty thousand within the window, of which the
/// oldest is forgotten first (once_name.hpp).
[[nodiscard]] domain::Result<std::string> check_proof(domain::Limiter& limiter,
                                                      const domain::Clock& clock,
                                                      const domain::OAuthSettings& settings,
                                                      std::string_view proof, const ProofUse& use);

}  // namespace postern::handlers::oauth
