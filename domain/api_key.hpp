#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/account.hpp"
#include "domain/key_restrictions.hpp"

namespace postern::domain {

/// The text of a key: `<prefix><12 base62: lookup id>_<32 base62: secret><checksum6>`, the checksum
/// over all before it. 190 bits of secret. Parsing checks form and checksum, not the database.
struct KeyText {
  std::string lookup_id;
  std::string_view secret;
};
inline constexpr std::size_t kKeyLookupLength = 12;
inline constexpr std::size_t kKeySecretLength = 32;
[[nodiscard]] Secret make_key_text(std::string_view prefix, std::string_view lookup_id,
                                   const Secret& secret);
/// Any prefix of 0-16 characters [a-z0-9_] ending in '_' is accepted: the stored row decides.
[[nodiscard]] std::optional<KeyText> parse_key_text(std::string_view text);

/// Numbers are stored. One live personal key and one live token per account (rule R4); any number
/// of named ones. A token's text is a JWT (bot_token.hpp).
enum class KeyKind : std::int16_t { Named = 1, Personal = 2, Token = 3 };
enum class KeyStatus { Active, Expired, Revoked };
[[nodiscard]] std::string_view name_of(KeyKind kind);      ///< named, personal, token
[[nodiscard]] std::string_view name_of(KeyStatus status);  ///< active, expired, revoked

struct ApiKey {
  KeyId id;
  std::int64_t number = 0;  ///< for dialects whose ids are integers
  AccountId account;
  std::int64_t account_number = 0;
  std::string username;
  KeyKind kind = KeyKind::Named;
  std::string dialect;  ///< whose style it has (key_style.hpp)
  std::string type;     ///< the word its dialect gives it; "" for none
  std::string name;
  /// How the key begins: its first 12 characters, and 4 behind its style's prefix at the least.
  /// Enough to recognise, not to use.
  std::string key_prefix;
  /// None: all that the owner's role has. Otherwise intersected with it at each check.
  std::optional<std::vector<std::string>> permissions;
  KeyRestrictions restrictions;
  Instant created_at;
  std::optional<Instant> expires_at, last_used_at, revoked_at;

  [[nodiscard]] KeyStatus status(Instant now) const;
};

struct IssuedKey {
  ApiKey key;
  Secret text;  ///< shown this once
};

struct NewKey {
  std::string name;
  std::optional<std::vector<std::string>> permissions;
  std::optional<std::chrono::days> lifetime;  ///< 1 to 3650 days; none: until revoked
  std::string dialect = "native";             ///< with type: its style (key_style.hpp)
  std::string type{};
  KeyRestrictions restrictions{};
  /// Asked for with a key and not by a session: what is made is never worth more (key_power.hpp),
  /// and has that key's restrictions.
  std::optional<KeyId> made_with{};
};

/// InvalidInput (field name, permissions, expires_in_days, dialect, type, restrictions.…),
/// NotPermitted for a permission that the role does not have (field permissions) or that the style
/// asks of the owner (field dialect), Taken (field name) among the account's live keys where the
/// style wants unique names, TooManyAttempts past settings.keys.per_account, KeyRevoked where
/// `made_with` is not alive any more.
[[nodiscard]] Result<IssuedKey> issue_key(Services& services, AccountId account,
                                          const NewKey& wanted, std::optional<AccountId> actor,
                                          const Origin& origin);

/// A successor with the same style, name, permissions, restrictions and expiry; where the style
/// makes an expiry mandatory, it lives from now on as long as the old one was issued for. The old
/// one ends after `grace` (0: in the same commit; at most 7 days). NotFound for a key that is not
/// the account's or not live; NotPermitted (field dialect) where the owner may not have such a key
/// any more.
[[nodiscard]] Result<IssuedKey> rotate_key(Services& services, AccountId account, KeyId key,
                                           std::chrono::seconds grace, const Origin& origin);

/// NotFound for another account's key or one that ended already.
[[nodiscard]] Outcome revoke_account_key(Services& services, AccountId account, KeyId key,
                                         std::optional<AccountId> actor, const Origin& origin);

/// The personal key (rule R4): revokes the old one in the same commit. Of concurrent calls exactly
/// one's key is live at the end; every key that was answered worked from its answer on until it was
/// replaced by a later one.
[[nodiscard]] Result<IssuedKey> generate_personal_key(Services& services, AccountId account,
                                                      std::optional<AccountId> actor,
                                                      const Origin& origin);
/// NotFound when there is none.
[[nodiscard]] Outcome revoke_personal_key(Services& services, AccountId account,
                                          std::optional<AccountId> actor, const Origin& origin);
/// The live personal key in clear, where settings.keys.read_back kept a copy; otherwise none.
[[nodiscard]] std::optional<Secret> read_back_personal_key(Services& services, AccountId account);

/// Newest first; tombstones included. No account: those of all (administration).
[[nodiscard]] Result<Page<ApiKey>> list_keys(Services& services, std::optional<AccountId> account,
                                             const PageRequest& page);
/// Live personal keys, newest first: at most one an account. No account: those of all.
[[nodiscard]] Result<Page<ApiKey>> list_personal_keys(Services& services,
                                                      std::optional<AccountId> account,
                                                      const PageRequest& page);
[[nodiscard]] Result<ApiKey> find_key(Services& services, KeyId id);
[[nodiscard]] Result<ApiKey> find_key_by_number(Services& services, std::int64_t number);

}  // namespace postern::domain
