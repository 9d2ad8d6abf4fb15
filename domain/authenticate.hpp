#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/account.hpp"
#include "domain/fingerprint.hpp"

namespace postern::domain {

enum class CredentialKind { AccessToken, ApiKey, OAuthToken, BrowserSession };
/// access_token, api_key, oauth_token, browser_session
[[nodiscard]] std::string_view name_of(CredentialKind kind);

/// Who a valid credential stands for, and what it may do now.
struct Principal {
  Account account;
  std::vector<std::string> permissions;  ///< effective: credential ∩ role; sorted
  CredentialKind kind = CredentialKind::AccessToken;
  std::string credential_id;  ///< session id or key id
  std::optional<SessionId> session;
  std::optional<KeyId> key;
  std::optional<Instant> expires_at;
  /// A key that may less than its owner's role: the role's name alone opens nothing to it.
  bool less_than_role = false;
  /// Of a key: whose style it has. A dialect takes its own and native ones.
  std::string key_dialect;
  /// A session that has to set up a second factor before anything else (settings.mfa).
  bool lacks_second_factor = false;
  std::string restrictions;  ///< of a key: encode_restrictions(); "" for none. NOT enforced yet
  /// Of a client's token: where it may be shown (RFC 8707), to whom it was issued, and the
  /// thumbprint of the key whose proof has to come with it (RFC 9449). NOT enforced yet.
  std::vector<std::string> audience{};
  std::string client_id{};
  std::string bound_key{};
  std::vector<std::string> scopes{};    ///< as granted, before the role; openid and the like too
  Instant good_until = Instant::max();  ///< may be relied on until then, if nothing is revoked

  [[nodiscard]] bool may(std::string_view permission) const;
};

/// Signature, claims, then in one statement: the session lives, the account may act, its role's
/// permissions now. TokenInvalid, TokenExpired, TokenWrongKind, TokenRevoked, AccountInactive.
[[nodiscard]] Result<Principal> authenticate_access_token(Services& services,
                                                          std::string_view token);

/// The same of a client's token (oauth_access_token.hpp). TokenWrongKind where it is bound to a key
/// and was presented as a bearer token, or the other way round (RFC 9449 section 7.1). NOT checked:
/// the audience, the proof of its key.
[[nodiscard]] Result<Principal> authenticate_oauth_token(Services& services, PresentedAs as,
                                                         std::string_view token);

/// KeyInvalid, KeyRevoked, KeyExpired (these two only for the right secret), AccountInactive.
/// Writes last_used_at at most once a minute per key.
[[nodiscard]] Result<Principal> authenticate_key(Services& services, std::string_view text);

/// As authenticate_key(), but takes no note of the use.
struct VerifiedKey {
  Principal principal;
  std::optional<Instant> last_used_at;
};
[[nodiscard]] Result<VerifiedKey> verify_key(Services& services, std::string_view text);

/// The same of the token of a bot or of a person's scripts (bot_token.hpp). TokenInvalid;
/// KeyRevoked also where its account is gone; KeyInvalid (a row that is another's), KeyExpired,
/// AccountInactive.
[[nodiscard]] Result<VerifiedKey> verify_bot_token(Services& services, std::string_view text);

/// For its owner to see, and only ever later. A request is not refused because this could not be
/// written.
void note_key_use(Services& services, KeyId key, Instant at);

/// Whether a bearer value is a token: what has two dots is, all else is a key.
[[nodiscard]] bool looks_like_token(std::string_view value);

/// A bearer value of any kind.
[[nodiscard]] Result<Principal> authenticate_bearer(Services& services, std::string_view value);

}  // namespace postern::domain
