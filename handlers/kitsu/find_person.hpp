#pragma once

#include "domain/account.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

/// Whom the path's {id} names. NotFound, also for what is no id.
[[nodiscard]] domain::Result<domain::Account> find_person(const Call& call, Services& services);

}  // namespace postern::handlers::kitsu
