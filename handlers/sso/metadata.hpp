#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/result.hpp"
#include "handlers/sso/settings.hpp"

namespace postern::handlers::sso {

/// What a provider says of itself (OpenID Connect Discovery 1.0, RFC 8414): as much as we use.
struct Metadata {
  std::string authorization_endpoint, token_endpoint, jwks_uri;
  std::string userinfo_endpoint;  ///< "" where it has none
  std::vector<std::string> token_auth_methods{"client_secret_basic"};
  bool names_issuer = false;  ///< every response carries `iss` (RFC 9207)
};

/// Where its document stands: the issuer with `/.well-known/openid-configuration` behind it.
[[nodiscard]] std::string metadata_address(const Provider& provider);

/// ProviderRefused (detail for the log) for a document that is not JSON, speaks for another issuer
/// or names an address that is not safe.
[[nodiscard]] domain::Result<Metadata> read_metadata(const Provider& provider,
                                                     std::string_view document);

/// ProviderRefused with this for the log.
[[nodiscard]] domain::Error refused(std::string why);

}  // namespace postern::handlers::sso
