#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "domain/services.hpp"

namespace postern::domain {

/// The one seam through which anything that could authenticate stops to (rule R6): every function
/// that ends sessions or keys, or changes what they are worth, comes here within its transaction.
/// What was revoked is noted for the transaction's Announcement: with the commit this machine's
/// cache forgets it before anybody is answered, and the others are told. Nothing is noted where no
/// row ended.

/// How many rows ended.
std::int64_t revoke_session(Transaction& tx, Services& services, AccountId account,
                            SessionId session);
/// With the codes and devices that the owner let in and nobody came for yet; those of `keep` stay.
/// Clients that people sign in at are told (oauth_logout.hpp).
std::int64_t revoke_sessions(Transaction& tx, Services& services, AccountId account,
                             std::optional<SessionId> keep);
/// Those, whosever they are.
std::int64_t revoke_sessions(Transaction& tx, Services& services,
                             const std::vector<SessionId>& sessions);
/// Keys leave a tombstone, so that a revoked key can be told from an unknown one.
std::int64_t revoke_key(Transaction& tx, Services& services, AccountId account, KeyId key,
                        std::string_view reason);
std::int64_t revoke_keys(Transaction& tx, Services& services, AccountId account,
                         std::string_view reason);
/// The account's role, state, permissions or names changed (the names travel with each check), or
/// the end of one of its credentials came nearer.
void account_changed(Transaction& tx, Services& services, AccountId account);
/// An OAuth client's secret, keys or rights changed, or it is gone. What it was granted is NOT
/// revoked by this (oauth_grant.hpp).
void client_changed(Transaction& tx, Services& services, OAuthClientId client);
/// Something changed that any credential may depend on: what a role permits, the keys that tokens
/// are checked with.
void everything_changed(Transaction& tx, Services& services);

}  // namespace postern::domain
