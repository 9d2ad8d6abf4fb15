#pragma once

#include <string>
#include <string_view>

#include "domain/clock.hpp"
#include "domain/identity.hpp"
#include "domain/limiter.hpp"
#include "domain/result.hpp"
#include "domain/settings.hpp"
#include "fcgi/request.hpp"

namespace postern::handlers {

/// A client's token (OAuth) that is alive, on its way into a place of ours.
struct ClientTokenUse {
  const fcgi::Request& request;
  std::string_view token;
  const domain::IdentityFields& identity;
  const domain::OAuthResource* place;  ///< whose part of the site the path is; null: nobody's
};

/// What it has to be besides (oauth.md 3a.10, 3a.26): for the resource that the path belongs to, or
/// TokenInvalid; and where it is bound to a key, with a proof of that key for this request (RFC
/// 9449 section 7.1), or InvalidInput field `dpop`. A proof is good once: to be called once a
/// request.
[[nodiscard]] domain::Outcome admit_client_token(const ClientTokenUse& use,
                                                 const domain::OAuthSettings& settings,
                                                 domain::Limiter& limiter,
                                                 const domain::Clock& clock);

/// `resource_metadata="URL"`, which leads a client to the authorization server (RFC 9728 section
/// 5.1).
[[nodiscard]] std::string resource_metadata_parameter(const domain::OAuthResource& place);

}  // namespace postern::handlers
