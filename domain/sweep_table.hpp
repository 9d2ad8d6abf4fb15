#pragma once

#include <cstdint>
#include <functional>

#include "domain/services.hpp"

namespace postern::domain {

/// Has `sweep` take at most 1000 rows (its argument) as often as it finds so many (its answer), so
/// that no lock is held long, and at most 100,000 in all: what is left over is the next sweep's
/// (rule R9).
void sweep_batches(const std::function<std::int64_t(std::int64_t most)>& sweep);

/// The same with a DELETE ($1 until when, $2 how many at most). How many went.
std::int64_t sweep_table(Services& services, const Statement& statement, Instant until);

}  // namespace postern::domain
