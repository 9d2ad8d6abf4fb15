#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/oauth_client.hpp"
#include "domain/oauth_scope.hpp"
#include "handlers/oauth/parameters.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// An authorization request (RFC 6749 section 4.1.1) that was found sound. It travels through the
/// pages as sealed text in their addresses: nothing of it is stored, so that any number of them can
/// be under way in one browser, and strangers fill no table.
struct AuthorizationRequest {
  std::string client_id, redirect_uri, state, challenge, nonce, dpop_jkt, login_hint;
  domain::Wanted wanted;
  bool scope_given = false;
  bool form_post = false;  ///< response_mode
  bool prompt_login = false, prompt_consent = false, prompt_none = false, select_account = false;
  std::optional<domain::seconds> max_age;
  std::optional<domain::AccountId> person;  ///< whom an id_token_hint names: nobody else answers
  domain::Instant asked_at;

  [[nodiscard]] std::string seal(Services& services) const;
  /// LinkInvalid for what is not ours, or older than settings.oauth.request_lifetime.
  [[nodiscard]] static domain::Result<AuthorizationRequest> open(Services& services,
                                                                 std::string_view text);
};

/// What is wrong with a request. `redirect`: it may be told to the client (client and redirect_uri
/// are sound); otherwise it is told to the person alone, on a page (oauth.md 3a.3).
struct RequestFault {
  std::string error, description;
  bool redirect = false;
  bool temporary = false;  ///< not the client's fault: 503
};
struct CheckedRequest {
  std::optional<domain::OAuthClient> client;  ///< as far as it is known
  AuthorizationRequest request;
  std::optional<RequestFault> fault;
};
/// Takes a request_uri (RFC 9126) apart first. response_type=code, PKCE S256 alone, prompt,
/// max_age, id_token_hint, `request` and `registration` refused as OpenID Connect Core
/// section 3.1.2.6 names it.
[[nodiscard]] CheckedRequest check_authorization_request(Services& services,
                                                         const Parameters& parameters,
                                                         const domain::Origin& origin);
/// The same of what `client` pushes (RFC 9126 section 2.1), which is never an address of another.
[[nodiscard]] CheckedRequest check_pushed_request(Services& services,
                                                  const domain::OAuthClient& client,
                                                  const Parameters& parameters);
/// Whether the address is one of the client's, now.
[[nodiscard]] bool may_redirect_to(const domain::OAuthClient& client, std::string_view address);

/// 303 to the redirect_uri (or a form that posts itself, for response_mode=form_post) with these,
/// state and iss (RFC 9207).
[[nodiscard]] Response answer_client(Services& services, const AuthorizationRequest& request,
                                     const Parameters& answer);

}  // namespace postern::handlers::oauth
