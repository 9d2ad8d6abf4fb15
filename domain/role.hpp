#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/account.hpp"

namespace postern::domain {

/// A role: what whoever has it may do. Roles and permissions are rows: a site shapes its own. An
/// account's effective power is its role's now, so that a change bites with the next request
/// everywhere (rule R6: everything_changed).
struct Role {
  std::string name;  ///< [a-z][a-z0-9_-]{0,63}
  std::string description;
  std::vector<std::string> permissions;  ///< sorted
  bool built_in = false;                 ///< cannot be deleted
  std::int64_t accounts = 0;             ///< that have it
};

/// All of them, by name; at most kMostRoles.
inline constexpr std::size_t kMostRoles = 200;
inline constexpr std::size_t kMostPermissions = 500;
[[nodiscard]] std::vector<Role> list_roles(Services& services);
[[nodiscard]] Result<Role> find_role(Services& services, std::string_view name);

struct RoleChange {
  std::vector<std::string> permissions;  ///< at most 64; [a-z][a-z0-9_.-]{0,63}
  std::optional<std::string> description{};
};
/// Makes it, or gives it these permissions and no others; permissions that have no row get one.
/// InvalidInput (name, permissions, description), LastAdmin where nobody could administer any more,
/// TooManyAttempts past kMostRoles or kMostPermissions. Keys keep their own permissions: what they
/// may do follows at check time.
[[nodiscard]] Result<Role> put_role(Services& services, std::string_view name,
                                    const RoleChange& change, std::optional<AccountId> actor,
                                    const Origin& origin);
/// NotFound; InUse for one that an account or a live invitation has, or that is built in.
[[nodiscard]] Outcome delete_role(Services& services, std::string_view name,
                                  std::optional<AccountId> actor, const Origin& origin);

}  // namespace postern::domain
