#include "domain/audit.hpp"
#include "domain/oauth_client_rows.hpp"
#include "domain/oauth_grant.hpp"
#include "domain/oauth_registration.hpp"
#include "domain/oauth_unused_clients.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kSecure = "https://";
constexpr std::size_t kLongestClientId = 2048;

constexpr Statement kLockDocument{"lock_oauth_client_document", R"sql(
  select )sql" POSTERN_OAUTH_CLIENT_COLUMNS R"sql(
  from postern.oauth_client c
  where c.client_id = $1 and c.origin = 3
  for no key update)sql"};

/// Two that meet it for the first time at once: the second takes what the first wrote.
constexpr Statement kInsertDocument{"insert_oauth_client_document", R"sql(
  insert into postern.oauth_client
    (id, client_id, origin, name, auth_method, hash_key_id, redirect_uris, grant_types, fingerprint,
     created_at)
  values ($1, $2, 3, '', 'none', $3, '{}', '{}', $4, $5)
  on conflict (client_id) do nothing)sql"};

constexpr Statement kWriteDocument{"write_oauth_client_document", R"sql(
  update postern.oauth_client as c
  set name = $2, auth_method = $3, redirect_uris = $4, grant_types = $5, scopes = $6,
      is_native = $7, dpop_bound = $8, require_pushed = $9, post_logout_redirect_uris = $10,
      logout_uri = $11, jwks_uri = $13, fetched_until = $14, metadata = $15, fingerprint = $16,
      id_token_alg = $17,
      jwks = case when $12 = '' and $13 <> '' and c.jwks_uri = $13 then c.jwks else $12 end,
      keys_fetched_until = case when $12 = '' and c.jwks_uri = $13 then c.keys_fetched_until end
  where c.id = $1
  returning )sql" POSTERN_OAUTH_CLIENT_COLUMNS};

/// Not where they belong to an address that it had, nor over what somebody asked for later: $5 is
/// what was there when they were asked for.
constexpr Statement kPutKeys{"put_oauth_client_keys", R"sql(
  update postern.oauth_client
  set jwks = $2, keys_fetched_until = $3
  where id = $1 and jwks_uri = $4
    and (keys_fetched_until is null or keys_fetched_until = $5 or keys_fetched_until <= $3))sql"};

/// The row that is to be written, locked. `is_new`: nobody knew it before.
Result<OAuthClient> lock_document(Transaction& tx, Services& services, std::string_view client_id,
                                  const Digest& fingerprint, const Origin& origin, bool& is_new) {
  const Rows found = tx.run(kLockDocument, {client_id});
  if (!found.empty()) return read_oauth_client(found.front());
  const Outcome allowed = charge_registration(services, origin);
  if (!allowed) return allowed.error();
  push_out_unused_clients(tx, services);
  const Instant now = services.clock.now();
  const auto inserted =
      tx.run(kInsertDocument, {OAuthClientId::make(now, services.random), client_id,
                               services.ring.current_id(), fingerprint, now});
  is_new = inserted.affected == 1;
  const Rows written = tx.run(kLockDocument, {client_id});
  if (written.empty()) throw DatabaseUnavailable("lock_oauth_client_document: gone meanwhile");
  return read_oauth_client(written.front());
}

}  // namespace

Result<OAuthClient> put_client_document(Services& services, std::string_view client_id,
                                        const ClientMetadata& metadata, Instant fetched_until,
                                        const Origin& origin) {
  if (client_id.substr(0, kSecure.size()) != kSecure || client_id.size() > kLongestClientId ||
      !is_clean_text(client_id))
    return Errc::ClientInvalid;
  const Outcome sound = check_client_metadata(metadata, ClientOrigin::Document);
  if (!sound) return sound.error();
  return services.database.transaction([&](Transaction& tx) -> Result<OAuthClient> {
    const Digest fingerprint = client_fingerprint(metadata);
    bool is_new = false;
    const auto before = lock_document(tx, services, client_id, fingerprint, origin, is_new);
    if (!before) return before.error();
    if (!is_new && gives_up_something(services.settings, before->metadata, metadata))
      revoke_grants_of_client(tx, services, before->id);
    if (!is_new) ask_again_after(tx, services, *before, metadata);
    const Rows written =
        tx.run(kWriteDocument,
               {before->id, metadata.name, name_of(metadata.auth), metadata.redirect_uris,
                metadata.grant_types, metadata.scopes, metadata.is_native, metadata.dpop_bound,
                metadata.require_pushed, metadata.post_logout_redirect_uris, metadata.logout_uri,
                metadata.jwks, metadata.jwks_uri, fetched_until, metadata.rest, fingerprint,
                name_of(metadata.id_token_alg)});
    if (is_new)
      record(tx, services,
             {AuditEvent::ClientRegistered, {}, {}, std::string(client_id), metadata.name}, origin);
    return read_oauth_client(written.front());
  });
}

Result<std::string> put_client_keys(Services& services, const OAuthClient& client,
                                    std::string_view jwks, Instant fetched_until) {
  const auto& address = client.metadata.jwks_uri;
  const Rows written = services.database.run(
      kPutKeys, {client.id, jwks, fetched_until, address, client.keys_fetched_until});
  if (written.affected == 1) return std::string(jwks);
  const auto now = find_client(services, client.id);
  if (!now) return now.error();
  if (now->metadata.jwks_uri != address) {
    return Error{Errc::ProviderUnavailable, {}, {}, seconds(1), "it has another jwks_uri by now"};
  }
  return now->metadata.jwks;
}

}  // namespace postern::domain
