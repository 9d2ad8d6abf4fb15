#pragma once

#include <optional>
#include <string_view>

#include "domain/services.hpp"

namespace postern::domain {

/// The one seam through which anything that could authenticate stops to (rule R6): every function
/// that ends sessions or keys, or changes what they are worth, comes here within its transaction.
/// Whatever caches credentials hooks in here and nowhere else.

/// How many rows ended.
std::int64_t revoke_session(Transaction& tx, Services& services, AccountId account,
                            SessionId session);
std::int64_t revoke_sessions(Transaction& tx, Services& services, AccountId account,
                             std::optional<SessionId> keep);
/// Keys leave a tombstone, so that a revoked key can be told from an unknown one.
std::int64_t revoke_key(Transaction& tx, Services& services, AccountId account, KeyId key,
                        std::string_view reason);
std::int64_t revoke_keys(Transaction& tx, Services& services, AccountId account,
                         std::string_view reason);
/// The account's role, state or permissions changed.
void account_changed(Transaction& tx, Services& services, AccountId account);

}  // namespace postern::domain
