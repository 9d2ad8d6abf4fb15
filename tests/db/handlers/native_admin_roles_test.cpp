#include <gtest/gtest.h>

#include <set>

#include "domain/role.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::golden;
using test::json;
using test::json_of;

class NativeAdminRoles : public testing::Test {
 protected:
  Response send(std::string_view method, const std::string& path) {
    return world_.send(method, "/auth/v1/admin/" + path, chief_.access);
  }
  Response put(const std::string& name, std::string_view body) {
    return world_.send("PUT", "/auth/v1/admin/roles/" + name, json(body), chief_.access);
  }
  /// "422 permissions:invalid_format", "409 role_limit".
  static std::string refusal(const Response& response) {
    const auto body = json_of(response);
    auto text = std::to_string(response.status()) + " ";
    if (!body.isMember("errors")) return text + body["code"].asString();
    for (const auto& error : body["errors"])
      text += error["path"].asString() + ":" + error["code"].asString();
    return text;
  }

  test::HandlerWorld world_;
  domain::Tokens chief_ = world_.signed_in("chief", "admin");
};

TEST_F(NativeAdminRoles, PutMakesARoleThatCanBeShownAndDeleted) {
  const auto* const editor =
      R"({"accounts":0,"built_in":false,"description":"Edits","name":"editor",)"
      R"("permissions":["pages.publish","read"]})";
  EXPECT_EQ(
      golden(put("editor", R"({"permissions":["read","pages.publish"],"description":"Edits"})")),
      std::string("200 ") + editor);
  EXPECT_EQ(golden(send("GET", "roles/editor")), std::string("200 ") + editor);
  EXPECT_EQ(golden(send("DELETE", "roles/editor")), "204");
  EXPECT_EQ(send("GET", "roles/editor").status(), 404);
  EXPECT_EQ(send("DELETE", "roles/editor").status(), 404);
}

TEST_F(NativeAdminRoles, ListsRolesAndPermissions) {
  const auto roles = json_of(send("GET", "roles"));
  ASSERT_EQ(roles["items"].size(), 11U);
  EXPECT_EQ(roles["items"][0]["name"].asString(), "admin");
  EXPECT_EQ(roles["items"][0]["accounts"].asInt(), 1);
  EXPECT_TRUE(roles["items"][0]["built_in"].asBool());
  EXPECT_FALSE(roles.isMember("next_cursor"));

  put("editor", R"({"permissions":["pages.publish"]})");
  const auto permissions = json_of(send("GET", "permissions"))["items"];
  std::set<std::string> names;
  for (const auto& permission : permissions) names.insert(permission["name"].asString());
  EXPECT_TRUE(names.count("admin") == 1 && names.count("pages.publish") == 1);
  EXPECT_EQ(permissions[0].getMemberNames(), (Json::Value::Members{"description", "name"}));
}

TEST_F(NativeAdminRoles, SaysWhatIsWrong) {
  EXPECT_EQ(refusal(put("editor", "{}")), "422 permissions:required");
  EXPECT_EQ(refusal(put("editor", R"({"permissions":null})")), "422 permissions:wrong_type");
  EXPECT_EQ(refusal(put("editor", R"({"permissions":[1]})")), "422 permissions:wrong_type");
  EXPECT_EQ(refusal(put("editor", R"({"permissions":["A"]})")), "422 permissions:invalid_format");
  EXPECT_EQ(refusal(put("Editor", R"({"permissions":[]})")), "422 name:invalid_format");
  EXPECT_EQ(refusal(put("editor", R"({"permissions":[],"name":"x"})")), "422 name:unknown_member");
  EXPECT_EQ(refusal(put("admin", R"({"permissions":["read"]})")), "409 last_admin");
  EXPECT_EQ(refusal(send("DELETE", "roles/member")), "409 in_use");
  world_.domain.database_server.sql(
      "insert into postern.role select 'r' || i, '{}', '' from generate_series(1, 193) i");
  EXPECT_EQ(refusal(put("editor", R"({"permissions":[]})")), "409 role_limit");
}

// A downgrade bites on the next request: of a session and of a key, the asking one's own included.
TEST_F(NativeAdminRoles, R6APermissionTakenAwayIsGoneWithTheNextRequest) {
  put("warden", R"({"permissions":["admin","read"]})");
  const auto warden = world_.signed_in("warden", "warden");
  const auto key = world_.key_of(warden.account.id);
  const auto listing = [&](const domain::Secret& credential) {
    return world_.send("GET", "/auth/v1/admin/roles", credential).status();
  };
  EXPECT_EQ(listing(warden.access), 200);
  EXPECT_EQ(listing(key), 200);
  const auto own = world_.send("PUT", "/auth/v1/admin/roles/warden",
                               json(R"({"permissions":["read"]})"), warden.access);
  EXPECT_EQ(own.status(), 200);
  EXPECT_EQ(listing(warden.access), 403);
  EXPECT_EQ(listing(key), 403);
}

}  // namespace
}  // namespace postern::handlers
