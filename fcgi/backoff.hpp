#pragma once

#include <algorithm>
#include <cstdint>

namespace postern::fcgi {

/// How long to wait before replacing a process that died: not at all after a life of a second or
/// more; else 100 ms, doubling to 10 s while the deaths go on. Deaths during a wait do not lengthen
/// it, so that a pool which dies together counts once. Times are milliseconds of one clock.
class Backoff {
 public:
  void died(std::int64_t lifetime, std::int64_t now) {
    if (lifetime >= kYoung || now < ready_at_) return;
    const bool forgotten = now - ready_at_ > kForget;
    delay_ = forgotten || delay_ == 0 ? kFirst : std::min(delay_ * 2, kMost);
    ready_at_ = now + delay_;
  }
  [[nodiscard]] bool ready(std::int64_t now) const { return now >= ready_at_; }
  [[nodiscard]] std::int64_t delay() const { return delay_; }

 private:
  static constexpr std::int64_t kYoung = 1000, kFirst = 100, kMost = 10'000, kForget = 10'000;
  std::int64_t delay_ = 0;
  std::int64_t ready_at_ = 0;
};

}  // namespace postern::fcgi
