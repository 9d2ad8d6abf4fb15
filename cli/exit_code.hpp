#pragma once

#include <stdexcept>
#include <string>

namespace postern::cli {

/// What a script can rely on; told by `postern --help`.
enum ExitCode : int {
  kOk = 0,
  kRefused = 1,        ///< a refusal, or a check that failed
  kUsage = 2,          ///< the command line cannot be understood
  kConfiguration = 3,  ///< the configuration, or the master key file it names, cannot be used
  kDatabase = 4,       ///< the database cannot be reached or does not answer
};

/// Ends a command: one clear line for standard error, and its exit status. Holds no secret.
class CommandError : public std::runtime_error {
 public:
  CommandError(ExitCode code, const std::string& message)
      : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace postern::cli
