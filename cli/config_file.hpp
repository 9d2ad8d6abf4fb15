#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/config_providers.hpp"
#include "cli/config_resources.hpp"
#include "cli/config_schema.hpp"
#include "cli/toml_document.hpp"

namespace postern::cli {

/// Which files make up the configuration: `--config`, else $POSTERN_CONFIG, else
/// /etc/postern/postern.toml; upon it the file that $POSTERN_CONFIG_EXTRA names, if it names one.
struct ConfigFiles {
  std::string base;
  std::string extra;  ///< "" for none
};
inline constexpr const char* kDefaultConfigFile = "/etc/postern/postern.toml";
[[nodiscard]] ConfigFiles config_files(const std::string& option);

/// A value in effect and where it came from.
struct EffectiveValue {
  const Key* key;
  Value value;
  Place place;
};

struct LoadedConfig {
  Config config;
  std::vector<EffectiveValue> values;     ///< one per key of the schema, in its order
  std::vector<Place> rule_places;         ///< beside config.domain.policy.rules()
  std::vector<PlacedProvider> providers;  ///< beside config.handlers.sso.providers
  std::vector<PlacedResource> resources;  ///< beside config.domain.oauth.resources
};

/// All that is wrong with a configuration, in the order of the files' lines.
class ConfigError : public std::runtime_error {
 public:
  explicit ConfigError(std::vector<Problem> problems);
  [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// Reads, layers and checks. Throws ConfigError with every problem found. NOT checked: whether what
/// it names exists (files, groups, roles, the database); `postern doctor` does.
[[nodiscard]] LoadedConfig load_config(const ConfigFiles& files);
/// The same for what was read already.
[[nodiscard]] LoadedConfig check_config(const TomlNode& root, const std::string& file);

}  // namespace postern::cli
