#include <gtest/gtest.h>

#include "handlers/openskip/key_level.hpp"

namespace postern::handlers::openskip {
namespace {

using Permissions = std::vector<std::string>;

std::string_view read_back(std::optional<Permissions> permissions) {
  domain::ApiKey key;
  key.permissions = std::move(permissions);
  return level_of(key);
}

TEST(OpenSkipKeyLevel, EachLevelHoldsThoseBelow) {
  EXPECT_EQ(permissions_of("read"), Permissions({"read"}));
  EXPECT_EQ(permissions_of("submit"), Permissions({"read", "submit"}));
  EXPECT_EQ(permissions_of("moderate"), Permissions({"read", "submit", "moderate"}));
}

TEST(OpenSkipKeyLevel, NothingElseIsALevel) {
  for (const auto* word : {"", "Read", "read ", "admin", "read,submit"})
    EXPECT_FALSE(permissions_of(word)) << word;
}

TEST(OpenSkipKeyLevel, EveryLevelReadsBackAsItself) {
  for (const auto level : kKeyLevels) EXPECT_EQ(read_back(permissions_of(level)), level);
}

/// Keys of this style can be made through the native API with any permissions.
TEST(OpenSkipKeyLevel, OtherPermissionsReadAsTheHighestLevelTheyReach) {
  EXPECT_EQ(read_back(std::nullopt), "moderate");
  EXPECT_EQ(read_back(Permissions{}), "read");
  EXPECT_EQ(read_back(Permissions{"posts.read"}), "read");
  EXPECT_EQ(read_back(Permissions{"submit"}), "submit");
  EXPECT_EQ(read_back(Permissions{"admin", "moderate"}), "moderate");
}

}  // namespace
}  // namespace postern::handlers::openskip
