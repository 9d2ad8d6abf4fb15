#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/api_key.hpp"
#include "domain/key_style.hpp"

namespace postern::domain {

/// The columns that `read_api_key` expects, of a key `k` and its owner `a`.
#define POSTERN_KEY_COLUMNS                                                            \
  "k.id, k.number, k.account_id, a.number, a.username, k.kind, k.name, k.key_prefix, " \
  "k.permissions, postern.micros(k.created_at), postern.micros(k.expires_at), "        \
  "postern.micros(k.last_used_at), postern.micros(k.revoked_at), k.dialect, k.type, "  \
  "k.cidrs, k.paths, k.requests_per_minute"
[[nodiscard]] ApiKey read_api_key(const Row& row);

/// Of three columns that follow each other: cidrs, paths, requests_per_minute.
[[nodiscard]] KeyRestrictions read_restrictions(const Row& row, std::size_t first);

/// What is stored of a key: HMAC over all of it but the checksum, so that neither prefix, lookup id
/// nor secret can be exchanged for another (rule R5). `key_id` must be one of the ring's.
[[nodiscard]] Digest hash_key_text(const KeyRing& ring, std::uint8_t key_id, std::string_view text);

/// Under which context the kept copy of a personal key is sealed.
[[nodiscard]] std::string key_seal_context(KeyId key);

struct KeyOwner {
  AccountId id;
  std::int64_t number = 0;
  std::string username;
  std::vector<std::string> permissions;  ///< of the role, now

  [[nodiscard]] bool may(std::string_view permission) const;
};

/// Locks the account's row: whatever makes or ends its keys comes one after the other (rule R4).
[[nodiscard]] std::optional<KeyOwner> lock_key_owner(Transaction& tx, AccountId account);

/// One live key of that account, locked; none when it is another's, revoked or expired.
[[nodiscard]] std::optional<ApiKey> lock_live_key(Transaction& tx, Services& services,
                                                  AccountId account, KeyId key);

/// Ends the live key of a kind of which an account has at most one: its id, where there was one.
/// The account's row must be locked.
std::optional<KeyId> revoke_only_key(Transaction& tx, Services& services, AccountId account,
                                     KeyKind kind, std::string_view reason);
/// The same as a whole: recorded, in a transaction of its own. NotFound where there is none.
[[nodiscard]] Outcome end_only_key(Services& services, AccountId account, KeyKind kind,
                                   std::optional<AccountId> actor, const Origin& origin);

[[nodiscard]] std::int64_t count_live_keys(Transaction& tx, Services& services, AccountId account);

/// Whether the owner's role lets it make a key of this style: NotPermitted, field dialect.
[[nodiscard]] Outcome check_style_owner(const KeyOwner& owner, const KeyStyle& style);

struct KeyToInsert {
  KeyKind kind = KeyKind::Named;
  KeyStyle style;
  std::string name;
  std::optional<std::vector<std::string>> permissions;
  KeyRestrictions restrictions;
  std::optional<Instant> expires_at;
};
/// What is known of a key that is to be stored; its text and its number come later.
[[nodiscard]] ApiKey describe_key(const KeyOwner& owner, const KeyToInsert& wanted, KeyId id,
                                  Instant now);

/// What a row holds besides.
struct KeyProof {
  std::string lookup_id;
  Digest hash{};
  std::uint8_t hash_key = 0;  ///< which of the ring's keys it was made under
  std::optional<Bytes> sealed_copy{};
};
/// The key's number.
[[nodiscard]] std::int64_t store_key(Transaction& tx, const ApiKey& key, const KeyProof& proof);

/// Makes and stores one. Checks nothing.
[[nodiscard]] IssuedKey insert_key(Transaction& tx, Services& services, const KeyOwner& owner,
                                   const KeyToInsert& wanted);

}  // namespace postern::domain
