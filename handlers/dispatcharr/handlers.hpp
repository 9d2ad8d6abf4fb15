#pragma once

#include "handlers/route.hpp"

/// The handlers behind the route table in routes.cpp; docs/dispatcharr.md describes each.
namespace postern::handlers::dispatcharr {

[[nodiscard]] Response log_in(const Call& call, Services& services);
[[nodiscard]] Response refresh(const Call& call, Services& services);
[[nodiscard]] Response log_out(const Call& call, Services& services);

[[nodiscard]] Response list_api_keys(const Call& call, Services& services);
[[nodiscard]] Response create_api_key(const Call& call, Services& services);
[[nodiscard]] Response delete_api_key(const Call& call, Services& services);
[[nodiscard]] Response generate_api_key(const Call& call, Services& services);
[[nodiscard]] Response revoke_api_key(const Call& call, Services& services);

[[nodiscard]] Response show_me(const Call& call, Services& services);
[[nodiscard]] Response change_me(const Call& call, Services& services);

[[nodiscard]] Response list_users(const Call& call, Services& services);
[[nodiscard]] Response create_user(const Call& call, Services& services);
[[nodiscard]] Response show_user(const Call& call, Services& services);
[[nodiscard]] Response replace_user(const Call& call, Services& services);
[[nodiscard]] Response change_user(const Call& call, Services& services);
[[nodiscard]] Response delete_user(const Call& call, Services& services);

[[nodiscard]] Response list_groups(const Call& call, Services& services);
[[nodiscard]] Response create_group(const Call& call, Services& services);
[[nodiscard]] Response show_group(const Call& call, Services& services);
[[nodiscard]] Response replace_group(const Call& call, Services& services);
[[nodiscard]] Response change_group(const Call& call, Services& services);
[[nodiscard]] Response delete_group(const Call& call, Services& services);
[[nodiscard]] Response list_permissions(const Call& call, Services& services);

[[nodiscard]] Response show_setup(const Call& call, Services& services);
[[nodiscard]] Response set_up(const Call& call, Services& services);

}  // namespace postern::handlers::dispatcharr
