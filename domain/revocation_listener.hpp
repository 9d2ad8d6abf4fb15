#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/notification_channel.hpp"
#include "domain/revocation_message.hpp"
#include "domain/revocation_watch.hpp"
#include "domain/watch_state.hpp"

namespace postern::domain {

/// Hears revocations by LISTEN/NOTIFY, as soon as they are committed. PostgreSQL delivers
/// notifications in the order of the commits, so a listener that hears a beat of its own has heard
/// everything that was committed before the beat. Beats are sent every tenth of the stale limit.
///
/// A revocation whose number the clock shows, but that was not heard, was written by somebody who
/// does not notify (a machine set to poll): found out with the next beat, and everything is made
/// void. So is it on a message that is none of ours, and on numbers out of order.
class RevocationListener final : public RevocationWatch {
 public:
  /// By this name the sessions of listeners are known in pg_stat_activity (revocation_fence.hpp).
  static constexpr const char* kApplicationName = "postern listener";

  RevocationListener(const Database::Options& where, const CacheSettings& settings,
                     const Clock& clock, Random& random, CredentialCache& cache);

  WatchReport run_once(std::chrono::milliseconds wait) override;

 private:
  /// Said by us, to be heard by us.
  struct Beat {
    std::string id;
    std::chrono::milliseconds sent;          ///< uptime before it was
    std::optional<std::int64_t> clock;       ///< the clock's number, read with it
    std::optional<std::int64_t> heard_till;  ///< the last number heard before it
  };
  enum class UnderWay { Nothing, Beat, FenceAnswers };

  void connect();
  void listen(std::chrono::milliseconds wait, WatchReport& report);
  void say_what_is_due();
  [[nodiscard]] std::chrono::milliseconds until_due() const;
  void take_answer();
  void hear(const std::string& payload, WatchReport& report);
  void hear_revocation(const RevocationNotice& notice, WatchReport& report);
  void judge_beat(WatchReport& report);
  void doubt(const std::string& why, WatchReport& report);

  Database::Options where_;
  std::chrono::milliseconds stale_limit_, patience_, beat_interval_;
  const Clock& clock_;
  CredentialCache& cache_;
  WatchState state_;
  std::string instance_;
  std::unique_ptr<NotificationChannel> channel_;
  std::int64_t first_heard_ = 0;  ///< the clock's number when we began to listen
  std::int64_t last_heard_ = 0;   ///< the number of the last revocation that was heard
  std::int64_t counted_ = 0;      ///< what the clock must show with the next beat, or more
  std::uint64_t beats_ = 0;
  std::optional<Beat> beat_;
  std::chrono::milliseconds next_beat_{0};
  std::vector<std::string> fences_;  ///< to be answered
  UnderWay under_way_ = UnderWay::Nothing;
};

}  // namespace postern::domain
