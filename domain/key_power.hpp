#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/api_key.hpp"

namespace postern::domain {

/// What a key is worth besides being its owner's: what it may do, where and how often, and until
/// when. For dialects in which a key may manage keys: a key that was made with another is never
/// worth more than that one.
struct KeyPower {
  std::optional<std::vector<std::string>> permissions;  ///< none: all that the owner's role has
  KeyRestrictions restrictions;
  std::optional<Instant> expires_at;  ///< none: until revoked
};
[[nodiscard]] KeyPower power_of(const ApiKey& key);

/// What a key gets that is made with another: of the permissions asked for those that its maker and
/// the role have (asking for none in particular: all of those), the maker's restrictions as they
/// stand, and the earlier end. NOT shared: requests a minute, which each key has for itself.
[[nodiscard]] KeyPower narrowed(const KeyPower& wanted, const KeyPower& maker,
                                const std::vector<std::string>& role);

/// Whether `inner` is worth no more than `outer` in any respect. Networks and paths are compared as
/// they are written: a part of one that `outer` names counts as something else.
[[nodiscard]] bool covers(const KeyPower& outer, const KeyPower& inner);

/// As revoke_account_key(), asked for with the key `maker`, which must be alive when the other one
/// ends: KeyRevoked. NotPermitted for a key that is worth more than `maker`: what it could not have
/// made it does not end.
[[nodiscard]] Outcome revoke_key_with_key(Services& services, AccountId account, KeyId maker,
                                          KeyId key, const Origin& origin);

}  // namespace postern::domain
