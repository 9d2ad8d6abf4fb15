#pragma once

#include <string_view>

namespace postern::domain {

/// What a failed statement's SQLSTATE (PostgreSQL manual, appendix A) means for us.
enum class Failure {
  Conflict,     ///< Serialization failure or deadlock: rolled back whole, worth one more try.
  StalePlan,    ///< The prepared statement is not what it was (a migration ran): prepare again.
  Gone,         ///< The connection is of no more use: server stopping, or no longer the primary.
  Unavailable,  ///< Cannot now: a timeout, a lock held by others, resources used up.
  Defect,       ///< Anything else: our statement or the schema is wrong.
};

[[nodiscard]] Failure classify(std::string_view sqlstate);

}  // namespace postern::domain
