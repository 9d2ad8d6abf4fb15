#include "domain/oauth_client_rows.hpp"

#include <algorithm>

#include "domain/alphanumeric_secret.hpp"
#include "domain/oauth_redirect.hpp"
#include "domain/oauth_scope.hpp"
#include "domain/sha256.hpp"

namespace postern::domain {
namespace {

constexpr Statement kInsertClient{"insert_oauth_client", R"sql(
  insert into postern.oauth_client
    (id, client_id, origin, name, account_id, auth_method, redirect_uris, grant_types, scopes,
     is_native, dpop_bound, require_pushed, post_logout_redirect_uris, logout_uri, id_token_alg,
     jwks, jwks_uri, fetched_until, metadata, created_at, fingerprint, hash_key_id, secret_hash, registration_hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
          $20, $21, $22, $23, $24))sql"};

/// Later than any consent so far, whatever the clocks of several machines say.
constexpr Statement kAskAgain{"ask_again_for_oauth_client", R"sql(
  update postern.oauth_client c
  set answers_changed_at = greatest($2, (
    select max(k.updated_at) + interval '1 microsecond'
    from postern.oauth_consent k
    where k.client = c.id))
  where c.id = $1)sql"};

Digest hash_of_kind(const KeyRing& ring, std::uint8_t key_id, std::string_view kind,
                    std::string_view text) {
  const Secret message(std::string(kind) + ':' + std::string(text));
  return ring.mac(KeyPurpose::ClientSecretHash, key_id, as_bytes(message.reveal()));
}

/// Lengths go before texts, so that no two lists of texts make the same input.
class FingerprintText {
 public:
  void add(std::string_view text) {
    text_ += std::to_string(text.size());
    text_ += ':';
    text_ += text;
  }
  void add_flag(bool value) { add(std::string_view(value ? "1" : "0")); }
  void add(const std::vector<std::string>& texts) {
    add(std::to_string(texts.size()));
    for (const std::string& text : texts) add(text);
  }
  [[nodiscard]] Digest digest() const { return sha256(as_bytes(text_)); }

