#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/housekeeping.hpp"
#include "domain/revocation_watch.hpp"

namespace postern::cli {

/// What the housekeeper's threads have to say, for its main thread to log: a log belongs to one
/// thread.
class HousekeeperReports {
 public:
  void swept(const domain::Sweep& sweep);
  void sweep_failed(const std::string& what);
  void key_uses_not_written(const std::string& what);
  /// The next signing key was made, or could not be.
  void key_made(const std::string& kid);
  void rotation_failed(const std::string& what);
  /// Letters wait for something, and do not any more.
  void mail_stuck(const std::string& what);
  void mail_unstuck();
  /// One letter is not tried any more; the audit says which.
  void mail_given_up(const std::string& why);
  /// Notices of signing out cannot be looked for.
  void logouts_stuck(const std::string& what);
  /// A client was not told that somebody signed out, and nobody tries any more.
  void logout_given_up(const std::string& why);
  void watched(const domain::WatchReport& report);
  /// Writes to the log what has come in since.
  void write();

 private:
  void write_keys();
  void write_mail();
  void write_logouts();

  static constexpr std::size_t kMostReports = 16;

  std::mutex mutex_;
  std::optional<domain::Sweep> swept_;
  std::optional<std::string> sweep_failed_;
  std::optional<std::string> key_uses_not_written_;
  std::vector<std::string> keys_made_;
  std::optional<std::string> rotation_failed_;
  std::optional<std::string> mail_stuck_;
  bool mail_unstuck_ = false;
  std::vector<std::string> mail_given_up_;
  std::optional<std::string> logouts_stuck_;
  std::vector<std::string> logouts_given_up_;
  std::vector<domain::WatchReport> watched_;
};

}  // namespace postern::cli
