#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/services.hpp"

namespace postern::domain {

/// What a dialect keeps about an account beyond the account itself, as one text (its JSON) per
/// account and dialect. The domain stores it; the dialect validates and reads it. At most 16 KiB:
/// InvalidInput (field attributes, too_long) beyond. NotFound for an unknown account. NOT checked:
/// that the text is JSON; what is not is a DatabaseError.
inline constexpr std::size_t kProfileLimit = 16384;
[[nodiscard]] std::string read_profile(Services& services, AccountId account,
                                       std::string_view dialect);  ///< "" when there is none
[[nodiscard]] std::map<std::string, std::string> read_profiles(
    Services& services, const std::vector<AccountId>& accounts, std::string_view dialect);
[[nodiscard]] Outcome write_profile(Services& services, AccountId account, std::string_view dialect,
                                    std::string_view json);

/// Reads and writes in one transaction that no other change_profile of the same account enters, so
/// that two merges lose nothing. `change` gets the present text ("" for none) and answers the next
/// or a refusal, which is passed on; it may run twice and must have no effects of its own.
using ProfileChange = std::function<Result<std::string>(const std::string& present)>;
[[nodiscard]] Outcome change_profile(Services& services, AccountId account,
                                     std::string_view dialect, const ProfileChange& change);

/// A dialect's named groups of permission numbers (Dispatcharr's /groups/). At most 1000 groups of
/// 200 permissions each. They grant nothing: what an account may do comes from its role alone.
inline constexpr std::size_t kGroupLimit = 1000;
inline constexpr std::size_t kGroupPermissionLimit = 200;
struct Group {
  std::int64_t number = 0;
  std::string name;
  std::vector<std::int64_t> permissions;
};
[[nodiscard]] std::vector<Group> list_groups(Services& services, std::string_view dialect);
[[nodiscard]] Result<Group> find_group(Services& services, std::string_view dialect,
                                       std::int64_t number);
/// number 0 creates. InvalidInput (name, permissions), Taken (name), NotFound, TooManyAttempts past
/// kGroupLimit. Permissions are kept sorted, each once.
[[nodiscard]] Result<Group> save_group(Services& services, std::string_view dialect,
                                       const Group& group);
[[nodiscard]] Outcome delete_group(Services& services, std::string_view dialect,
                                   std::int64_t number);

struct Permission {
  std::int64_t number = 0;
  std::string name;  ///< `admin`, `posts.read`
  std::string description;
};
[[nodiscard]] std::vector<Permission> list_permissions(Services& services);

}  // namespace postern::domain
