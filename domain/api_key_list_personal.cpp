#include "domain/api_key.hpp"
#include "domain/api_key_store.hpp"

namespace postern::domain {
namespace {

constexpr Statement kListPersonalKeys{"list_personal_keys", R"sql(
  select )sql" POSTERN_KEY_COLUMNS R"sql(
  from postern.api_key k join postern.account a on a.id = k.account_id
  where k.kind = 2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $4)
    and ($1::uuid is null or k.account_id = $1) and ($2::uuid is null or k.id < $2)
  order by k.id desc
  limit $3
)sql"};

}  // namespace

Result<Page<ApiKey>> list_personal_keys(Services& services, std::optional<AccountId> account,
                                        const PageRequest& page) {
  const auto after = page_after_uuid(page);
  if (!after.ok()) return after.error();
  std::vector<ApiKey> keys;
  for (const auto& row : services.database.run(
           kListPersonalKeys, {account, *after, page.limit + 1, services.clock.now()})) {
    keys.push_back(read_api_key(row));
  }
  return make_page(std::move(keys), page, [](const ApiKey& last) { return last.id.uuid; });
}

}  // namespace postern::domain
