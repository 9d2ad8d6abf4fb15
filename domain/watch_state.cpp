#include "domain/watch_state.hpp"

#include <algorithm>

namespace postern::domain {

void WatchState::heard(std::chrono::milliseconds uptime, WatchReport& report) {
  cache_.trust_until(uptime + stale_limit_);
  pause_ = kFirstPause;
  if (lost_) report.regained = true;
  lost_ = false;
}

void WatchState::failed(const std::string& why, WatchReport& report) {
  if (!lost_) report.lost = why;
  lost_ = true;
  next_attempt_ = clock_.uptime() + pause_;
  pause_ = std::min(2 * pause_, kLongestPause);
}

std::chrono::milliseconds WatchState::until_next_attempt() const {
  return std::max(std::chrono::milliseconds(0), next_attempt_ - clock_.uptime());
}

}  // namespace postern::domain
