#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/oauth_grant.hpp"

namespace postern::domain {

struct NewCode {
  const OAuthClient& client;
  GrantBasis basis;
  std::string redirect_uri;
  std::string challenge;  ///< S256, 43 characters of base64url
  std::string nonce{};    ///< at most 512 bytes of ASCII
};
/// An authorization code: 43 of [A-Za-z0-9], good once within settings.oauth.code_lifetime.
/// GrantInvalid where what it would rest on has ended meanwhile: the consent, the client, the
/// account, the browser's session.
[[nodiscard]] Result<Secret> issue_code(Transaction& tx, Services& services, const NewCode& wanted);

/// RFC 6749 section 4.1.3 with RFC 7636. GrantInvalid for whatever is not right: unknown, too old,
/// of another client, another redirect_uri (where one is named), a wrong verifier (three of them
/// and the code is dead), another DPoP key, an account that may not act, a consent that is gone. A
/// second use ends what the first one got (RFC 9700 section 2.1.1) and is audited (CodeReplayed).
/// `resources` may narrow the access token: TargetInvalid. ClientNotAllowed. One transaction.
struct CodeRequest {
  const OAuthClient& client;
  std::string_view code;
  std::string_view verifier;
  std::optional<std::string_view> redirect_uri{};
  std::vector<std::string> resources{};
  TokenProof proof{};
};
[[nodiscard]] Result<OAuthTokens> redeem_code(Services& services, const CodeRequest& request,
                                              const Origin& origin);

}  // namespace postern::domain
