#pragma once

#include <chrono>
#include <string>

namespace postern::domain {

/// What we set on every connection, through the startup packet: it holds from the first statement
/// and after each reconnect, where a SET would be lost.
struct ConnectionLimits {
  std::string application_name;
  std::chrono::milliseconds connect_timeout;    ///< libpq counts whole seconds, two at the least
  std::chrono::milliseconds statement_timeout;  ///< 0: none
  std::chrono::milliseconds lock_timeout;
  /// Plans each prepared statement once instead of weighing it anew: for statements by key.
  bool plan_once = false;
};

/// libpq's conninfo string for `url` (a conninfo string or a postgresql:// URI) with our settings:
/// limits, UTC, UTF-8, READ COMMITTED, a search path without surprises. The url's own `options`
/// come before ours. Throws DatabaseError, which names no part of the url, when libpq cannot parse
/// it.
[[nodiscard]] std::string connection_string(const std::string& url, const ConnectionLimits& limits);

}  // namespace postern::domain
