#include "cli/logout_delivery.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "cli/domain_host.hpp"
#include "domain/oauth_logout.hpp"
#include "handlers/oauth/safe_fetch.hpp"

namespace postern::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWhenNothingIsDue{1000};
constexpr milliseconds kAfterTrouble{2000};
/// Each of another client, so that one that hangs holds up only itself.
constexpr int kAtOnce = 8;
constexpr int kOk = 200;
constexpr int kNoContent = 204;

/// Why it was not told; "" once it was.
std::string tell(const Config& config, const domain::LogoutNotice& notice) {
  // A JWT needs no escape in a form.
  const domain::Secret form("logout_token=" + std::string(notice.token.reveal()));
  const auto answer = handlers::oauth::safe_post(config.domain.oauth, notice.uri, form);
  if (!answer) return answer.error().detail;
  if (answer->status == kOk || answer->status == kNoContent) return {};
  return "status " + std::to_string(answer->status);
}

void settle(domain::Services& services, const domain::LogoutNotice& notice, const std::string& why,
            HousekeeperReports& reports) {
  if (why.empty()) {
    domain::logout_told(services, notice.id);
  } else if (!domain::logout_not_told(services, notice.id, notice.attempts)) {
    reports.logout_given_up(why);
  }
}

/// All at once, so that it takes as long as the slowest: 5 s at most. The database is this
/// thread's.
void deliver(const Config& config, domain::Services& services,
             const std::vector<domain::LogoutNotice>& notices, HousekeeperReports& reports) {
  std::vector<std::future<std::string>> answers;
  answers.reserve(notices.size());
  for (const auto& notice : notices) {
    answers.push_back(std::async(std::launch::async, tell, std::cref(config), std::cref(notice)));
  }
  for (std::size_t i = 0; i < notices.size(); ++i) {
    settle(services, notices[i], answers[i].get(), reports);
  }
}

class Round {
 public:
  Round(const Config& config, domain::Services& services, HousekeeperReports& reports)
      : config_(config), services_(services), reports_(reports) {}

  /// How long to rest after it.
  milliseconds go() {
    try {
      const auto notices = domain::take_due_logouts(services_, kAtOnce);
      deliver(config_, services_, notices, reports_);
      failing_ = false;
      return notices.empty() ? kWhenNothingIsDue : milliseconds(0);
    } catch (const std::exception& error) {
      if (!failing_) reports_.logouts_stuck(error.what());
      failing_ = true;
      return kAfterTrouble;
    }
  }

 private:
  const Config& config_;
  domain::Services& services_;
  HousekeeperReports& reports_;
  bool failing_ = false;
};

}  // namespace

void deliver_logouts(const std::stop_token& stop, const Config& config,
                     domain::CredentialCache& /*cache*/, HousekeeperReports& reports) {
  if (!config.domain.oauth.enabled) return;
  std::array<domain::HashSlots::Slot, 1> slots{};
  DomainHost host(config, slots, {.application_name = "postern logouts"});
  Round round(config, host.services(), reports);
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    const auto rest = round.go();
    if (rest == milliseconds(0)) continue;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, rest, [] { return false; });
  }
}

}  // namespace postern::cli
