#include "handlers/openskip/key_level.hpp"

#include <algorithm>

namespace postern::handlers::openskip {

std::optional<std::vector<std::string>> permissions_of(std::string_view level) {
  const auto* const found = std::find(kKeyLevels.begin(), kKeyLevels.end(), level);
  if (found == kKeyLevels.end()) return std::nullopt;
  return std::vector<std::string>(kKeyLevels.begin(), found + 1);
}

std::string_view level_of(const domain::ApiKey& key) {
  if (!key.permissions) return kKeyLevels.back();
  const auto holds = [&](std::string_view name) {
    return std::find(key.permissions->begin(), key.permissions->end(), name) !=
           key.permissions->end();
  };
  const auto highest = std::find_if(kKeyLevels.rbegin(), kKeyLevels.rend(), holds);
  return highest == kKeyLevels.rend() ? kKeyLevels.front() : *highest;
}

}  // namespace postern::handlers::openskip
