#include "fcgi/answered.hpp"

#include "fcgi/log.hpp"

namespace postern::fcgi {

void keep_record(const Answered& answered, Counters& counters, bool log_allowed_checks) {
  const auto door = static_cast<std::size_t>(answered.door);
  const auto hundred = static_cast<std::size_t>(answered.status / 100);
  ++counters.responses[door][hundred < 6 ? hundred : 0];
  counters.microseconds[door] += static_cast<std::uint64_t>(answered.microseconds);
  if (answered.door == Door::Gate && answered.status < 300 && !log_allowed_checks) return;
  log(LogLevel::Info, "request",
      {{"id", answered.id},
       {"door", answered.door == Door::Gate ? "gate" : "api"},
       {"method", answered.method},
       {"route", answered.route},
       {"status", std::int64_t{answered.status}},
       {"us", answered.microseconds},
       {"account", answered.account}});
}

}  // namespace postern::fcgi
