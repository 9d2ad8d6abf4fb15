#include "cli/housekeeper_reports.hpp"

#include <utility>

#include "fcgi/log.hpp"

namespace postern::cli {
namespace {

using fcgi::log;
using fcgi::LogLevel;

void write_sweep(const domain::Sweep& sweep) {
  log(LogLevel::Info, "swept",
      {{"sessions", sweep.sessions},
       {"invites", sweep.invites},
       {"mail_links", sweep.mail_links},
       {"sso_attempts", sweep.sso_attempts},
       {"email_codes", sweep.email_codes},
       {"challenges", sweep.challenges},
       {"unconfirmed", sweep.unconfirmed},
       {"audit", sweep.audit},
       {"networks", sweep.networks},
       {"tombstones", sweep.tombstones},
       {"journal", sweep.journal},
       {"oauth_clients", sweep.oauth.clients},
       {"oauth_consents", sweep.oauth.consents},
       {"oauth_codes", sweep.oauth.codes},
       {"oauth_devices", sweep.oauth.devices},
       {"oauth_pushed", sweep.oauth.pushed},
       {"token_ids", sweep.oauth.token_ids},
       {"oauth_logouts", sweep.oauth.logouts}});
}

void write_watch(const domain::WatchReport& report) {
  if (report.regained) log(LogLevel::Info, "coherence_regained");
  if (report.missed) log(LogLevel::Warning, "revocation_missed", {{"what", *report.missed}});
  if (report.lost) log(LogLevel::Warning, "coherence_lost", {{"what", *report.lost}});
}

}  // namespace

void HousekeeperReports::swept(const domain::Sweep& sweep) {
  const auto& s = sweep;
  if (s.sessions + s.invites + s.mail_links + s.sso_attempts + s.email_codes + s.challenges +
          s.unconfirmed + s.audit + s.networks + s.tombstones + s.journal + s.oauth.total() ==
      0)
    return;
  const std::lock_guard lock(mutex_);
  swept_ = sweep;
}

void HousekeeperReports::sweep_failed(const std::string& what) {
  const std::lock_guard lock(mutex_);
  sweep_failed_ = what;
}

void HousekeeperReports::key_uses_not_written(const std::string& what) {
  const std::lock_guard lock(mutex_);
  key_uses_not_written_ = what;
}

void HousekeeperReports::key_made(const std::string& kid) {
  const std::lock_guard lock(mutex_);
  if (keys_made_.size() < kMostReports) keys_made_.push_back(kid);
}

void HousekeeperReports::rotation_failed(const std::string& what) {
  const std::lock_guard lock(mutex_);
  rotation_failed_ = what;
}

void HousekeeperReports::write_keys() {
  for (const auto& kid : keys_made_) log(LogLevel::Info, "signing_key_made", {{"kid", kid}});
  if (rotation_failed_) {
    log(LogLevel::Error, "signing_keys_not_rotated", {{"what", *rotation_failed_}});
  }
  keys_made_.clear();
  rotation_failed_.reset();
}

void HousekeeperReports::mail_stuck(const std::string& what) {
  const std::lock_guard lock(mutex_);
  mail_stuck_ = what;
}

void HousekeeperReports::mail_unstuck() {
  const std::lock_guard lock(mutex_);
  mail_unstuck_ = true;
}

void HousekeeperReports::mail_given_up(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (mail_given_up_.size() < kMostReports) mail_given_up_.push_back(why);
}

void HousekeeperReports::write_mail() {
  if (mail_stuck_) log(LogLevel::Warning, "mail_stuck", {{"what", *mail_stuck_}});
  if (mail_unstuck_) log(LogLevel::Info, "mail_unstuck");
  for (const auto& why : mail_given_up_) log(LogLevel::Warning, "mail_given_up", {{"what", why}});
  mail_stuck_.reset();
  mail_unstuck_ = false;
  mail_given_up_.clear();
}

void HousekeeperReports::logouts_stuck(const std::string& what) {
  const std::lock_guard lock(mutex_);
  logouts_stuck_ = what;
}

void HousekeeperReports::logout_given_up(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (logouts_given_up_.size() < kMostReports) logouts_given_up_.push_back(why);
}

void HousekeeperReports::write_logouts() {
  if (logouts_stuck_) log(LogLevel::Warning, "logouts_stuck", {{"what", *logouts_stuck_}});
  for (const auto& why : logouts_given_up_)
    log(LogLevel::Warning, "logout_given_up", {{"why", why}});
  logouts_stuck_.reset();
  logouts_given_up_.clear();
}

void HousekeeperReports::watched(const domain::WatchReport& report) {
  if (!report.lost && !report.regained && !report.missed) return;
  const std::lock_guard lock(mutex_);
  if (watched_.size() < kMostReports) watched_.push_back(report);
}

void HousekeeperReports::write() {
  const std::lock_guard lock(mutex_);
  if (swept_) write_sweep(*swept_);
  if (sweep_failed_) log(LogLevel::Warning, "sweep_failed", {{"what", *sweep_failed_}});
  if (key_uses_not_written_)
    log(LogLevel::Warning, "key_uses_not_written", {{"what", *key_uses_not_written_}});
  write_keys();
  write_mail();
  write_logouts();
  for (const auto& report : watched_) write_watch(report);
  swept_.reset();
  sweep_failed_.reset();
  key_uses_not_written_.reset();
  watched_.clear();
}

}  // namespace postern::cli
