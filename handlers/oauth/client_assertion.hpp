#pragma once

#include <string_view>

#include "domain/oauth_client.hpp"
#include "handlers/oauth/parameters.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// `client_assertion_type` of a JWT (RFC 7523 section 2.2).
inline constexpr std::string_view kJwtAssertion =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client whose key signed form's client_assertion (RFC 7523 section 3): RS256, PS256 or ES256;
/// iss and sub its client_id, and client_id where that is sent too; aud our issuer, the token
/// endpoint or the endpoint asked, and nobody else besides; exp to come and at most five minutes
/// ahead; nbf and iat, if any, past, give or take a minute; jti new. The jti is taken note of once
/// the signature is good. ClientInvalid; ProviderUnavailable as find_client().
[[nodiscard]] domain::Result<domain::OAuthClient> check_assertion(const Call& call,
                                                                  Services& services,
                                                                  const Parameters& form);

}  // namespace postern::handlers::oauth
