#pragma once

#include <chrono>

namespace postern::domain {

/// UTC, in microseconds: the resolution of PostgreSQL's timestamptz.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using std::chrono::seconds;

/// The only source of time. Nothing decides validity by the database's clock or by a clock of its
/// own, so that a test can stand anywhere in time (tests/tree checks it).
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  /// Since the machine was started, sleep included: the same in all its processes, and never set
  /// back. For how long ago something was, never for when.
  [[nodiscard]] virtual std::chrono::milliseconds uptime() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] std::chrono::milliseconds uptime() const override;
};

/// Whole seconds since 1970, as JWT's NumericDate (RFC 7519 section 2) wants them, rounded down.
[[nodiscard]] long long unix_seconds(Instant instant);
[[nodiscard]] Instant from_unix_seconds(long long value);

}  // namespace postern::domain
