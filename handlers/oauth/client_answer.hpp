#pragma once

#include <string>

#include "handlers/oauth/authorization_request.hpp"

namespace postern::handlers::oauth {

/// The address that brings an answer to the client: its redirect_uri with these, state and iss.
[[nodiscard]] std::string answer_address(const Services& services,
                                         const AuthorizationRequest& request,
                                         const Parameters& answer);
/// An error as RFC 6749 section 4.1.2.1 has it.
[[nodiscard]] Parameters error_parameters(std::string error, std::string description);
[[nodiscard]] Response refuse_client(Services& services, const AuthorizationRequest& request,
                                     std::string error, std::string description);

/// The same answer behind a page that goes on by itself, and by its link: for what follows upon a
/// form with a password, whose page lets nothing lead out of this server (form-action holds for
/// the redirections after a form, too).
[[nodiscard]] Response answer_by_page(Services& services, const AuthorizationRequest& request,
                                      const Parameters& answer);

/// CSP sources that a form of ours may end up at when its answer is redirected to `redirect_uri`:
/// that address, and whatever https address the client goes on to from there.
[[nodiscard]] std::string form_targets(std::string_view redirect_uri);

}  // namespace postern::handlers::oauth
