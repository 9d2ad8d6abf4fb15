#include "cli/mail/mail_delivery.hpp"

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "cli/domain_host.hpp"
#include "cli/mail/mailer.hpp"

namespace postern::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWhenNothingIsDue{1000};
constexpr milliseconds kAfterTrouble{2000};

/// Tells of trouble once, and of its end.
class Trouble {
 public:
  explicit Trouble(HousekeeperReports& reports) : reports_(reports) {}

  void met(const std::string& what) {
    if (!lasting_) reports_.mail_stuck(what);
    lasting_ = true;
  }
  void over() {
    if (lasting_) reports_.mail_unstuck();
    lasting_ = false;
  }

 private:
  HousekeeperReports& reports_;
  bool lasting_ = false;
};

class Round {
 public:
  Round(const Config& config, domain::Services& services, HousekeeperReports& reports)
      : config_(config),
        services_(services),
        reports_(reports),
        broken_(reports),
        refused_(reports) {}

  /// One letter; how long to rest after it.
  milliseconds go() {
    try {
      if (!mailer_) mailer_.emplace(config_);
      const auto report = domain::handle_mail(services_, [this](const domain::ReadyLetter& letter) {
        return mailer_->send(letter, services_.clock.now());
      });
      broken_.over();
      return judge(report);
    } catch (const std::exception& error) {
      broken_.met(error.what());
      return kAfterTrouble;
    }
  }

 private:
  milliseconds judge(const domain::MailReport& report) {
    using Outcome = domain::MailReport::Outcome;
    switch (report.outcome) {
      case Outcome::Nothing:
        return kWhenNothingIsDue;
      case Outcome::Postponed:
        refused_.met(report.why);
        return kAfterTrouble;
      case Outcome::GivenUp:
        reports_.mail_given_up(report.why);
        return milliseconds(0);
      case Outcome::Sent:
        refused_.over();
        return milliseconds(0);
      case Outcome::Dropped:
        return milliseconds(0);
    }
    return kWhenNothingIsDue;
  }

  const Config& config_;
  domain::Services& services_;
  HousekeeperReports& reports_;
  Trouble broken_;   ///< on this side
  Trouble refused_;  ///< by the mail server
  std::optional<Mailer> mailer_;
};

}  // namespace

void deliver_mail(const std::stop_token& stop, const Config& config,
                  domain::CredentialCache& /*cache*/, HousekeeperReports& reports) {
  if (!config.domain.mail.enabled) return;
  std::array<domain::HashSlots::Slot, 1> slots{};
  DomainHost host(config, slots, {.application_name = "postern mail"});
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
