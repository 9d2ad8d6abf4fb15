#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/account.hpp"
#include "handlers/dispatcharr/profile.hpp"
#include "handlers/dispatcharr/reader.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::dispatcharr {

/// What a body asks of a user; what is absent stays.
struct UserWish {
  std::optional<std::string> username, email;
  std::optional<std::int64_t> level;
  std::optional<domain::Secret> password;
  ProfileWish profile;
};

/// Reads and checks every writable member of the user object by the domain's rules, in the
/// framework's words. `whole`: username and password must be there (POST and PUT).
[[nodiscard]] UserWish read_user(Fields& fields, const Services& services, bool whole);

/// The same for what people may change of themselves: names, email, password and
/// custom_properties, which are merged. `allowed_networks` in there is an administrator's to set
/// and is passed over unless the caller is one.
[[nodiscard]] UserWish read_own_user(Fields& fields, const Services& services, bool is_admin);

/// Does it: names and level, then what the dialect keeps, then the password, which ends the user's
/// other sessions. Checked before and so not expected to fail half-way, but for the database.
/// The account as it is then, or the refusal.
[[nodiscard]] domain::Result<domain::Account> apply_wish(const Call& call, Services& services,
                                                         const domain::Account& user,
                                                         const UserWish& wish);

}  // namespace postern::handlers::dispatcharr
