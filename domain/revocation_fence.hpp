#pragma once

#include <chrono>

#include "domain/clock.hpp"
#include "domain/database.hpp"
#include "domain/random.hpp"
#include "domain/settings.hpp"

namespace postern::domain {

/// How a wait for the machines ended.
enum class Fence {
  Unneeded,  ///< nobody is listening, or nothing is cached
  Answered,  ///< every machine has applied all that was committed before
  RanOut,    ///< the stale limit has passed: no machine believes what it knew before any more
};

/// For who revokes without sharing memory with the workers: the command line. Returns when no
/// machine accepts any more what was revoked by transactions that were committed before the call,
/// so that a command which has returned has taken effect everywhere (rule R6). Where machines
/// LISTEN, each listener is asked and answers once it has applied all that came before the
/// question: a few milliseconds. Where they poll there is nobody to ask, and it waits the stale
/// limit, as it does for a machine that does not answer and for a database that went away. Never
/// throws.
///
/// NOT waited for: a machine whose listener has no connection at this moment; that one stops
/// believing within the stale limit.
Fence wait_until_known(const Database::Options& where, const CacheSettings& settings,
                       const Clock& clock, Random& random) noexcept;

}  // namespace postern::domain
