#pragma once

#include <json/value.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace postern::test {

/// What a run of the real `postern` program ($POSTERN_BINARY) came to.
struct CommandResult {
  int status = -1;  ///< exit status; 128 + signal when killed
  std::string out, err;
};

using Arguments = std::vector<std::string>;

struct CommandInput {
  std::string text;                          ///< standard input
  std::map<std::string, std::string> extra;  ///< environment beside what is there
};

/// Runs it without a controlling terminal and waits.
CommandResult run_postern(const Arguments& arguments, const CommandInput& input = {});
/// Starts all, then waits for all: for what must hold when two run at once.
std::vector<CommandResult> run_postern_at_once(const std::vector<Arguments>& runs);

/// A directory with a postern.toml of its own, gone at the end.
class Installation {
 public:
  /// Over a database; "" names none that can be reached.
  explicit Installation(const std::string& url, const std::string& owner_url = "");
  ~Installation();
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return directory_ / name;
  }
  [[nodiscard]] std::filesystem::path config() const { return file("postern.toml"); }
  [[nodiscard]] std::filesystem::path master_key() const { return file("master.key"); }

  /// Adds to or changes the configuration; the value is TOML.
  void set(const std::string& key, const std::string& value);
  CommandResult run(Arguments arguments, const CommandInput& input = {}) const;
  /// What it prints where --json is among the arguments; null where that is none.
  [[nodiscard]] Json::Value json(const Arguments& arguments, const Arguments& more = {}) const;
  [[nodiscard]] Arguments with_config(Arguments arguments) const;

 private:
  void write() const;
  std::filesystem::path directory_;
  std::map<std::string, std::string> keys_;
};

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& text);
/// The permission bits.
unsigned mode_of(const std::filesystem::path& file);

}  // namespace postern::test
