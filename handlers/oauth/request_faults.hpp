#pragma once

#include <optional>

#include "handlers/oauth/authorization_request.hpp"

namespace postern::handlers::oauth {

/// Reads what a client asks for into `request`, whose client and redirect_uri are sound. The first
/// thing that is wrong with it; none: `request` is whole.
[[nodiscard]] std::optional<RequestFault> read_request(Services& services,
                                                       const domain::OAuthClient& client,
                                                       const Parameters& parameters,
                                                       AuthorizationRequest& request);

}  // namespace postern::handlers::oauth
