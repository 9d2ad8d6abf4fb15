#include "domain/dialect_profile.hpp"

#include <algorithm>

#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kReadProfile{"read_profile", R"sql(
  select attributes::text from postern.dialect_profile where account_id = $1 and dialect = $2)sql"};

constexpr Statement kReadProfiles{"read_profiles", R"sql(
  select account_id, attributes::text from postern.dialect_profile
   where account_id = any ($1::uuid[]) and dialect = $2)sql"};

constexpr Statement kWriteProfile{"write_profile", R"sql(
  insert into postern.dialect_profile (account_id, dialect, attributes)
  select a.id, $2, $3::jsonb from postern.account a where a.id = $1
  on conflict (account_id, dialect) do update set attributes = excluded.attributes)sql"};

// Locks the account's row, since the profile's may not exist yet. Foreign keys' own locks on the
// account do not wait for this one.
constexpr Statement kLockProfile{"lock_profile", R"sql(
  select a.id from postern.account a where a.id = $1 for no key update)sql"};

constexpr Statement kListGroups{"list_groups", R"sql(
  select number, name, permissions::text[] from postern.dialect_group
   where dialect = $1 order by number limit $2)sql"};

constexpr Statement kFindGroup{"find_group", R"sql(
  select number, name, permissions::text[] from postern.dialect_group
   where dialect = $1 and number = $2)sql"};

// One writer of groups at a time: names are compared before they are written, and their number is
// counted. The number is this lock's own.
constexpr Statement kLockGroups{"lock_groups", R"sql(
  select pg_advisory_xact_lock(7051002))sql"};

constexpr Statement kCheckGroup{"check_group", R"sql(
  select exists (select from postern.dialect_group
                  where dialect = $1 and name = $2 and number <> $3),
         (select count(*) from postern.dialect_group where dialect = $1),
         (select count(*) from postern.permission where number = any ($4::bigint[])))sql"};

constexpr Statement kInsertGroup{"insert_group", R"sql(
  insert into postern.dialect_group (dialect, name, permissions)
  values ($1, $2, $3::bigint[]) returning number)sql"};

constexpr Statement kUpdateGroup{"update_group", R"sql(
  update postern.dialect_group set name = $3, permissions = $4::bigint[]
   where dialect = $1 and number = $2)sql"};

constexpr Statement kDeleteGroup{"delete_group", R"sql(
  delete from postern.dialect_group where dialect = $1 and number = $2)sql"};

constexpr Statement kListPermissions{"list_permissions", R"sql(
  select number, name, description from postern.permission order by number limit 1000)sql"};

Outcome write(Executor& executor, AccountId account, std::string_view dialect,
              std::string_view json) {
  if (json.size() > kProfileLimit) return Error{Errc::InvalidInput, "attributes", "too_long"};
  const auto written = executor.run(kWriteProfile, {account, dialect, json});
  if (written.affected != 1) return Errc::NotFound;
  return done;
}

std::vector<std::string> as_texts(const std::vector<std::int64_t>& numbers) {
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (const auto number : numbers) texts.push_back(std::to_string(number));
  return texts;
}

Group read_group(const Row& row) {
  Group group{row.integer(0), row.text(1), {}};
  for (const auto& text : row.texts(2)) group.permissions.push_back(std::stoll(text));
  return group;
}

Outcome check_group(Transaction& tx, std::string_view dialect, const Group& group) {
  const auto facts =
      tx.run(kCheckGroup, {dialect, group.name, group.number, as_texts(group.permissions)});
  if (facts.front().boolean(0)) return Error{Errc::Taken, "name"};
  if (group.number == 0 && facts.front().integer(1) >= static_cast<std::int64_t>(kGroupLimit))
    return Errc::TooManyAttempts;
  if (facts.front().integer(2) != static_cast<std::int64_t>(group.permissions.size()))
    return Error{Errc::InvalidInput, "permissions", "unknown"};
  return done;
}

Result<Group> store_group(Transaction& tx, std::string_view dialect, Group group) {
  tx.run(kLockGroups, {});
  if (const auto checked = check_group(tx, dialect, group); !checked) return checked.error();
  const auto permissions = as_texts(group.permissions);
  if (group.number == 0) {
    group.number = tx.run(kInsertGroup, {dialect, group.name, permissions}).front().integer(0);
  } else if (tx.run(kUpdateGroup, {dialect, group.number, group.name, permissions}).affected != 1) {
    return Errc::NotFound;
  }
  return group;
}

}  // namespace

std::string read_profile(Services& services, AccountId account, std::string_view dialect) {
  const auto rows = services.database.run(kReadProfile, {account, dialect});
  return rows.empty() ? std::string() : rows.front().text(0);
}

std::map<std::string, std::string> read_profiles(Services& services,
                                                 const std::vector<AccountId>& accounts,
                                                 std::string_view dialect) {
  std::vector<std::string> ids;
  ids.reserve(accounts.size());
  for (const auto& account : accounts) ids.push_back(account.text());
  std::map<std::string, std::string> profiles;
  for (const auto& row : services.database.run(kReadProfiles, {ids, dialect}))
    profiles.emplace(row.text(0), row.text(1));
  return profiles;
}

Outcome write_profile(Services& services, AccountId account, std::string_view dialect,
                      std::string_view json) {
  return write(services.database, account, dialect, json);
}

Outcome change_profile(Services& services, AccountId account, std::string_view dialect,
                       const ProfileChange& change) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    if (tx.run(kLockProfile, {account}).empty()) return Errc::NotFound;
    // A statement of its own: its snapshot is younger than the wait for the lock.
    const auto rows = tx.run(kReadProfile, {account, dialect});
    const auto next = change(rows.empty() ? std::string() : rows.front().text(0));
    if (!next) return next.error();
    return write(tx, account, dialect, *next);
  });
}

std::vector<Group> list_groups(Services& services, std::string_view dialect) {
  std::vector<Group> groups;
  for (const auto& row : services.database.run(kListGroups, {dialect, kGroupLimit}))
    groups.push_back(read_group(row));
  return groups;
}

Result<Group> find_group(Services& services, std::string_view dialect, std::int64_t number) {
  const auto rows = services.database.run(kFindGroup, {dialect, number});
  if (rows.empty()) return Errc::NotFound;
  return read_group(rows.front());
}

Result<Group> save_group(Services& services, std::string_view dialect, const Group& group) {
  auto wanted = group;
  if (const auto checked = check_label("name", wanted.name, 150); !checked) return checked.error();
  std::sort(wanted.permissions.begin(), wanted.permissions.end());
  wanted.permissions.erase(std::unique(wanted.permissions.begin(), wanted.permissions.end()),
                           wanted.permissions.end());
  if (wanted.permissions.size() > kGroupPermissionLimit)
    return Error{Errc::InvalidInput, "permissions", "too_long"};
  return services.database.transaction(
      [&](Transaction& tx) { return store_group(tx, dialect, wanted); });
}

Outcome delete_group(Services& services, std::string_view dialect, std::int64_t number) {
  if (services.database.run(kDeleteGroup, {dialect, number}).affected != 1) return Errc::NotFound;
  return done;
}

std::vector<Permission> list_permissions(Services& services) {
  std::vector<Permission> permissions;
  for (const auto& row : services.database.run(kListPermissions, {}))
    permissions.push_back({row.integer(0), row.text(1), row.text(2)});
  return permissions;
}

}  // namespace postern::domain
