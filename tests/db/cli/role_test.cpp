#include "domain/role.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::HasSubstr;

class RoleCommand : public ::testing::Test {
 protected:
  RoleCommand() { EXPECT_EQ(here.run({"init"}).status, 0); }
  [[nodiscard]] Json::Value json(const Arguments& arguments) const { return here.json(arguments); }

  TestDatabase database;
  Installation here{database.url()};
};

TEST_F(RoleCommand, SetsShowsListsAndDeletes) {
  const auto set = here.run({"role", "set", "editor", "--permission", "write", "--permission",
                             "read", "--description", "Edits"});
  EXPECT_EQ(set.status, 0) << set.err;
  EXPECT_EQ(set.out, "Role editor now permits: read write\n");
  EXPECT_EQ(here.run({"role", "show", "editor"}).out,
            "name         editor\ndescription  Edits\npermissions  read write\naccounts     0\n"
            "built in     no\n");
  const auto shown = json({"role", "show", "editor", "--json"});
  EXPECT_EQ(shown["permissions"].size(), 2U);
  EXPECT_EQ(json({"role", "list", "--json"}).size(), 12U);
  EXPECT_THAT(here.run({"role", "list"}).out, HasSubstr("editor"));
  EXPECT_EQ(here.run({"role", "delete", "editor"}).status, 0);
  EXPECT_EQ(here.run({"role", "show", "editor"}).status, 1);
}

TEST_F(RoleCommand, NothingAtAllMustBeSaid) {
  EXPECT_EQ(here.run({"role", "set", "guest"}).status, 2) << "a slip would take all away";
  EXPECT_EQ(here.run({"role", "set", "guest", "--none", "--permission", "read"}).status, 2);
  EXPECT_EQ(here.run({"role", "set", "guest", "--none"}).out, "Role guest now permits: -\n");
}

TEST_F(RoleCommand, SaysWhyNot) {
  EXPECT_EQ(here.run({"account", "add", "root", "--role", "admin", "--random"}).status, 0);
  const auto last = here.run({"role", "set", "admin", "--permission", "read"});
  EXPECT_EQ(last.status, 1);
  EXPECT_THAT(last.err, HasSubstr("last active administrator"));
  EXPECT_THAT(here.run({"role", "delete", "member"}).err, HasSubstr("in use"));
  EXPECT_THAT(here.run({"role", "set", "Editor", "--none"}).err, HasSubstr("name"));
}

}  // namespace
}  // namespace postern::test
