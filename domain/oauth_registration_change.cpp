#include <algorithm>

#include "domain/audit.hpp"
#include "domain/oauth_client_rows.hpp"
#include "domain/oauth_grant.hpp"
#include "domain/oauth_registration.hpp"
#include "domain/revocation.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// What read_stored expects behind the client's own columns.
#define POSTERN_OAUTH_CLIENT_HASHES \
  ", c.hash_key_id, c.registration_hash, c.former_registration_hash, c.secret_hash"

constexpr Statement kFindRegistration{"find_oauth_registration", R"sql(
  select )sql" POSTERN_OAUTH_CLIENT_COLUMNS POSTERN_OAUTH_CLIENT_HASHES R"sql(
  from postern.oauth_client c
  where c.client_id = $1 and c.registration_hash is not null)sql"};

constexpr Statement kLockRegistration{"lock_oauth_registration", R"sql(
  select )sql" POSTERN_OAUTH_CLIENT_COLUMNS POSTERN_OAUTH_CLIENT_HASHES R"sql(
  from postern.oauth_client c
  where c.id = $1 and c.registration_hash is not null
  for no key update)sql"};

/// Only while $2 is the present one: a PUT may have come between.
constexpr Statement kEndFormerToken{"end_former_registration_token", R"sql(
  update postern.oauth_client
  set former_registration_hash = null
  where id = $1 and registration_hash = $2 and former_registration_hash is not null)sql"};

constexpr Statement kReplaceRegistration{"replace_oauth_registration", R"sql(
  update postern.oauth_client
  set name = $2, auth_method = $3, redirect_uris = $4, grant_types = $5, scopes = $6,
      is_native = $7, dpop_bound = $8, require_pushed = $9, post_logout_redirect_uris = $10,
      logout_uri = $11, jwks = $12, jwks_uri = $13, keys_fetched_until = null, metadata = $14,
      fingerprint = $15, registration_hash = $16, former_registration_hash = $17, secret_hash = $18,
      id_token_alg = $19
  where id = $1)sql"};

/// A client as it is stored, and which of its tokens was shown.
struct Stored {
  OAuthClient client;
  std::uint8_t key_id = 0;
  Digest token_hash{};  ///< of what was shown
  bool has_former = false;
  bool is_present = false;  ///< it was the present token, not the one before
  std::optional<Bytes> secret_hash{};
};

/// TokenInvalid where the token is neither.
Result<Stored> read_stored(const Rows& rows, const KeyRing& ring, std::string_view token) {
  if (rows.size() != 1) return Errc::TokenInvalid;
  const Row& row = rows.front();
  std::size_t column = kOAuthClientColumns;
  Stored stored{read_oauth_client(row)};
  stored.key_id = static_cast<std::uint8_t>(row.integer(column++));
  if (!ring.has(stored.key_id)) return Errc::TokenInvalid;
  stored.token_hash = hash_registration_token(ring, stored.key_id, token);
  stored.is_present = constant_time_equal(row.bytes(column++), stored.token_hash);
  stored.has_former = !row.is_null(column);
  const bool is_former =
      stored.has_former && constant_time_equal(row.bytes(column), stored.token_hash);
  ++column;
  if (!stored.is_present && !is_former) return Errc::TokenInvalid;
  if (!row.is_null(column)) stored.secret_hash = row.bytes(column);
  return stored;
}

bool is_secret(const Stored& stored, const KeyRing& ring, std::string_view secret) {
  return stored.secret_hash &&
         constant_time_equal(*stored.secret_hash, hash_client_secret(ring, stored.key_id, secret));
}

/// What its secret is from now on. `told` is set where the client has to hear of it.
std::optional<Digest> next_secret_hash(Services& services, const Stored& stored,
                                       const ClientMetadata& metadata, std::string_view token,
                                       std::optional<Secret>& told) {
  if (!has_secret(metadata.auth)) return {};
  Secret fresh = next_client_secret(services.ring, stored.key_id, token);
  if (stored.secret_hash && !is_secret(stored, services.ring, fresh.reveal())) {
    Digest kept{};
    std::copy(stored.secret_hash->begin(), stored.secret_hash->end(), kept.begin());
    return kept;
  }
  const Digest hash = hash_client_secret(services.ring, stored.key_id, fresh.reveal());
  told = std::move(fresh);
  return hash;
}

Registered write(Transaction& tx, Services& services, const Stored& stored,
                 const ClientMetadata& metadata, std::string_view token) {
  Registered registered{stored.client};
  registered.client.metadata = metadata;
  registered.client.keys_fetched_until = std::nullopt;
  registered.registration_token = next_registration_token(services.ring, stored.key_id, token);
  const auto secret_hash = next_secret_hash(services, stored, metadata, token, registered.secret);
  const Rows written =
      tx.run(kReplaceRegistration,
             {stored.client.id, metadata.name, name_of(metadata.auth), metadata.redirect_uris,
              metadata.grant_types, metadata.scopes, metadata.is_native, metadata.dpop_bound,
              metadata.require_pushed, metadata.post_logout_redirect_uris, metadata.logout_uri,
              metadata.jwks, metadata.jwks_uri, metadata.rest, client_fingerprint(metadata),
              hash_registration_token(services.ring, stored.key_id,
                                      registered.registration_token->reveal()),
              stored.token_hash, secret_hash, name_of(metadata.id_token_alg)});
  if (written.affected != 1) throw DatabaseError("replace_oauth_registration: the row is gone");
  return registered;
}

}  // namespace

Result<OAuthClient> find_registration(Services& services, std::string_view client_id,
                                      std::string_view registration_token) {
  if (!is_clean_text(client_id)) return Errc::TokenInvalid;
  const auto stored = read_stored(services.database.run(kFindRegistration, {client_id}),
                                  services.ring, registration_token);
  if (!stored) return stored.error();
  if (stored->is_present && stored->has_former)
    services.database.run(kEndFormerToken, {stored->client.id, stored->token_hash});
  return stored->client;
}

Result<Registered> replace_registration(Services& services, const OAuthClient& client,
                                        std::string_view registration_token,
                                        const ClientMetadata& metadata,
                                        std::optional<std::string_view> secret,
                                        const Origin& origin) {
  const Outcome sound = check_client_metadata(metadata, client.origin);
  if (!sound) return sound.error();
  return services.database.transaction([&](Transaction& tx) -> Result<Registered> {
    const auto stored =
        read_stored(tx.run(kLockRegistration, {client.id}), services.ring, registration_token);
    if (!stored) return stored.error();
    if (secret && !is_secret(*stored, services.ring, *secret))
      return Error{Errc::InvalidInput, "client_secret", "invalid"};
    if (gives_up_something(services.settings, stored->client.metadata, metadata))
      revoke_grants_of_client(tx, services, client.id);
    ask_again_after(tx, services, stored->client, metadata);
    client_changed(tx, services, client.id);
    Registered registered = write(tx, services, *stored, metadata, registration_token);
    record(tx, services, {AuditEvent::ClientChanged, {}, {}, client.client_id, metadata.name},
           origin);
    return registered;
  });
}

}  // namespace postern::domain
