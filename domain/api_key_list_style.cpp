#include "domain/api_key_list_style.hpp"

#include "domain/api_key_store.hpp"

namespace postern::domain {
namespace {

constexpr std::int64_t kFurthestOffset = 100'000;
constexpr std::uint32_t kLargestPart = 100;

constexpr Statement kListKeysOfStyle{"list_keys_of_style", R"sql(
  select )sql" POSTERN_KEY_COLUMNS R"sql(
  from postern.api_key k join postern.account a on a.id = k.account_id
  where k.account_id = $1 and k.dialect = $2 and (k.type = any ($3::text[])) = $4::boolean
    and ($5::boolean or (k.revoked_at is null and (k.expires_at is null or k.expires_at > $6)))
  order by k.number desc
  offset $7 limit $8
)sql"};

constexpr Statement kCountKeysOfStyle{"count_keys_of_style", R"sql(
  select count(*)
  from postern.api_key k
  where k.account_id = $1 and k.dialect = $2 and (k.type = any ($3::text[])) = $4::boolean
    and ($5::boolean or (k.revoked_at is null and (k.expires_at is null or k.expires_at > $6)))
)sql"};

Error out_of_range(std::string field) {
  return {.code = Errc::InvalidInput, .field = std::move(field), .reason = "out_of_range"};
}

}  // namespace

Result<KeyListing> list_keys_of_style(Services& services, AccountId account,
                                      const KeyStyleFilter& filter, const OffsetRequest& part) {
  if (part.offset < 0 || part.offset > kFurthestOffset) return out_of_range("offset");
  if (part.limit < 1 || part.limit > kLargestPart) return out_of_range("limit");
  const auto now = services.clock.now();
  auto& database = services.database;
  KeyListing listing;
  for (const auto& row :
       database.run(kListKeysOfStyle, {account, filter.dialect, filter.types, filter.among,
                                       filter.ended, now, part.offset, part.limit})) {
    listing.keys.push_back(read_api_key(row));
  }
  listing.total = database
                      .run(kCountKeysOfStyle,
                           {account, filter.dialect, filter.types, filter.among, filter.ended, now})
                      .front()
                      .integer(0);
  return listing;
}

}  // namespace postern::domain
