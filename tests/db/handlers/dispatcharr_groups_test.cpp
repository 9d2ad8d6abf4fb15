#include <gtest/gtest.h>

#include "domain/dialect_profile.hpp"
#include "tests/support/dispatcharr_world.hpp"

namespace postern::test {
namespace {

constexpr const char* kGroups = "/api/accounts/groups/";
constexpr const char* kNoGroup = R"({"detail":"No Group matches the given query."})";

struct DispatcharrGroups : testing::Test {
  DispatcharrWorld world;
  DispatcharrWorld::Person admin = world.person("admin", "admin");
  std::string permission =
      world.domain.database_server.sql("select number from postern.permission");

  std::string body(const std::string& name, const std::string& permissions) {
    return R"({"name":")" + name + R"(","permissions":[)" + permissions + "]}";
  }
  static std::string object(const std::string& id, const std::string& name,
                            const std::string& permissions) {
    return R"({"id":)" + id + R"(,"name":")" + name + R"(","permissions":[)" + permissions + "]}";
  }
  std::string create(const std::string& name) {
    return std::to_string(
        json_of(world.post(kGroups, body(name, permission), admin.access))["id"].asInt64());
  }
};

TEST_F(DispatcharrGroups, AreCreatedListedShownChangedAndDeleted) {
  expect_answer(world.ask("GET", kGroups, admin.access), 200, "[]");
  const auto made = world.post(kGroups, body("Family", permission), admin.access);
  const auto id = std::to_string(json_of(made)["id"].asInt64());
  const auto path = kGroups + id + "/";
  expect_answer(made, 201, object(id, "Family", permission));
  expect_answer(world.ask("GET", path, admin.access), 200, object(id, "Family", permission));
  expect_answer(world.send_json("PATCH", path, R"({"name":"Friends"})", admin.access), 200,
                object(id, "Friends", permission));
  expect_answer(world.send_json("PATCH", path, R"({"permissions":[]})", admin.access), 200,
                object(id, "Friends", ""));
  expect_answer(world.send_json("PUT", path, body("All", permission), admin.access), 200,
                object(id, "All", permission));
  expect_answer(world.ask("GET", kGroups, admin.access), 200,
                "[" + object(id, "All", permission) + "]");
  expect_answer(world.send("DELETE", path, admin.access), 204, "");
  expect_answer(world.ask("GET", path, admin.access), 404, kNoGroup);
}

TEST_F(DispatcharrGroups, RefuseWhatIsWrong) {
  const auto id = create("Family");
  create("Friends");
  const auto path = kGroups + id;
  const auto golden = [&](std::string_view method, const std::string& where,
                          const std::string& sent, std::string_view expected) {
    expect_answer(world.send_json(method, where, sent, admin.access), 400, expected);
  };
  const auto required =
      R"({"name":["This field is required."],"permissions":["This field is required."]})";
  golden("POST", kGroups, "{}", required);
  golden("PUT", path, "{}", required);
  golden("POST", kGroups, body("Family", ""),
         R"({"name":["group with this name already exists."]})");
  golden("PATCH", path, R"({"name":"Friends"})",
         R"({"name":["group with this name already exists."]})");
  golden("POST", kGroups, body("New", "987654"),
         R"({"permissions":["Invalid pk \"987654\" - object does not exist."]})");
  golden("POST", kGroups, body("New", R"("x")"),
         R"({"permissions":["Incorrect type. Expected pk value, received str."]})");
  golden("POST", kGroups, body(std::string(151, 'x'), ""),
         R"({"name":["Ensure this field has no more than 150 characters."]})");
  golden("POST", kGroups, body(" ", ""), R"({"name":["This field may not be blank."]})");
  for (const auto* method : {"GET", "PUT", "PATCH", "DELETE"})
    expect_answer(world.ask(method, std::string(kGroups) + "987654", admin.access), 404, kNoGroup);
}

TEST_F(DispatcharrGroups, GiveNobodyAnything) {
  const auto alice = world.person("alice");
  create("Family");
  EXPECT_EQ(world.send("GET", kGroups, alice.access).status(), 403);
}

TEST_F(DispatcharrGroups, PermissionsAreListed) {
  const auto response = world.ask("GET", "/api/accounts/permissions/", admin.access);
  EXPECT_EQ(response.status(), 200);
  const auto first = R"([{"id":)" + permission +
                     R"(,"name":"Administer accounts, keys and settings","codename":"admin"},)";
  EXPECT_EQ(response.body().substr(0, first.size()), first);
  const auto listed = json_of(response);
  const auto known = domain::list_permissions(world.domain.services);
  ASSERT_EQ(listed.size(), known.size());
  for (Json::ArrayIndex i = 0; i < listed.size(); ++i)
    EXPECT_EQ(listed[i]["codename"].asString(), known[i].name);
}

}  // namespace
}  // namespace postern::test
