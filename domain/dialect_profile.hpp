#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/services.hpp"

namespace postern::domain {

/// What a dialect keeps about an account beyond the account itself, as one text (its JSON) per
/// account and dialect. The domain stores it; the dialect validates and reads it. At most 16 KiB.
[[nodiscard]] std::string read_profile(Services& services, AccountId account,
                                       std::string_view dialect);  ///< "" when there is none
[[nodiscard]] std::map<std::string, std::string> read_profiles(
    Services& services, const std::vector<AccountId>& accounts, std::string_view dialect);
[[nodiscard]] Outcome write_profile(Services& services, AccountId account, std::string_view dialect,
                                    std::string_view json);

/// A dialect's named groups of permission numbers (Dispatcharr's /groups/).
struct Group {
  std::int64_t number = 0;
  std::string name;
  std::vector<std::int64_t> permissions;
};
[[nodiscard]] std::vector<Group> list_groups(Services& services, std::string_view dialect);
[[nodiscard]] Result<Group> find_group(Services& services, std::string_view dialect,
                                       std::int64_t number);
/// number 0 creates. InvalidInput (name, permissions), Taken (name), NotFound.
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
