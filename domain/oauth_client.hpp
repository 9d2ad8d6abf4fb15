#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/page.hpp"
#include "domain/secret.hpp"
#include "domain/services.hpp"

namespace postern::domain {

/// How we came to know a client. The numbers are stored.
enum class ClientOrigin : std::int16_t {
  Registered = 1,     ///< by itself (RFC 7591): a stranger
  Administrator = 2,  ///< an administrator made it
  Document = 3        ///< its client_id is the address of its metadata document
};

/// token_endpoint_auth_method (RFC 7591 section 2).
enum class ClientAuth { None, SecretBasic, SecretPost, PrivateKeyJwt };
[[nodiscard]] std::string_view name_of(ClientAuth method);  ///< none, client_secret_basic, …
[[nodiscard]] std::optional<ClientAuth> client_auth(std::string_view name);
/// Whether the method goes by a secret; a client that has one may use either of those two.
[[nodiscard]] bool has_secret(ClientAuth method);

namespace grant_type {
inline constexpr std::string_view kCode = "authorization_code";
inline constexpr std::string_view kRefresh = "refresh_token";
inline constexpr std::string_view kClient = "client_credentials";
inline constexpr std::string_view kDevice = "urn:ietf:params:oauth:grant-type:device_code";
}  // namespace grant_type

/// What a client says of itself (RFC 7591 section 2) and what was made of it.
struct ClientMetadata {
  std::string name;  ///< untrusted; may be ""
  ClientAuth auth = ClientAuth::SecretBasic;
  std::vector<std::string> redirect_uris{};
  std::vector<std::string> grant_types{"authorization_code"};
  std::optional<std::vector<std::string>> scopes{};  ///< at most these; none: all of a resource
  bool is_native = false;                            ///< application_type
  bool dpop_bound = false;                           ///< dpop_bound_access_tokens
  bool require_pushed = false;                       ///< require_pushed_authorization_requests
  std::vector<std::string> post_logout_redirect_uris{};
  std::string logout_uri{};  ///< backchannel_logout_uri
  /// id_token_signed_response_alg; also of its logout tokens. RS256 is OpenID Connect's default
  /// (Dynamic Client Registration 1.0 section 2).
  SigningAlgorithm id_token_alg = SigningAlgorithm::Rs256;
  std::string jwks{};  ///< JSON (RFC 7517); checked by whoever read it
  std::string jwks_uri{};
  std::string rest = "{}";  ///< JSON of what is only given back: client_uri, logo_uri, contacts, …

  [[nodiscard]] bool allows(std::string_view grant) const;
};

/// What can be judged without JSON. InvalidInput whose field is the metadata's name (redirect_uris
/// for redirect URIs, which is invalid_redirect_uri; all else is invalid_client_metadata): sizes
/// (rule R9: 20 redirect URIs of 2048 bytes, 100 scopes, 8192 bytes of jwks, 4096 of the rest, 200
/// code points of name), redirect URIs (oauth_redirect.hpp) needed for authorization_code, secrets
/// not for Document, jwks and jwks_uri not both and one of them for private_key_jwt,
/// client_credentials only for Administrator and not with ClientAuth::None, a grant type that we
/// have.
[[nodiscard]] Outcome check_client_metadata(const ClientMetadata& metadata, ClientOrigin origin);

struct OAuthClient {
  OAuthClientId id;
  std::string client_id;
  ClientOrigin origin = ClientOrigin::Registered;
  ClientMetadata metadata;
  std::optional<AccountId> account;      ///< whom client_credentials are for
  std::optional<Instant> fetched_until;  ///< its metadata document is asked for again from then on
  /// What jwks_uri says is asked for again from then on; none: it never was.
  std::optional<Instant> keys_fetched_until;
  Instant created_at;
  std::optional<Instant> last_used_at;
  /// When people who consented before came to be asked again (oauth_consent.hpp); none: never.
  std::optional<Instant> answers_changed_at{};
};

/// ClientInvalid for one that is not known. One statement at most: where there is a ClientMemory,
/// what it remembers is used (client_memory.hpp). A Document client is found only once
/// put_client_document() has written it, however old that is by now.
[[nodiscard]] Result<OAuthClient> find_client(Services& services, std::string_view client_id);
[[nodiscard]] Result<OAuthClient> find_client(Services& services, OAuthClientId id);

/// The client, if this is its secret: ClientInvalid otherwise, and for one that has none. One
/// statement at most, one HMAC; compared in constant time. NOT limited: secrets have 256 random
/// bits.
[[nodiscard]] Result<OAuthClient> find_client_by_secret(Services& services,
                                                        std::string_view client_id,
                                                        std::string_view secret);

/// Takes note, at most once an hour, that it is in use.
void note_client_use(Executor& executor, Services& services, const OAuthClient& client);

struct NewClient {
  ClientMetadata metadata;
  std::optional<AccountId> account{};  ///< needed for client_credentials
};
struct MadeClient {
  OAuthClient client;
  std::optional<Secret> secret{};  ///< [A-Za-z0-9], 256 bits; shown this once
};
/// An administrator makes one. As check_client_metadata() refuses; InvalidInput field account.
[[nodiscard]] Result<MadeClient> create_client(Services& services, const NewClient& wanted,
                                               std::optional<AccountId> actor,
                                               const Origin& origin);

/// Newest first. InvalidInput field limit or cursor.
[[nodiscard]] Result<Page<OAuthClient>> list_clients(Services& services, const PageRequest& page);

/// With its codes, consents, grants and tokens, at once (rule R6). NotFound.
[[nodiscard]] Outcome delete_client(Services& services, OAuthClientId id,
                                    std::optional<AccountId> actor, const Origin& origin);

}  // namespace postern::domain
