#include "cli/path_access.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace postern::cli {
namespace {

struct stat status_of(mode_t mode, uid_t uid, gid_t gid) {
  struct stat status {};
  status.st_mode = mode;
  status.st_uid = uid;
  status.st_gid = gid;
  return status;
}

TEST(PathAccess, TheFirstClassThatFitsDecides) {
  const Identity web{"web", 33, {33, 100}};
  EXPECT_TRUE(may(status_of(0200, 33, 1), web, Access::Write));
  EXPECT_FALSE(may(status_of(0066, 33, 33), web, Access::Write)) << "the owner's bits, not others'";
  EXPECT_TRUE(may(status_of(0020, 1, 100), web, Access::Write));
  EXPECT_FALSE(may(status_of(0606, 1, 100), web, Access::Write)) << "the group's bits";
  EXPECT_TRUE(may(status_of(0002, 1, 1), web, Access::Write));
  EXPECT_FALSE(may(status_of(0660, 1, 1), web, Access::Write));
  EXPECT_TRUE(may(status_of(0000, 1, 1), {"root", 0, {0}}, Access::Write));
}

TEST(PathAccess, FindsTheDirectoryThatStopsAStranger) {
  std::string name = (std::filesystem::temp_directory_path() / "postern-path-XXXXXX").string();
  const std::filesystem::path directory = mkdtemp(name.data());
  std::filesystem::create_directories(directory / "run" / "postern");
  chmod(directory.c_str(), 0755);
  chmod((directory / "run").c_str(), 0700);
  const Identity stranger{"stranger", 54321, {54321}};
  const auto file = directory / "run" / "postern" / "api.sock";
  EXPECT_EQ(blocked_directory(file, stranger), directory / "run");
  chmod((directory / "run").c_str(), 0711);
  EXPECT_EQ(blocked_directory(file, stranger), std::nullopt);
  EXPECT_EQ(blocked_directory(directory / "missing" / "api.sock", stranger), directory / "missing");
  std::filesystem::remove_all(directory);
}

TEST(PathAccess, KnowsTheUsersOfThisMachine) {
  const auto root = identity_of("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->uid, 0U);
  EXPECT_FALSE(identity_of("no such user"));
  EXPECT_EQ(own_identity().uid, geteuid());
}

TEST(PathAccess, DescribesModeAndOwner) {
  EXPECT_EQ(describe(status_of(S_IFDIR | 0751, 0, 0)), "0751 root:root");
  EXPECT_EQ(describe(status_of(0600, 54321, 54322)), "0600 54321:54322");
}

}  // namespace
}  // namespace postern::cli
