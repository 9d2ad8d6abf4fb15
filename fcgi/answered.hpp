#pragma once

#include <cstdint>
#include <string_view>

#include "fcgi/request.hpp"
#include "fcgi/shared_segment.hpp"

namespace postern::fcgi {

/// What is kept of a request once it is answered: counters, and a log record "request".
struct Answered {
  std::string_view id;
  Door door;
  std::string_view method, route;
  int status;
  std::int64_t microseconds;
  std::string_view account;
};

/// Allowed checks of the gate are counted always, and logged where `log_allowed_checks` says so.
void keep_record(const Answered& answered, Counters& counters, bool log_allowed_checks);

}  // namespace postern::fcgi
