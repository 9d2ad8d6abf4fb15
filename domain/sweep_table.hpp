#pragma once

#include <cstdint>

#include "domain/services.hpp"

namespace postern::domain {

/// Runs a DELETE ($1 until when, $2 how many at most) as often as it finds something, at most 1000
/// rows at once, so that no lock is held long, and at most 100,000 in all: what is left over is the
/// next sweep's (rule R9). How many went.
std::int64_t sweep_table(Services& services, const Statement& statement, Instant until);

}  // namespace postern::domain
