#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "domain/authenticate.hpp"
#include "domain/fingerprint.hpp"
#include "domain/identity.hpp"

namespace postern::domain {

/// What the gate asks of a credential: whom it stands for, or why it is refused.
struct CredentialCheck {
  std::optional<Errc> refusal;
  IdentityText identity;  ///< nobody's when refused
};

/// Bearer: an access token, a client's, a bot's token or an API key. Key: an API key and nothing
/// else; Dpop: a client's token that is bound to a key and nothing else; Cookie: a browser's
/// session and nothing else (rule R10). Answers as authenticate_bearer(),
/// authenticate_oauth_token(), authenticate_key() and find_browser_session() do, and
/// SecondFactorRequired for a session that has to set one up first
/// (Principal::lacks_second_factor); where there is a CheckMemory, remembered answers are used and
/// made, and the last use of a key is noted there instead of in its row.
[[nodiscard]] CredentialCheck check_credential(Services& services, PresentedAs as,
                                               std::string_view credential);

/// A credential as it was presented.
struct Presentation {
  PresentedAs as;
  std::string_view credential;
};
/// Several at once, in order: what has to be asked is asked in one statement for each of the five
/// kinds.
[[nodiscard]] std::vector<CredentialCheck> check_credentials(
    Services& services, std::span<const Presentation> presented);

}  // namespace postern::domain
