#pragma once

#include <optional>
#include <string>

#include "domain/oauth_client.hpp"
#include "handlers/oauth/parameters.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// Which client a request is from, and how it was shown (RFC 6749 section 2.3, oauth.md 2a-2c).
struct AuthenticatedClient {
  domain::OAuthClient client;
  bool proven = false;  ///< by a secret or an assertion; false for a public client
};

/// - `Authorization: Basic`, both parts form-decoded after the split; an empty password for a
/// public
///   client is its client_id and no more (requests-oauthlib).
/// - client_id and client_secret in the body, whichever of the two ways was registered (one
/// secret).
/// - client_assertion (RFC 7523): PrivateKeyJwt clients; aud is the issuer, or the endpoint; iss
/// and
///   sub the client_id; exp at most five minutes ahead; jti once; RS256, PS256, ES256.
/// - client_id alone: a public client (ClientAuth::None), among them documents' (find_client.hpp).
/// More than one way at once is InvalidInput; a client that has a way of proving itself and did not
/// use it is ClientInvalid. None: the request names no client at all.
/// `basic`: set where the header was used, for refusal().
[[nodiscard]] domain::Result<std::optional<AuthenticatedClient>> authenticate_client(
    const Call& call, Services& services, const Parameters& form, bool& basic);

}  // namespace postern::handlers::oauth
