#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/oauth_client.hpp"
#include "domain/oauth_scope.hpp"
#include "domain/session.hpp"

namespace postern::domain {

/// What a grant is for and what it rests on.
struct GrantBasis {
  AccountId account;
  std::optional<ConsentId> consent;  ///< none: the client acts for itself
  Wanted granted;
  std::string dpop_jkt{};  ///< RFC 9449 section 5: "" where refresh tokens are bound to no key
  std::optional<SessionId> browser_session{};
  Instant signed_in_at{};  ///< auth_time
  std::string methods{};   ///< amr, a space between
};

/// What the token endpoint answers with.
struct OAuthTokens {
  Secret access;
  Instant access_expires_at;
  std::optional<Secret> refresh{};   ///< where the client has the grant type
  std::optional<Secret> id_token{};  ///< where openid was granted to a person's grant
  std::vector<std::string> scopes;   ///< all that the access token has, identity scopes included
  bool dpop = false;                 ///< token_type DPoP instead of Bearer
  Instant issued_at;
};

/// How a token request was shown to be the client's, besides its authentication.
struct TokenProof {
  std::string dpop_jkt{};  ///< thumbprint of the key of a proof that was checked; "" for none
};

/// Ends a grant by its session: the seam of R6. How many ended (0 or 1).
std::int64_t revoke_grant(Transaction& tx, Services& services, AccountId account,
                          SessionId session);
/// All grants of a client, or that rest on a consent; codes and waiting devices with them.
std::int64_t revoke_grants_of_client(Transaction& tx, Services& services, OAuthClientId client);
std::int64_t revoke_grants_of_consent(Transaction& tx, Services& services, AccountId account,
                                      ConsentId consent);
/// Whoever signs out keeps the apps that he has let in just now. Whoever ends a session from
/// elsewhere may not be who let them in, and cannot see them before they come (rule R6).
enum class BrowserEnd { SignedOut, Revoked };
/// Grants with openid and without offline_access that were consented in this session of a browser;
/// codes and devices that wait to become one, and all others too where it is revoked. Queues logout
/// notices for clients that want them (oauth_logout.hpp), also for grants with offline_access,
/// which go on.
std::int64_t revoke_grants_of_browser(Transaction& tx, Services& services, AccountId account,
                                      SessionId browser_session,
                                      BrowserEnd end = BrowserEnd::SignedOut);

/// RFC 6749 section 6 by rules R1-R3. `scope` and `resources` may narrow, for this access token,
/// never widen: ScopeInvalid (also where these list none of those), TargetInvalid. GrantInvalid for
/// a token that is none, is another client's, or whose grant has ended or was never that token's
/// (it is bound to a DPoP key that the proof is not of); a spent one ends the grant (R3). `client`
/// none: not named in the request, which only a public client's token allows: ClientInvalid.
struct RefreshRequest {
  const OAuthClient* client = nullptr;
  std::string_view refresh_token;
  std::optional<std::string_view> scope{};
  std::vector<std::string> resources{};
  TokenProof proof{};
};
[[nodiscard]] Result<OAuthTokens> refresh_grant(Services& services, const RefreshRequest& request,
                                                const Origin& origin);

/// RFC 6749 section 4.4. ClientNotAllowed; ScopeInvalid, TargetInvalid; AccountInactive (answered
/// as unauthorized_client). One grant a client, whatever it asks for: its tokens all end with it.
/// No refresh token. `sub` is `client:` and its client_id.
struct ClientRequest {
  const OAuthClient& client;
  std::optional<std::string_view> scope{};
  std::vector<std::string> resources{};
  TokenProof proof{};
};
[[nodiscard]] Result<OAuthTokens> issue_to_client(Services& services, const ClientRequest& request,
                                                  const Origin& origin);

/// RFC 7009: ends the grant of an access or refresh token of this client (`client` none: as in
/// RefreshRequest, for public clients). Unknown, dead and other clients' tokens change nothing and
/// are no error.
void revoke_token(Services& services, const OAuthClient* client, std::string_view token,
                  const Origin& origin);

/// RFC 7662. Inactive (none): not alive now, or not for this client, which sees tokens of its own,
/// and, Administrator-made, any shown to a resource. `scope`: what role and audience leave it now.
struct Introspection {
  std::string scope, client_id, username, subject, token_id, dpop_jkt;
  std::vector<std::string> audience;
  bool is_refresh = false;
  Instant issued_at, expires_at;
};
[[nodiscard]] std::optional<Introspection> introspect_token(Services& services,
                                                            const OAuthClient& client,
                                                            std::string_view token);

}  // namespace postern::domain
