#pragma once

#include <string>

#include "handlers/oauth/authorization_request.hpp"
#include "handlers/oauth/visitor.hpp"

namespace postern::handlers::oauth {

/// Tells the client that its request comes to nothing. Strangers may register themselves, and a
/// redirection that nobody who is signed in here asked for would make our address a way to any
/// address of theirs (RFC 9700 section 4.11.2, oauth.md 3a.3): then it is a page with a link, but
/// for programs on this machine.
[[nodiscard]] Response tell_client(Services& services, const Visitor& visitor,
                                   const domain::OAuthClient& client,
                                   const AuthorizationRequest& request, std::string error,
                                   std::string description);

}  // namespace postern::handlers::oauth
