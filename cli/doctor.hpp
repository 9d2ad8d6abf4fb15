#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/config.hpp"

namespace postern::cli {

enum class Level { Ok, Warn, Fail };

/// What one check found, and how to mend it ("" where all is well). Holds no secret.
struct Finding {
  Level level;
  std::string check;
  std::string message;
  std::string mend;
};

class Findings {
 public:
  void ok(std::string check, std::string message) {
    list_.push_back({Level::Ok, std::move(check), std::move(message), ""});
  }
  void warn(std::string check, std::string message, std::string mend) {
    list_.push_back({Level::Warn, std::move(check), std::move(message), std::move(mend)});
  }
  void fail(std::string check, std::string message, std::string mend) {
    list_.push_back({Level::Fail, std::move(check), std::move(message), std::move(mend)});
  }
  /// Runs a check; what it throws is a finding too.
  void attempt(const std::string& check, const std::function<void()>& run);

  [[nodiscard]] const std::vector<Finding>& list() const { return list_; }
  [[nodiscard]] bool any_failed() const;

 private:
  std::vector<Finding> list_;
};

/// The configuration files' protection, the master key file, the issuer, where the log and pid file
/// go.
void examine_files(Findings& findings, const Config& config, const ConfigFiles& files);
/// Whether the web server's user can reach both sockets, and whether somebody listens.
void examine_sockets(Findings& findings, const Config& config, const std::string& web_user);
/// Reachability, schema version, what the role may do, clock, signing keys, names in the settings.
void examine_database(Findings& findings, const Config& config);
/// Our clock, and the database's at the same moment: at most 5 s apart, in a year that can be.
void judge_clocks(Findings& findings, domain::Instant ours, domain::Instant theirs);
/// How long a password takes, and whether the memory for all concurrent ones is there.
void examine_passwords(Findings& findings, const Config& config);

}  // namespace postern::cli
