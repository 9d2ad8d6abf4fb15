#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/api_key.hpp"

namespace postern::domain {

/// The one token of a bot, or of a person's own scripts (rule R4: KeyKind::Token). An API key in
/// all that matters (a row, revocation, the list of keys), whose text is a JWT as Kitsu's clients
/// know it: HS256 under the master key ring, header `{"alg":"HS256","typ":"JWT"}` to the byte,
/// claims fresh, iat, jti (the key's id), type "access", sub, nbf, identity_type ("bot",
/// "person_api"), and exp only where it ends. Signed by the ring and not by a signing key since it
/// may live for years. A text that begins with that header is such a token and never anything else
/// (RFC 8725 section 3.1: nothing in the token chooses how it is checked).

inline constexpr std::string_view kBotTokenDialect = "kitsu";

/// Whether a bearer value is to be checked as one.
[[nodiscard]] bool looks_like_bot_token(std::string_view text);

/// The key it names. Checks form and signature, NOT the row, NOT the end. TokenInvalid.
struct BotTokenClaims {
  KeyId key;
  AccountId account;
};
[[nodiscard]] Result<BotTokenClaims> read_bot_token(const KeyRing& ring, std::string_view text);

/// A new one; the former is revoked in the same commit, and of any number of simultaneous calls
/// exactly one's token is live at the end. `ends_on`: "YYYY-MM-DD", good to the end of that day
/// (UTC); none: until it is revoked. InvalidInput field expiration_date: invalid, or in_the_past.
/// NotFound; AccountInactive: a disabled account's token would come alive with it, unseen. The
/// former token's fate goes with the answer: nothing is revoked where it is refused.
[[nodiscard]] Result<IssuedKey> issue_bot_token(Services& services, AccountId account,
                                                const std::optional<std::string>& ends_on,
                                                std::optional<AccountId> actor,
                                                const Origin& origin);

/// Ends it. NotFound where there is none.
[[nodiscard]] Outcome revoke_bot_token(Services& services, AccountId account,
                                       std::optional<AccountId> actor, const Origin& origin);

/// Within the transaction that disables an account: its token does not come back with it.
void end_bot_token(Transaction& tx, Services& services, AccountId account);

}  // namespace postern::domain
