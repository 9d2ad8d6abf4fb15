#include "tests/support/kitsu_persons.hpp"

namespace postern::test {
namespace {

class KitsuPersons : public KitsuPersonsTest {};

TEST_F(KitsuPersons, AdministratorsManagersAndOneselfSeeTheWholeAndOthersWhatEverybodyMay) {
  const auto ann = world.person("ann");
  const auto bob = world.person("bob");
  const auto manager = world.person("max", "manager");
  for (const auto& viewer : {admin.access, manager.access, ann.access,
                             world.script_token(ann.account), world.bot("b", "manager").token}) {
    const auto response = world.get(ann.path(), viewer);
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(members_of(json_of(response)), kWholeMembers);
  }
  for (const auto& viewer :
       {bob.access, world.person("c", "client").access, world.bot("d", "vendor").token,
        world.person("s", "supervisor").access}) {
    const auto response = world.get(ann.path(), viewer);
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(members_of(json_of(response)), kMinimalMembers);
  }
  EXPECT_EQ(world.get(ann.path()).status(), 401);
}

TEST_F(KitsuPersons, NobodyIsFoundUnderAnotherId) {
  expect_not_found(
      world.get("/api/data/persons/a24a6ea4-ce75-4665-a070-57453082c256", admin.access));
  expect_not_found(world.get("/api/data/persons/ann", admin.access));
  expect_not_found(world.put("/api/data/persons/7", "{}", admin.access));
  expect_not_found(world.del("/api/data/persons/7", admin.access));
}

TEST_F(KitsuPersons, RolesOfThisSiteAreSaidInTheWordsOfTheDialect) {
  const auto member = world.person("mia", "member");
  EXPECT_EQ(shown(member.path())["role"].asString(), "user");
  EXPECT_EQ(shown(admin.path())["role"].asString(), "admin");
  // Sending it back changes nothing.
  EXPECT_EQ(world.put(member.path(), R"({"role":"user"})", admin.access).status(), 200);
  EXPECT_EQ(sql("select role from postern.account where username = 'mia'"), "member");
}

TEST_F(KitsuPersons, R6DeletingAPersonEndsAllItHas) {
  const auto ann = world.person("ann");
  const auto token = world.script_token(ann.account);
  expect_kitsu(world.del(ann.path() + "?force=true", admin.access), 204, "");
  expect_not_found(world.get(ann.path(), admin.access));
  for (const auto& credential : {ann.access, token}) EXPECT_EQ(world.status_with(credential), 401);
  EXPECT_EQ(world.get(KitsuWorld::kRefresh, ann.refresh).status(), 401);
  EXPECT_EQ(sql("select count(*) from postern.dialect_profile"), "0");
}

TEST_F(KitsuPersons, OnlyAdministratorsDeleteAndNotThemselves) {
  const auto ann = world.person("ann");
  for (const auto& credential : {ann.access, world.script_token(ann.account), world.bot().token,
                                 world.person("max", "manager").access})
    expect_forbidden(world.del(ann.path(), credential));
  expect_forbidden(world.del(admin.path(), admin.access));
  const auto boss = world.bot("boss", "admin");
  expect_forbidden(world.del(boss.path(), boss.token));
  EXPECT_EQ(world.del(ann.path()).status(), 401);
  EXPECT_EQ(world.status_with(ann.access), 200);
}

}  // namespace
}  // namespace postern::test
