#pragma once

#include <optional>
#include <string>

#include "domain/oauth_client.hpp"
#include "handlers/oauth/parameters.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// What an application asks for (OpenID Connect RP-Initiated Logout 1.0 section 2), found sound.
struct LogoutRequest {
  std::optional<domain::OAuthClient> client;
  std::optional<domain::AccountId> person;  ///< whom its id_token_hint names
  std::string redirect;  ///< "" for none; else one of the client's, to the letter
  std::string state;     ///< at most 2048 bytes, a longer one is dropped

  /// The redirect with the state.
  [[nodiscard]] std::string address() const;
  /// How it goes on in addresses and forms of ours: nothing of it can be read there (an ID token
  /// may hold an address of mail). "" where nothing was asked for.
  [[nodiscard]] std::string seal(Services& services) const;
};

/// Of `request`, as seal() made it within the last settings.oauth.request_lifetime (LinkInvalid
/// else); without one, of id_token_hint, client_id, post_logout_redirect_uri and state. An ID token
/// is a hint however old it is. One that cannot be read (its key may be gone) says nothing: without
/// client_id the redirect is dropped as well. InvalidInput for what names two clients, or an
/// address that is not the client's; and as find_client() refuses.
[[nodiscard]] domain::Result<LogoutRequest> read_logout_request(Services& services,
                                                                const Parameters& parameters,
                                                                const domain::Origin& origin);

}  // namespace postern::handlers::oauth
