#include "domain/sql_state.hpp"

namespace postern::domain {

Failure classify(std::string_view sqlstate) {
  const auto is_class = [&](std::string_view name) { return sqlstate.substr(0, 2) == name; };
  if (sqlstate == "40001" || sqlstate == "40P01") return Failure::Conflict;
  // "cached plan must not change result type"; unknown prepared statement.
  if (sqlstate == "0A000" || sqlstate == "26000") return Failure::StalePlan;
  // 57P0x: shutdown, crash, starting up, database dropped, idle timeouts. 25006: a standby. 25P03:
  // idle in transaction for too long.
  if (is_class("08") || sqlstate.substr(0, 4) == "57P0" || sqlstate == "25006" ||
      sqlstate == "25P03")
    return Failure::Gone;
  // 57014: statement timeout. 55P03: lock timeout.
  if (is_class("53") || is_class("58") || sqlstate == "57014" || sqlstate == "55P03")
    return Failure::Unavailable;
  return Failure::Defect;
}

}  // namespace postern::domain
