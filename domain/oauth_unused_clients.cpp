#include "domain/oauth_unused_clients.hpp"

#include <string>
#include <vector>

#include "domain/sweep_table.hpp"

namespace postern::domain {
namespace {

// Each of these chooses and locks: from then on nobody consents to them. What was committed between
// the choice and the lock is seen by the statements that delete.

/// The oldest beyond $1.
constexpr Statement kChooseBeyond{"choose_unused_oauth_clients", R"sql(
  select c.id from postern.oauth_client c
  where c.last_used_at is null and c.origin <> 2
    and c.id in (
      select u.id from postern.oauth_client u
      where u.last_used_at is null and u.origin <> 2
      order by u.created_at desc, u.id desc
      offset $1)
    and not exists (select from postern.oauth_consent o where o.client = c.id)
    and not exists (select from postern.oauth_grant g where g.client = c.id)
  order by c.created_at
  limit 100 for update of c skip locked)sql"};

/// The oldest unused of the same words beyond $3 and older than $2.
constexpr Statement kChooseEqual{"choose_equal_registrations", R"sql(
  select c.id from postern.oauth_client c
  where c.last_used_at is null and c.origin = 1 and c.created_at <= $2
    and c.id in (
      select e.id from postern.oauth_client e
      where e.fingerprint = $1 and e.last_used_at is null and e.origin = 1
      order by e.created_at desc, e.id desc
      offset $3)
    and not exists (select from postern.oauth_consent o where o.client = c.id)
    and not exists (select from postern.oauth_grant g where g.client = c.id)
  limit 100 for update of c skip locked)sql"};

constexpr Statement kChooseUnused{"choose_clients_never_used", R"sql(
  select c.id from postern.oauth_client c
  where c.origin <> 2 and c.last_used_at is null and c.created_at <= $1
    and not exists (select from postern.oauth_grant g where g.client = c.id)
    and not exists (select from postern.oauth_code k where k.client = c.id)
  limit $2 for update of c skip locked)sql"};

constexpr Statement kChooseIdle{"choose_clients_not_used_lately", R"sql(
  select c.id from postern.oauth_client c
  where c.origin <> 2 and c.last_used_at <= $1
    and not exists (select from postern.oauth_grant g where g.client = c.id)
    and not exists (select from postern.oauth_code k where k.client = c.id)
  limit $2 for update of c skip locked)sql"};

constexpr Statement kDeleteConsents{"delete_consents_to_unused_clients", R"sql(
  delete from postern.oauth_consent o
  where o.client = any ($1::uuid[])
    and not exists (select from postern.oauth_grant g where g.client = o.client)
    and not exists (select from postern.oauth_code k where k.client = o.client))sql"};

constexpr Statement kDelete{"delete_unused_oauth_clients", R"sql(
  delete from postern.oauth_client c
  where c.id = any ($1::uuid[])
    and not exists (select from postern.oauth_consent o where o.client = c.id)
    and not exists (select from postern.oauth_grant g where g.client = c.id))sql"};

std::vector<std::string> ids_of(const Rows& rows) {
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const Row& row : rows) ids.push_back(row.uuid(0).text());
  return ids;
}

void delete_chosen(Transaction& tx, const Rows& chosen) {
  if (!chosen.empty()) tx.run(kDelete, {ids_of(chosen)});
}

/// How many stay when one more is to come.
std::uint32_t before_one_more(std::uint32_t most) {
  return most == 0 ? 0 : most - 1;
}

struct Chosen {
  std::int64_t count = 0;
  SweptClients swept;
};
Result<Chosen> sweep_some(Transaction& tx, const Statement& choice, Instant until,
                          std::int64_t most) {
  const Rows rows = tx.run(choice, {until, most});
  Chosen chosen{.count = static_cast<std::int64_t>(rows.size()), .swept = {}};
  if (rows.empty()) return chosen;
  const auto ids = ids_of(rows);
  chosen.swept.consents = tx.run(kDeleteConsents, {ids}).affected;
  chosen.swept.clients = tx.run(kDelete, {ids}).affected;
  return chosen;
}

void sweep(Services& services, const Statement& choice, Instant until, SweptClients& swept) {
  sweep_batches([&](std::int64_t most) {
    const auto chosen = services.database.transaction(
        [&](Transaction& tx) { return sweep_some(tx, choice, until, most); });
    swept.clients += chosen->swept.clients;
    swept.consents += chosen->swept.consents;
    return chosen->count;
  });
}

}  // namespace

void push_out_unused_clients(Transaction& tx, const Services& services) {
  const auto most = services.settings.oauth.most_unused_clients;
  delete_chosen(tx, tx.run(kChooseBeyond, {before_one_more(most)}));
}

void push_out_equal_registrations(Transaction& tx, const Services& services,
                                  const Digest& fingerprint, Instant until) {
  const auto most = services.settings.oauth.equal_registrations;
  delete_chosen(tx, tx.run(kChooseEqual, {fingerprint, until, before_one_more(most)}));
}

SweptClients sweep_unused_clients(Services& services) {
  const Instant now = services.clock.now();
  const auto& settings = services.settings.oauth;
  SweptClients swept;
  sweep(services, kChooseUnused, now - settings.unused_client, swept);
  sweep(services, kChooseIdle, now - settings.idle_client, swept);
  return swept;
}

}  // namespace postern::domain
