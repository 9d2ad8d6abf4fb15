#include "domain/audit.hpp"
#include "domain/oauth_client_rows.hpp"
#include "domain/oauth_grant.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

/// Nobody refers to it any more from here on: whoever is about to waits, and then finds nothing.
constexpr Statement kLockClient{"lock_oauth_client", R"sql(
  select client_id, name from postern.oauth_client where id = $1 for update)sql"};

constexpr Statement kClientsOf{"oauth_clients_of", R"sql(
  select id from postern.oauth_client where account_id = $1 order by id)sql"};

constexpr Statement kDeleteConsents{"delete_oauth_client_consents", R"sql(
  delete from postern.oauth_consent where id in (
    select id from postern.oauth_consent where client = $1 limit $2))sql"};
/// However many consented, no statement meets the database's time limit.
constexpr std::int64_t kRowsOfAStatement = 2000;

constexpr Statement kDeleteClient{"delete_oauth_client", R"sql(
  delete from postern.oauth_client where id = $1)sql"};

}  // namespace

Outcome remove_client(Transaction& tx, Services& services, OAuthClientId id,
                      std::optional<AccountId> actor, const Origin& origin) {
  const Rows found = tx.run(kLockClient, {id});
  if (found.size() != 1) return Errc::NotFound;
  revoke_grants_of_client(tx, services, id);
  while (tx.run(kDeleteConsents, {id, kRowsOfAStatement}).affected == kRowsOfAStatement) {
  }
  if (tx.run(kDeleteClient, {id}).affected != 1) return Errc::NotFound;
  client_changed(tx, services, id);
  const Row& client = found.front();
  record(tx, services, {AuditEvent::ClientDeleted, {}, actor, client.text(0), client.text(1)},
         origin);
  return done;
}

void remove_clients_of(Transaction& tx, Services& services, AccountId account,
                       std::optional<AccountId> actor, const Origin& origin) {
  for (const Row& row : tx.run(kClientsOf, {account})) {
    // One that somebody else deletes at the same time is gone, as it should be.
    static_cast<void>(remove_client(tx, services, OAuthClientId{row.uuid(0)}, actor, origin));
  }
}

}  // namespace postern::domain
