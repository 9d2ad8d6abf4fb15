#pragma once

#include "handlers/route.hpp"

/// The handlers behind the route table in routes.cpp; docs/openskip.md describes each.
namespace postern::handlers::openskip {

[[nodiscard]] Response register_user(const Call& call, Services& services);
[[nodiscard]] Response token(const Call& call, Services& services);
[[nodiscard]] Response log_in(const Call& call, Services& services);
[[nodiscard]] Response show_me(const Call& call, Services& services);

[[nodiscard]] Response create_api_key(const Call& call, Services& services);
[[nodiscard]] Response list_api_keys(const Call& call, Services& services);
[[nodiscard]] Response delete_api_key(const Call& call, Services& services);

[[nodiscard]] Response list_users(const Call& call, Services& services);
[[nodiscard]] Response approve_user(const Call& call, Services& services);

[[nodiscard]] Response create_invite(const Call& call, Services& services);
[[nodiscard]] Response list_invites(const Call& call, Services& services);
[[nodiscard]] Response delete_invite(const Call& call, Services& services);

}  // namespace postern::handlers::openskip
