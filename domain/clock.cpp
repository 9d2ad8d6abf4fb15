#include "domain/clock.hpp"

namespace postern::domain {

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

long long unix_seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

Instant from_unix_seconds(long long value) {
  return Instant(std::chrono::seconds(value));
}

}  // namespace postern::domain
