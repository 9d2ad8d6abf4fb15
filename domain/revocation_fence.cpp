#include "domain/revocation_fence.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "domain/bytes.hpp"
#include "domain/notification_channel.hpp"
#include "domain/pause.hpp"
#include "domain/revocation_listener.hpp"

namespace postern::domain {
namespace {

constexpr Statement kListen{"listen_fence", R"sql(listen postern_fence)sql"};

/// Who has to answer, by the process ids of their sessions.
constexpr Statement kFindListeners{"find_listeners", R"sql(
  select pid from pg_stat_activity
  where datname = current_database() and application_name = $1
)sql"};

constexpr Statement kRaiseFence{"raise_fence", R"sql(
  select pg_notify('postern_revocation', 'fence ' || $1)
)sql"};

class Deadline {
 public:
  Deadline(const Clock& clock, std::chrono::milliseconds limit)
      : clock_(clock), end_(clock.uptime() + limit) {}
  [[nodiscard]] std::chrono::milliseconds left() const {
    return std::max(std::chrono::milliseconds(0), end_ - clock_.uptime());
  }
  [[nodiscard]] bool passed() const { return left().count() == 0; }

 private:
  const Clock& clock_;
  std::chrono::milliseconds end_;
};

Fence run_out(const Deadline& deadline) {
  while (!deadline.passed()) pause(deadline.left());
  return Fence::RanOut;
}

std::set<std::int64_t> find_listeners(NotificationChannel& channel, const Clock& clock,
                                      const Deadline& deadline) {
  std::set<std::int64_t> listeners;
  for (const auto& row :
       channel.ask(kFindListeners, {RevocationListener::kApplicationName}, clock, deadline.left()))
    listeners.insert(row.integer(0));
  return listeners;
}

Fence ask_listeners(const Database::Options& where, const Clock& clock, Random& random,
                    const Deadline& deadline) {
  NotificationChannel channel(where);
  channel.ask(kListen, {}, clock, deadline.left());
  auto awaited = find_listeners(channel, clock, deadline);
  if (awaited.empty()) return Fence::Unneeded;
  std::array<std::uint8_t, 12> bytes{};
  random.fill(bytes);
  const std::string id = hex_encode(bytes);
  channel.ask(kRaiseFence, {id}, clock, deadline.left());
  while (!deadline.passed()) {
    while (const auto answer = channel.take_notification()) {
      if (answer->payload == id) awaited.erase(answer->sender);
    }
    if (awaited.empty()) return Fence::Answered;
    channel.receive(deadline.left());
  }
  return Fence::RanOut;
}

}  // namespace

Fence wait_until_known(const Database::Options& where, const CacheSettings& settings,
                       const Clock& clock, Random& random) noexcept {
  if (settings.entries == 0) return Fence::Unneeded;
  const Deadline deadline(clock, settings.stale_limit);
  if (settings.coherence == Coherence::Poll) return run_out(deadline);
  try {
    return ask_listeners(where, clock, random, deadline);
  } catch (const std::exception&) {
    return run_out(deadline);
  }
}

}  // namespace postern::domain