 private:
  std::string text_;
};

}  // namespace

OAuthClient read_oauth_client(const Row& row, std::size_t first_column) {
  std::size_t column = first_column;
  OAuthClient client;
  client.id = OAuthClientId{row.uuid(column++)};
  client.client_id = row.text(column++);
  client.origin = static_cast<ClientOrigin>(row.integer(column++));
  ClientMetadata& metadata = client.metadata;
  metadata.name = row.text(column++);
  if (!row.is_null(column)) client.account = AccountId{row.uuid(column)};
  ++column;
  // Nothing that we do not know was ever written; it would prove itself by nothing.
  metadata.auth = client_auth(row.text(column++)).value_or(ClientAuth::PrivateKeyJwt);
  metadata.redirect_uris = row.texts(column++);
  metadata.grant_types = row.texts(column++);
  if (!row.is_null(column)) metadata.scopes = row.texts(column);
  ++column;
  metadata.is_native = row.boolean(column++);
  metadata.dpop_bound = row.boolean(column++);
  metadata.require_pushed = row.boolean(column++);
  metadata.post_logout_redirect_uris = row.texts(column++);
  metadata.logout_uri = row.text(column++);
  metadata.id_token_alg = signing_algorithm(row.text(column++)).value_or(SigningAlgorithm::Rs256);
  metadata.jwks = row.text(column++);
  metadata.jwks_uri = row.text(column++);
  client.fetched_until = row.instant_or_null(column++);
  client.keys_fetched_until = row.instant_or_null(column++);
  metadata.rest = row.text(column++);
  client.created_at = row.instant(column++);
  client.last_used_at = row.instant_or_null(column++);
  client.answers_changed_at = row.instant_or_null(column++);
  return client;
}

Digest hash_client_secret(const KeyRing& ring, std::uint8_t key_id, std::string_view secret) {
  return hash_of_kind(ring, key_id, "secret", secret);
}

Digest hash_registration_token(const KeyRing& ring, std::uint8_t key_id, std::string_view token) {
  return hash_of_kind(ring, key_id, "registration", token);
}

Secret next_registration_token(const KeyRing& ring, std::uint8_t key_id,
                               std::string_view registration_token) {
  const Secret text =
      alphanumeric_secret(hash_of_kind(ring, key_id, "next registration", registration_token));
  return Secret(std::string(kRegistrationTokenPrefix) + std::string(text.reveal()));
}

Secret next_client_secret(const KeyRing& ring, std::uint8_t key_id,
                          std::string_view registration_token) {
  return alphanumeric_secret(hash_of_kind(ring, key_id, "next secret", registration_token));
}

Digest client_fingerprint(const ClientMetadata& metadata) {
  FingerprintText text;
  text.add(metadata.name);
  text.add(name_of(metadata.auth));
  std::vector<std::string> places;
  for (const std::string& uri : metadata.redirect_uris)
    places.push_back(without_loopback_port(uri));
  text.add(places);
  text.add(metadata.grant_types);
  text.add_flag(metadata.scopes.has_value());
  text.add(metadata.scopes.value_or(std::vector<std::string>()));
  text.add_flag(metadata.is_native);
  text.add_flag(metadata.dpop_bound);
  text.add_flag(metadata.require_pushed);
  text.add(metadata.post_logout_redirect_uris);
  text.add(metadata.logout_uri);
  text.add(name_of(metadata.id_token_alg));
  text.add(metadata.jwks);
  text.add(metadata.jwks_uri);
  text.add(metadata.rest);
  return text.digest();
}

bool gives_up_something(const Settings& settings, const ClientMetadata& before,
                        const ClientMetadata& after) {
  const auto lost_type = [&](const std::string& type) { return !after.allows(type); };
  if (std::any_of(before.grant_types.begin(), before.grant_types.end(), lost_type)) return true;
  if (!after.scopes) return false;
  const auto had = before.scopes.value_or(supported_scopes(settings));
  return std::any_of(had.begin(), had.end(),
                     [&](const std::string& scope) { return !contains(*after.scopes, scope); });
}

void ask_again_after(Transaction& tx, Services& services, const OAuthClient& before,
                     const ClientMetadata& after) {
  const auto& known = before.metadata.redirect_uris;
  const auto& uris = after.redirect_uris;
  const bool is_as_shown = before.metadata.name == after.name &&
                           std::all_of(uris.begin(), uris.end(), [&](const std::string& uri) {
                             return is_registered_redirect(known, uri);
                           });
  if (is_as_shown) return;
  if (tx.run(kAskAgain, {before.id, services.clock.now()}).affected != 1) {
    throw DatabaseError("ask_again_for_oauth_client: the locked row is gone");
  }
}

void insert_client(Executor& executor, const ClientToInsert& wanted) {
  const OAuthClient& client = wanted.client;
  const ClientMetadata& metadata = client.metadata;
  executor.run(kInsertClient, {client.id,
                               client.client_id,
                               static_cast<int>(client.origin),
                               metadata.name,
                               client.account,
                               name_of(metadata.auth),
                               metadata.redirect_uris,
                               metadata.grant_types,
                               metadata.scopes,
                               metadata.is_native,
                               metadata.dpop_bound,
                               metadata.require_pushed,
                               metadata.post_logout_redirect_uris,
                               metadata.logout_uri,
                               name_of(metadata.id_token_alg),
                               metadata.jwks,
                               metadata.jwks_uri,
                               client.fetched_until,
                               metadata.rest,
                               client.created_at,
                               client_fingerprint(metadata),
                               wanted.hash_key_id,
                               wanted.secret_hash,
                               wanted.registration_hash});
}

}  // namespace postern::domain
