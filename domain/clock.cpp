#include "domain/clock.hpp"

#include <time.h>

namespace postern::domain {

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// CLOCK_BOOTTIME, since the time spent asleep counts for what might have been missed meanwhile.
std::chrono::milliseconds SystemClock::uptime() const {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::seconds(now.tv_sec) +
                                                       std::chrono::nanoseconds(now.tv_nsec));
}

long long unix_seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

Instant from_unix_seconds(long long value) {
  return Instant(std::chrono::seconds(value));
}

}  // namespace postern::domain
