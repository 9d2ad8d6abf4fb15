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

/// CSP sources that a form of ours may end up at when its answer is redirected to `address`, for
/// form-action holds for every redirection after a form: that address, and whatever https address
/// its owner goes on to from there. "" for a path of our own.
[[nodiscard]] std::string form_targets(std::string_view address);

}  // namespace postern::handlers::oauth
