#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/external_identity.hpp"
#include "handlers/services.hpp"
#include "handlers/sso/attempt.hpp"
#include "handlers/sso/metadata.hpp"

namespace postern::handlers::sso {

/// Where providers send browsers back to, and what is registered with them:
/// `{server.issuer}/auth/v1/sso/{provider}/callback`.
[[nodiscard]] std::string callback_address(const Services& services, const Provider& provider);

/// Exchanges the code for an ID token at the token endpoint (OpenID Connect Core 1.0 section 3.1.3;
/// the client authenticates as its metadata allows: client_secret_basic, client_secret_post, or not
/// at all without a secret), verifies it, and asks the userinfo endpoint (section 5.3) where the
/// token has no address although `email` is among the scopes. ProviderRefused, ProviderUnavailable.
[[nodiscard]] domain::Result<domain::VouchedIdentity> exchange_code(Services& services,
                                                                    const Provider& provider,
                                                                    const Attempt& attempt,
                                                                    std::string_view code);

/// The body of the request to the token endpoint and its Authorization, for exchange_code().
struct TokenRequest {
  domain::Secret form;
  std::optional<domain::Secret> authorization;
};
/// ProviderRefused where the provider takes none of the ways that we know.
[[nodiscard]] domain::Result<TokenRequest> token_request(const Provider& provider,
                                                         const Metadata& metadata,
                                                         const Attempt& attempt,
                                                         std::string_view code,
                                                         std::string_view callback);

}  // namespace postern::handlers::sso
