#include "domain/role.hpp"

#include <algorithm>

#include "domain/account_rows.hpp"
#include "domain/ascii.hpp"
#include "domain/audit.hpp"
#include "domain/revocation.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kMostInRole = 64;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestDescription = 200;

/// All, or the one named $1; at most $2.
constexpr Statement kRoles{"roles", R"sql(
  select r.name, r.description, r.permissions, r.built_in,
         (select count(*) from postern.account a where a.role = r.name)
  from postern.role r
  where $1::text is null or r.name = $1
  order by r.name collate "C"
  limit $2)sql"};

/// Who changes roles does so one after the other: the numbers of roles and permissions are limited.
constexpr Statement kLockRoles{"lock_roles",
                               R"sql(select pg_advisory_xact_lock(1349743700, 2))sql"};

constexpr Statement kCountRoles{"count_roles", R"sql(
  select (select count(*) from postern.role), (select count(*) from postern.permission))sql"};

constexpr Statement kAddPermissions{"add_permissions", R"sql(
  insert into postern.permission (name, description)
  select p, '' from unnest($1::text[]) as p
  on conflict (name) do nothing)sql"};

constexpr Statement kPutRole{"put_role", R"sql(
  insert into postern.role (name, permissions, description)
  values ($1, $2, coalesce($3, ''))
  on conflict (name) do update
  set permissions = excluded.permissions,
      description = coalesce($3, postern.role.description))sql"};

/// FOR UPDATE: nobody is given this role meanwhile (check_role).
constexpr Statement kLockRole{"lock_role", R"sql(
  select built_in from postern.role where name = $1 for update)sql"};

/// Of the role $1 at $2: what keeps it.
constexpr Statement kRoleInUse{"role_in_use", R"sql(
  select exists (select from postern.account where role = $1)
      or exists (select from postern.invite
                 where role = $1 and revoked_at is null and expires_at > $2 and uses < max_uses)
)sql"};

/// Those that are over; the live ones keep the role.
constexpr Statement kDeleteInvitesOfRole{"delete_invites_of_role", R"sql(
  delete from postern.invite where role = $1)sql"};

constexpr Statement kDeleteRole{"delete_role", R"sql(
  delete from postern.role where name = $1)sql"};

/// Sorted and without repetitions, as they are stored.
Names in_order(Names names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Role read_role(const Row& row) {
  return {row.text(0), row.text(1), in_order(row.texts(2)), row.boolean(3), row.integer(4)};
}

Result<Role> role_named(Executor& executor, std::string_view name) {
  if (!is_clean_text(name)) return Errc::NotFound;
  const Rows rows = executor.run(kRoles, {name, 1});
  if (rows.empty()) return Errc::NotFound;
  return read_role(rows.front());
}

/// The form of names of roles, and with dots of permissions.
bool is_name(std::string_view text, bool dots) {
  return !text.empty() && text.size() <= kLongestName && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_lower(c) || is_digit(c) || c == '_' || c == '-' || (dots && c == '.');
         });
}

Outcome check_form(std::string_view name, const RoleChange& change) {
  const auto invalid = [](const char* field, const char* reason) {
    return Error{Errc::InvalidInput, field, reason};
  };
  if (!is_name(name, false)) return invalid("name", "invalid_format");
  if (change.permissions.size() > kMostInRole) return invalid("permissions", "too_many");
  for (const std::string& permission : change.permissions) {
    if (!is_name(permission, true)) return invalid("permissions", "invalid_format");
  }
  if (!change.description || change.description->empty()) return done;
  return check_label("description", *change.description, kLongestDescription);
}

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What the change adds and takes away: "+moderate -submit".
std::string difference(const Names& before, const Names& after) {
  std::string text;
  const auto say = [&](char sign, const std::string& name) {
    text += (text.empty() ? "" : " ") + std::string(1, sign) + name;
  };
  for (const std::string& name : after) {
    if (!contains(before, name)) say('+', name);
  }
  for (const std::string& name : before) {
    if (!contains(after, name)) say('-', name);
  }
  return text.empty() ? "none" : text;
}

Outcome check_numbers(Executor& executor) {
  const Rows counted = executor.run(kCountRoles, {});
  const auto above = [&](std::size_t column, std::size_t most) {
    return static_cast<std::size_t>(counted.front().integer(column)) > most;
  };
  if (above(0, kMostRoles) || above(1, kMostPermissions)) return Errc::TooManyAttempts;
  return done;
}

/// Writes it, and judges what came of it: a refusal rolls all of it back.
Result<Role> write(Transaction& tx, std::string_view name, const RoleChange& change,
                   const Result<Role>& before) {
  const auto permissions = in_order(change.permissions);
  tx.run(kAddPermissions, {permissions});
  tx.run(kPutRole, {name, permissions, change.description});
  const Outcome numbers = check_numbers(tx);
  if (!numbers) return numbers.error();
  if (before && contains(before->permissions, "admin") && !contains(permissions, "admin")) {
    const Outcome remains = check_some_admin(tx);
    if (!remains) return remains.error();
  }
  return role_named(tx, name);
}

}  // namespace

std::vector<Role> list_roles(Services& services) {
  std::vector<Role> roles;
  for (const Row& row : services.database.run(kRoles, {nullptr, kMostRoles}))
    roles.push_back(read_role(row));
  return roles;
}

Result<Role> find_role(Services& services, std::string_view name) {
  return role_named(services.database, name);
}

Result<Role> put_role(Services& services, std::string_view name, const RoleChange& change,
                      std::optional<AccountId> actor, const Origin& origin) {
  const Outcome form = check_form(name, change);
  if (!form) return form.error();
  return services.database.transaction([&](Transaction& tx) -> Result<Role> {
    tx.run(kLockRoles, {});
    lock_admins(tx);
    const auto before = role_named(tx, name);
    auto after = write(tx, name, change, before);
    if (!after || (before && before->permissions == after->permissions)) return after;
    const auto had = before ? before->permissions : Names{};
    record(tx, services,
           {AuditEvent::RolePermissionsChanged,
            {},
            actor,
            after->name,
            difference(had, after->permissions)},
           origin);
    if (before) everything_changed(tx, services);
    return after;
  });
}

Outcome delete_role(Services& services, std::string_view name, std::optional<AccountId> actor,
                    const Origin& origin) {
  if (!is_clean_text(name)) return Errc::NotFound;
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    tx.run(kLockRoles, {});
    const Rows found = tx.run(kLockRole, {name});
    if (found.empty()) return Errc::NotFound;
    if (found.front().boolean(0)) return Errc::InUse;
    if (tx.run(kRoleInUse, {name, services.clock.now()}).front().boolean(0)) return Errc::InUse;
    tx.run(kDeleteInvitesOfRole, {name});
    if (tx.run(kDeleteRole, {name}).affected != 1) return Errc::NotFound;
    record(tx, services, {AuditEvent::RoleDeleted, {}, actor, std::string(name), {}}, origin);
    return done;
  });
}

}  // namespace postern::domain
