#include "domain/api_key.hpp"
#include "domain/api_key_store.hpp"

namespace postern::domain {
namespace {

constexpr Statement kListKeys{"list_keys", R"sql(
  select )sql" POSTERN_KEY_COLUMNS R"sql(
  from postern.api_key k join postern.account a on a.id = k.account_id
  where ($1::uuid is null or k.account_id = $1) and ($2::uuid is null or k.id < $2)
  order by k.id desc
  limit $3
)sql"};

constexpr Statement kFindKey{"find_key", R"sql(
  select )sql" POSTERN_KEY_COLUMNS R"sql(
  from postern.api_key k join postern.account a on a.id = k.account_id
  where k.id = $1
)sql"};

constexpr Statement kFindKeyByNumber{"find_key_by_number", R"sql(
  select )sql" POSTERN_KEY_COLUMNS R"sql(
  from postern.api_key k join postern.account a on a.id = k.account_id
  where k.number = $1
)sql"};

Result<ApiKey> only_key(const Rows& rows) {
  if (rows.empty()) return Errc::NotFound;
  return read_api_key(rows.front());
}

}  // namespace

std::string_view name_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::Named:
      return "named";
    case KeyKind::Personal:
      return "personal";
    case KeyKind::Token:
      return "token";
  }
  return {};
}

std::string_view name_of(KeyStatus status) {
  switch (status) {
    case KeyStatus::Active:
      return "active";
    case KeyStatus::Expired:
      return "expired";
    case KeyStatus::Revoked:
      return "revoked";
  }
  return {};
}

KeyStatus ApiKey::status(Instant now) const {
  if (revoked_at) return KeyStatus::Revoked;
  return expires_at && *expires_at <= now ? KeyStatus::Expired : KeyStatus::Active;
}

Result<Page<ApiKey>> list_keys(Services& services, std::optional<AccountId> account,
                               const PageRequest& page) {
  const auto after = page_after_uuid(page);
  if (!after.ok()) return after.error();
  std::vector<ApiKey> keys;
  for (const auto& row : services.database.run(kListKeys, {account, *after, page.limit + 1})) {
    keys.push_back(read_api_key(row));
  }
  return make_page(std::move(keys), page, [](const ApiKey& last) { return last.id.uuid; });
}

Result<ApiKey> find_key(Services& services, KeyId id) {
  return only_key(services.database.run(kFindKey, {id}));
}

Result<ApiKey> find_key_by_number(Services& services, std::int64_t number) {
  return only_key(services.database.run(kFindKeyByNumber, {number}));
}

}  // namespace postern::domain
