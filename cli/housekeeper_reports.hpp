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
  void watched(const domain::WatchReport& report);
  /// Writes to the log what has come in since.
  void write();

 private:
  static constexpr std::size_t kMostReports = 16;

  std::mutex mutex_;
  std::optional<domain::Sweep> swept_;
  std::optional<std::string> sweep_failed_;
  std::optional<std::string> key_uses_not_written_;
  std::vector<domain::WatchReport> watched_;
};

}  // namespace postern::cli
