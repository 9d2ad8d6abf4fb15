#pragma once

#include <string>
#include <string_view>

#include "domain/result.hpp"
#include "domain/session.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::sso {

/// How the tokens of a sign-in at a provider get to whom it was begun for.
enum class Delivery {
  /// `code=` on the address to return to: good once and briefly, exchanged for the tokens by
  /// redeem_code(), so that no token stands in an address. The address must be one of
  /// `sso.return_urls`.
  Code,
  /// `access_token=` on the address to return to, for dialects whose document says so. The address
  /// must be one of `scriptix.redirect_uris`, to the letter.
  UrlParameter,
  /// None: the browser itself is signed in at the pages (handlers/oauth/provider_sign_in.hpp). The
  /// address is that of our sign-in page, and refusals alone are sent there.
  Browser
};

/// A sign-in that is to begin. Nothing in it is checked yet.
struct Wish {
  std::string provider;   ///< the name of an [[sso.provider]]
  std::string return_to;  ///< where the browser is sent in the end
  Delivery delivery = Delivery::Code;
  domain::SessionKind kind = domain::SessionKind::Native;
  std::string state{};      ///< the caller's own, handed back as `state=`; "" for none
  std::string challenge{};  ///< S256 of what redeem_code() must be shown besides; "" for none
  /// `return_to` is an address of a dialect's own and not the caller's word: on no list.
  bool returns_to_us = false;
};

/// 303 to the provider (OpenID Connect Core 1.0 section 3.1.2.1, with PKCE: RFC 7636), and a cookie
/// by which the browser is known again. The provider sends it back to
/// `{server.issuer}/auth/v1/sso/{provider}/callback`, whatever dialect began; from there it goes to
/// `return_to` with what `delivery` says, or with `error=` and the code of a native problem.
///
/// NotFound for a provider that is not configured, InvalidInput field return_to (not on the list),
/// state or code_challenge, ProviderUnavailable, ProviderRefused, TooManyAttempts. A dialect words
/// them as it words others.
[[nodiscard]] domain::Result<Response> start_sign_in(const Request& request, Services& services,
                                                     const Wish& wish);

/// What the browser brings back from the provider. Every check that failed is one refusal to the
/// outside; the log says which.
[[nodiscard]] Response finish_at_callback(const Call& call, Services& services);

/// Tokens for the code that Delivery::Code put into the address, once. `verifier` is what the
/// challenge was made of; "" where there was none. LinkInvalid for a code that is not good (any
/// more), and what domain::sign_in_with_identity refuses.
[[nodiscard]] domain::Result<domain::Tokens> redeem_code(const Call& call, Services& services,
                                                         std::string_view code,
                                                         std::string_view verifier);

}  // namespace postern::handlers::sso
