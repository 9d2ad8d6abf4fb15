#pragma once

#include "handlers/route.hpp"

/// The handlers behind the route table in routes.cpp; docs/skedcast.md describes each.
namespace postern::handlers::skedcast {

[[nodiscard]] Response show_agency(const Call& call, Services& services);

}  // namespace postern::handlers::skedcast
