#pragma once

#include "handlers/route.hpp"

/// The handlers behind the route table in routes.cpp; docs/scriptix.md describes each.
namespace postern::handlers::scriptix {

[[nodiscard]] Response log_in(const Call& call, Services& services);
[[nodiscard]] Response log_in_with_code(const Call& call, Services& services);
[[nodiscard]] Response log_in_at_microsoft(const Call& call, Services& services);
[[nodiscard]] Response log_out(const Call& call, Services& services);

[[nodiscard]] Response list_tokens(const Call& call, Services& services);
[[nodiscard]] Response create_token(const Call& call, Services& services);
[[nodiscard]] Response delete_token(const Call& call, Services& services);

[[nodiscard]] Response list_api_keys(const Call& call, Services& services);
[[nodiscard]] Response create_api_key(const Call& call, Services& services);
[[nodiscard]] Response delete_api_key(const Call& call, Services& services);

[[nodiscard]] Response show_me(const Call& call, Services& services);

}  // namespace postern::handlers::scriptix
