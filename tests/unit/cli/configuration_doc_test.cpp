#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "cli/config_schema.hpp"

namespace postern::cli {
namespace {

struct DocumentedKey {
  std::string fallback, allowed, meaning;
};

/// The rows `| `key` | default | allowed | meaning |` below each heading `### [section]`.
std::map<std::string, DocumentedKey> documented() {
  std::ifstream file(std::string(POSTERN_SOURCE_DIR) + "/docs/configuration.md");
  std::map<std::string, DocumentedKey> keys;
  const std::regex heading(R"(^### `\[([a-z_.]+)\]`.*)");
  const std::regex row(R"(^\| `([a-z_]+)` \| (.+?) \| (.+?) \| (.+?) \|$)");
  std::string line, section;
  std::smatch match;
  while (std::getline(file, line)) {
    if (std::regex_match(line, match, heading)) section = match[1];
    if (std::regex_match(line, match, row)) {
      keys[section + "." + match[1].str()] = {match[2], match[3], match[4]};
    }
  }
  return keys;
}

std::string fallback_of(const Key& key) {
  return key.fallback ? "`" + toml_text(*key.fallback) + "`" : "required";
}

TEST(ConfigurationDocument, TellsEveryKeyWithItsDefaultAndWhatIsAllowed) {
  const auto told = documented();
  for (const auto& key : config_keys()) {
    const auto found = told.find(key.name);
    if (found == told.end()) {
      ADD_FAILURE() << key.name << " is missing: | `" << key.name.substr(key.name.rfind('.') + 1)
                    << "` | " << fallback_of(key) << " | " << allowed(key) << " | … |";
      continue;
    }
    EXPECT_EQ(found->second.fallback, fallback_of(key)) << key.name;
    EXPECT_EQ(found->second.allowed, allowed(key)) << key.name;
    EXPECT_GT(found->second.meaning.size(), 10U) << key.name << " should be explained";
  }
}

TEST(ConfigurationDocument, TellsNoKeyThatDoesNotExist) {
  for (const auto& [name, key] : documented()) {
    EXPECT_NE(find_config_key(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace postern::cli
