#include "domain/oauth_client.hpp"

#include <utility>

#include "domain/alphanumeric_secret.hpp"
#include "domain/audit.hpp"
#include "domain/client_memory.hpp"
#include "domain/oauth_client_rows.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr seconds kNoteUse = hours(1);

constexpr Statement kFindByName{"find_oauth_client", R"sql(
  select )sql" POSTERN_OAUTH_CLIENT_COLUMNS R"sql(, c.hash_key_id, c.secret_hash
  from postern.oauth_client c
  where c.client_id = $1)sql"};

constexpr Statement kFindById{"find_oauth_client_by_id", R"sql(
  select )sql" POSTERN_OAUTH_CLIENT_COLUMNS R"sql(
  from postern.oauth_client c
  where c.id = $1)sql"};

constexpr Statement kNoteUseOf{"note_oauth_client_use", R"sql(
  update postern.oauth_client
  set last_used_at = $2
  where id = $1 and (last_used_at is null or last_used_at <= $3))sql"};

constexpr Statement kListClients{"list_oauth_clients", R"sql(
  select )sql" POSTERN_OAUTH_CLIENT_COLUMNS R"sql(
  from postern.oauth_client c
  where ($1::uuid is null or c.id < $1)
  order by c.id desc
  limit $2)sql"};

/// Whom a client may act for: somebody who may act, so that no account that never came to be (and
/// is swept away) has one.
constexpr Statement kLockClientOwner{"lock_oauth_client_owner", R"sql(
  select id from postern.account where id = $1 and is_active and is_approved for key share)sql"};

using Known = ClientMemory::Known;

Known* recall(const Services& services, std::string_view client_id) {
  if (services.memory == nullptr || services.memory->clients == nullptr) return nullptr;
  return services.memory->clients->find(services.memory->cache, services.clock, client_id);
}

/// What changes without being announced is not kept: what was fetched from elsewhere, and what a
/// sweep may take.
bool may_be_kept(const OAuthClient& client) {
  return client.last_used_at && client.origin != ClientOrigin::Document &&
         client.metadata.jwks_uri.empty();
}

Known read_known(const Row& row) {
  Known known{.client = read_oauth_client(row), .secret_hash = {}};
  known.hash_key_id = static_cast<std::uint8_t>(row.integer(kOAuthClientColumns));
  constexpr std::size_t kSecretHash = kOAuthClientColumns + 1;
  if (!row.is_null(kSecretHash)) known.secret_hash = row.bytes(kSecretHash);
  return known;
}

Result<Known> find_known(Services& services, std::string_view client_id) {
  // What cannot be stored is nobody's name.
  if (!is_clean_text(client_id)) return Errc::ClientInvalid;
  if (const Known* recalled = recall(services, client_id)) {
    return Known{recalled->client, recalled->secret_hash, recalled->hash_key_id};  // not its grant
  }
  const auto belief = belief_from_now(services);
  const Rows rows = services.database.run(kFindByName, {client_id});
  if (rows.size() != 1) return Errc::ClientInvalid;
  Known known = read_known(rows.front());
  if (belief && may_be_kept(known.client)) services.memory->clients->keep(known, *belief);
  return known;
}

bool is_secret_of(const KeyRing& ring, const Known& known, std::string_view secret) {
  // A master key that was taken out of the ring takes its secrets with it.
  return known.secret_hash && ring.has(known.hash_key_id) &&
         constant_time_equal(*known.secret_hash,
                             hash_client_secret(ring, known.hash_key_id, secret));
}

Outcome check_owner(Transaction& tx, const NewClient& wanted) {
  const bool acts_for_itself = wanted.metadata.allows(grant_type::kClient);
  const auto invalid = [](const char* reason) {
    return Error{Errc::InvalidInput, "account", reason};
  };
  if (acts_for_itself != wanted.account.has_value())
    return invalid(acts_for_itself ? "required" : "not_used");
  if (wanted.account && tx.run(kLockClientOwner, {*wanted.account}).empty())
    return invalid("unknown");
  return done;
}

MadeClient make_client(Transaction& tx, Services& services, const NewClient& wanted) {
  MadeClient made;
  const Instant now = services.clock.now();
  made.client.id = OAuthClientId::make(now, services.random);
  made.client.client_id = made.client.id.text();
  made.client.origin = ClientOrigin::Administrator;
  made.client.metadata = wanted.metadata;
  made.client.account = wanted.account;
  made.client.created_at = now;
  ClientToInsert row{made.client, services.ring.current_id()};
  if (has_secret(wanted.metadata.auth)) {
    made.secret = alphanumeric_secret(services.random);
    row.secret_hash = hash_client_secret(services.ring, row.hash_key_id, made.secret->reveal());
  }
  insert_client(tx, row);
  return made;
}

}  // namespace

Result<OAuthClient> find_client(Services& services, std::string_view client_id) {
  auto known = find_known(services, client_id);
  if (!known) return known.error();
  return std::move(known->client);
}

Result<OAuthClient> find_client(Services& services, OAuthClientId id) {
  const Rows rows = services.database.run(kFindById, {id});
  if (rows.size() != 1) return Errc::ClientInvalid;
  return read_oauth_client(rows.front());
}

Result<OAuthClient> find_client_by_secret(Services& services, std::string_view client_id,
                                          std::string_view secret) {
  auto known = find_known(services, client_id);
  if (!known) return known.error();
  if (!is_secret_of(services.ring, *known, secret)) return Errc::ClientInvalid;
  return std::move(known->client);
}

void note_client_use(Executor& executor, Services& services, const OAuthClient& client) {
  const Instant now = services.clock.now();
  if (client.last_used_at && now - *client.last_used_at < kNoteUse) return;
  executor.run(kNoteUseOf, {client.id, now, now - kNoteUse});
  if (Known* recalled = recall(services, client.client_id)) recalled->client.last_used_at = now;
}

Result<MadeClient> create_client(Services& services, const NewClient& wanted,
                                 std::optional<AccountId> actor, const Origin& origin) {
  const Outcome sound = check_client_metadata(wanted.metadata, ClientOrigin::Administrator);
  if (!sound) return sound.error();
  return services.database.transaction([&](Transaction& tx) -> Result<MadeClient> {
    const Outcome owned = check_owner(tx, wanted);
    if (!owned) return owned.error();
    MadeClient made = make_client(tx, services, wanted);
    record(tx, services,
           {AuditEvent::ClientRegistered, wanted.account, actor, made.client.client_id,
            wanted.metadata.name},
           origin);
    return made;
  });
}

Result<Page<OAuthClient>> list_clients(Services& services, const PageRequest& page) {
  const auto after = page_after_uuid(page);
  if (!after) return after.error();
  std::vector<OAuthClient> clients;
  for (const Row& row : services.database.run(kListClients, {*after, page.limit + 1}))
    clients.push_back(read_oauth_client(row));
  return make_page(std::move(clients), page, [](const OAuthClient& last) { return last.id.uuid; });
}

Outcome delete_client(Services& services, OAuthClientId id, std::optional<AccountId> actor,
                      const Origin& origin) {
  return services.database.transaction(
      [&](Transaction& tx) -> Outcome { return remove_client(tx, services, id, actor, origin); });
}

}  // namespace postern::domain
