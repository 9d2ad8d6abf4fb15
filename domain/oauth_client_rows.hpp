#pragma once

#include <optional>
#include <string_view>

#include "domain/oauth_client.hpp"

namespace postern::domain {

/// What the files that read or write postern.oauth_client share. Not for others.

/// The columns that `read_oauth_client` expects, of a client `c`. Statements of other tables join
/// it and read what they need in one.
#define POSTERN_OAUTH_CLIENT_COLUMNS                                                    \
  "c.id, c.client_id, c.origin, c.name, c.account_id, c.auth_method, c.redirect_uris, " \
  "c.grant_types, c.scopes, c.is_native, c.dpop_bound, c.require_pushed, "              \
  "c.post_logout_redirect_uris, c.logout_uri, c.id_token_alg, c.jwks, c.jwks_uri, "     \
  "postern.micros(c.fetched_until), postern.micros(c.keys_fetched_until), c.metadata, " \
  "postern.micros(c.created_at), postern.micros(c.last_used_at), "                      \
  "postern.micros(c.answers_changed_at)"
inline constexpr std::size_t kOAuthClientColumns = 23;
[[nodiscard]] OAuthClient read_oauth_client(const Row& row, std::size_t first_column = 0);

/// What is stored of a client's secret, or of its registration token: HMAC under the master key of
/// that id, which must be one of the ring's; the two differ for the same text (rule R10).
[[nodiscard]] Digest hash_client_secret(const KeyRing& ring, std::uint8_t key_id,
                                        std::string_view secret);
[[nodiscard]] Digest hash_registration_token(const KeyRing& ring, std::uint8_t key_id,
                                             std::string_view token);

/// SHA-256 over what was registered, so that equal registrations can be counted: loopback redirect
/// URIs count without their ports, which programs choose anew each time.
[[nodiscard]] Digest client_fingerprint(const ClientMetadata& metadata);

/// The registration token and the secret that a PUT with `registration_token` makes: always the
/// same, so that whoever repeats it is told the same.
[[nodiscard]] Secret next_registration_token(const KeyRing& ring, std::uint8_t key_id,
                                             std::string_view registration_token);
[[nodiscard]] Secret next_client_secret(const KeyRing& ring, std::uint8_t key_id,
                                        std::string_view registration_token);

inline constexpr std::string_view kRegistrationTokenPrefix = "reg_";

/// Whether it may do less than before: with fewer grant types, or scopes. Then what it was granted
/// has to end (rule R6).
[[nodiscard]] bool gives_up_something(const Settings& settings, const ClientMetadata& before,
                                      const ClientMetadata& after);

/// Where it has another name or one more redirect URI (a loopback port is none) than before: people
/// who consented so far are asked again (RFC 6749 section 10.2). For the transaction that holds the
/// client's row for update.
void ask_again_after(Transaction& tx, Services& services, const OAuthClient& before,
                     const ClientMetadata& after);

struct ClientToInsert {
  OAuthClient client;
  std::uint8_t hash_key_id = 0;
  std::optional<Digest> secret_hash{};
  std::optional<Digest> registration_hash{};
};
/// Checks nothing.
void insert_client(Executor& executor, const ClientToInsert& wanted);

/// Deletes a client with all that it was granted, in a transaction that records it. NotFound.
[[nodiscard]] Outcome remove_client(Transaction& tx, Services& services, OAuthClientId id,
                                    std::optional<AccountId> actor, const Origin& origin);
/// All that act for this account (client_credentials): before the account goes.
void remove_clients_of(Transaction& tx, Services& services, AccountId account,
                       std::optional<AccountId> actor, const Origin& origin);

}  // namespace postern::domain
