#pragma once

#include <optional>
#include <string>

#include "domain/oauth_consent.hpp"
#include "domain/oauth_grant.hpp"
#include "handlers/oauth/authorization_request.hpp"
#include "handlers/oauth/visitor.hpp"

namespace postern::handlers::oauth {

/// What an authorization request needs next from whoever sits there.
struct Step {
  enum class Kind {
    SignIn,   ///< nobody, somebody else (id_token_hint), or too long ago (prompt=login, max_age)
    Consent,  ///< to be asked; `error` for prompt=none
    Answer    ///< nobody: `answer` is the client's
  };
  Kind kind = Kind::SignIn;
  std::optional<Parameters> answer{};  ///< `code=` for the standing consent
};
/// What it is; where nobody has to be asked, it is taken as well, and the code is issued.
/// A standing consent is enough only where the redirect_uri shows who listens there (RFC 8252
/// section 8.6), and nobody asked for the question (prompt=consent, select_account).
[[nodiscard]] Step take_next_step(Services& services, const Visitor& visitor,
                                  const domain::OAuthClient& client,
                                  const AuthorizationRequest& request);
/// OpenID Connect Core section 3.1.2.6: what is said where prompt=none forbids the step.
[[nodiscard]] std::string error_of(Step::Kind kind);

/// Whether it is the person that the request means; anybody, where it means nobody.
[[nodiscard]] bool is_person(const domain::BrowserSession& session,
                             const AuthorizationRequest& request);
/// The same, and signed in as recently as the request wants it.
[[nodiscard]] bool may_answer(const domain::BrowserSession& session,
                              const AuthorizationRequest& request);

/// What a code, or a device's tokens, rest on: who is signed in here, and how.
[[nodiscard]] domain::GrantBasis basis_of(const domain::BrowserSession& session,
                                          domain::ConsentId consent, domain::Wanted granted);
/// The person said yes: the consent and the code come to be in one transaction. AccountInactive;
/// ClientInvalid where `client` is not any more what the person was shown (oauth_consent.hpp);
/// GrantInvalid where he signed out, or the client was deleted, in the same moment.
[[nodiscard]] domain::Result<Parameters> consent_and_code(Services& services,
                                                          const domain::OAuthClient& client,
                                                          const AuthorizationRequest& request,
                                                          const domain::BrowserSession& session,
                                                          const domain::Origin& origin);

/// A request that came back to us in an address or a form, with its client as that is now.
struct OpenedRequest {
  std::string text;  ///< as it was sealed
  AuthorizationRequest request;
  domain::OAuthClient client;
};
/// LinkInvalid; ClientInvalid where the client or its redirect_uri is gone meanwhile, and what
/// find_client() refuses.
[[nodiscard]] domain::Result<OpenedRequest> open_request(Services& services, std::string_view text,
                                                         const domain::Origin& origin);
/// The page for that.
[[nodiscard]] Response request_gone(const Services& services, const domain::Error& error);

[[nodiscard]] std::string sign_in_address(const Services& services, std::string_view request);
[[nodiscard]] std::string consent_address(const Services& services, std::string_view request);
[[nodiscard]] Response see_other(const std::string& address);

}  // namespace postern::handlers::oauth
