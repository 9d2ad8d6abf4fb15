#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "domain/role.hpp"
#include "domain/text.hpp"
#include "tests/support/dispatcharr_world.hpp"

namespace postern::test {
namespace {

constexpr const char* kUsers = "/api/accounts/users/";
constexpr const char* kNoUser = R"({"detail":"No User matches the given query."})";

struct DispatcharrUsers : testing::Test {
  DispatcharrWorld world;
  DispatcharrWorld::Person admin = world.person("admin", "admin");

  static std::string path_of(const domain::Account& account) {
    return kUsers + std::to_string(account.number) + "/";
  }
  std::string now() { return domain::rfc3339_micros(world.domain.clock.now()); }
  std::string sql(const std::string& text) { return world.domain.database_server.sql(text); }
  /// A new user with these members beside name and password.
  fcgi::Response create(const std::string& username, const std::string& more = "") {
    return world.post(
        kUsers,
        R"({"username":")" + username + R"(","password":"correct horse battery")" + more + "}",
        admin.access);
  }
  std::string plain_object(const domain::Account& account, const std::string& last_login) {
    return R"({"id":)" + std::to_string(account.number) + R"(,"username":")" + account.username +
           R"(","api_key":null,"email":")" + account.email.value_or("") +
           R"(","user_level":1,"channel_profiles":[],"custom_properties":{},"avatar_config":{},)"
           R"("stream_limit":0,"is_staff":false,"is_superuser":false,"last_login":)" +
           last_login + R"(,"date_joined":")" + now() + R"(","first_name":"","last_name":""})";
  }
};

TEST_F(DispatcharrUsers, AreABareArray) {
  const auto alice = world.domain.account("alice");
  const auto first = world.ask("GET", path_of(admin.account), admin.access).body();
  expect_answer(world.ask("GET", kUsers, admin.access), 200,
                "[" + first + "," + plain_object(alice, "null") + "]");
}

TEST_F(DispatcharrUsers, AreListedBeyondOnePage) {
  sql("insert into postern.account (id, username, username_key, role, created_at) "
      "select gen_random_uuid(), 'u' || n, 'u' || n, 'member', '2027-01-01' "
      "from generate_series(1, 250) n");
  EXPECT_EQ(json_of(world.ask("GET", kUsers, admin.access)).size(), 251U);
}

TEST_F(DispatcharrUsers, AreShownOneByOne) {
  const auto alice = world.domain.account("alice");
  expect_answer(world.ask("GET", path_of(alice), admin.access), 200, plain_object(alice, "null"));
  EXPECT_EQ(world.send("HEAD", path_of(alice), admin.access).status(), 200);
  for (const auto* id : {"987654", "0", "-1", "x", "1e3", "99999999999999999999"})
    expect_answer(world.ask("GET", std::string(kUsers) + id, admin.access), 404, kNoUser);
}

TEST_F(DispatcharrUsers, AreCreatedAsStreamersUnlessALevelIsGiven) {
  const auto response = create("eve");
  const auto id = std::to_string(json_of(response)["id"].asInt64());
  expect_answer(response, 201,
                R"({"id":)" + id +
                    R"(,"username":"eve","api_key":null,"email":"","user_level":0,)"
                    R"("channel_profiles":[],"custom_properties":{},"avatar_config":{},)"
                    R"("stream_limit":0,"is_staff":false,"is_superuser":false,"last_login":null,)"
                    R"("date_joined":")" +
                    now() + R"(","first_name":"","last_name":""})");
  EXPECT_EQ(json_of(create("one", R"(,"user_level":1)"))["user_level"].asInt(), 1);
  const auto ten = json_of(create("ten", R"(,"user_level":"10")"));
  EXPECT_EQ(ten["user_level"].asInt(), 10);
  EXPECT_TRUE(ten["is_staff"].asBool());
  EXPECT_TRUE(ten["is_superuser"].asBool());
}

TEST_F(DispatcharrUsers, RoundTripEveryAttribute) {
  const std::string more =
      R"(,"email":"eve@example.org","user_level":1,"channel_profiles":[3,1],)"
      R"("custom_properties":{"a":{"b":[1,2.5,"x",null,true]},"c":"d"},)"
      R"("avatar_config":{"hue":5},"stream_limit":4,"first_name":"E","last_name":"V")";
  const auto created = json_of(create("eve", more));
  const auto shown =
      json_of(world.ask("GET", kUsers + std::to_string(created["id"].asInt64()), admin.access));
  EXPECT_EQ(created, shown);
  const auto wanted = json(R"({"x":0)" + more + "}");
  for (const auto* name : {"email", "user_level", "channel_profiles", "custom_properties",
                           "avatar_config", "stream_limit", "first_name", "last_name"}) {
    EXPECT_EQ(shown[name], wanted[name]) << name;
  }
}

TEST_F(DispatcharrUsers, SurviveNumbersOfEverySize) {
  const auto created = json_of(create(
      "eve", R"(,"custom_properties":{"big":1e300,"small":1e-300,"max":18446744073709551615,)"
             R"("min":-9223372036854775808,"none":null})"));
  const auto shown =
      world.ask("GET", kUsers + std::to_string(created["id"].asInt64()), admin.access);
  EXPECT_EQ(shown.status(), 200);
  EXPECT_EQ(json_of(shown)["custom_properties"]["max"].asUInt64(), 18446744073709551615ULL);
  EXPECT_DOUBLE_EQ(json_of(shown)["custom_properties"]["big"].asDouble(), 1e300);
}

TEST_F(DispatcharrUsers, IgnoreMembersThatAreNotTheirs) {
  const auto created = json_of(
      create("eve", R"(,"id":1,"api_key":"x","is_staff":true,"is_superuser":true,"last_login":"x",)"
                    R"("date_joined":"x","role":"admin","is_active":false,"whatever":1)"));
  EXPECT_EQ(created["user_level"].asInt(), 0);
  EXPECT_FALSE(created["is_superuser"].asBool());
  EXPECT_EQ(sql("select role || is_active from postern.account where username = 'eve'"),
            "streamertrue");
}

TEST_F(DispatcharrUsers, SayWhatIsWrongFieldByField) {
  const auto golden = [&](const std::string& body, std::string_view expected) {
    expect_answer(world.post(kUsers, body, admin.access), 400, expected);
  };
  golden("{}",
         R"({"username":["This field is required."],"password":["This field is required."]})");
  golden(R"({"username":"a b","password":"short","email":"x","user_level":5,"stream_limit":-1})",
         R"({"username":["Enter a valid username. This value may contain only letters, numbers, )"
         R"(and @/./+/-/_ characters."],"email":["Enter a valid email address."],)"
         R"("user_level":["\"5\" is not a valid choice."],)"
         R"("password":["This password is too short. It must contain at least 15 characters."],)"
         R"("stream_limit":["Ensure this value is greater than or equal to 0."]})");
  golden(R"({"username":")" + std::string(151, 'a') + R"(","password":")" + std::string(257, 'x') +
             R"("})",
         R"({"username":["Ensure this field has no more than 150 characters."],)"
         R"("password":["This password is too long. It must contain at most 256 bytes."]})");
  const std::string start = R"({"username":"eve","password":"correct horse battery",)";
  golden(start + R"("channel_profiles":"x","custom_properties":[],"avatar_config":"x"})",
         R"({"channel_profiles":["Expected a list of items but got type \"str\"."],)"
         R"("custom_properties":["Expected a dictionary of items but got type \"list\"."],)"
         R"("avatar_config":["Expected a dictionary of items but got type \"str\"."]})");
  golden(start + R"("custom_properties":{"allowed_networks":["everywhere"]}})",
         R"({"custom_properties":["allowed_networks must name networks in CIDR notation; leave it )"
         R"(out to allow all."]})");
  golden(start + R"("custom_properties":{"x":")" + std::string(8200, 'x') + R"("}})",
         R"({"custom_properties":["Ensure this field has no more than 8192 bytes."]})");
  EXPECT_EQ(sql("select count(*) from postern.account"), "1");
}

TEST_F(DispatcharrUsers, AreUniqueByNameAndAddress) {
  world.domain.account("alice");
  expect_answer(create("ALICE"), 400,
                R"({"username":["A user with that username already exists."]})");
  expect_answer(create("eve", R"(,"email":"alice@example.org")"), 400,
                R"({"email":["A user with that email already exists."]})");
}

TEST_F(DispatcharrUsers, ArePatchedMemberByMember) {
  const auto alice = world.domain.account("alice");
  const auto path = path_of(alice);
  ASSERT_EQ(world.send_json("PATCH", path, R"({"custom_properties":{"a":1,"b":2}})", admin.access)
                .status(),
            200);
  const auto patched = json_of(world.send_json(
      "PATCH", path, R"({"email":"","user_level":0,"custom_properties":{"b":3}})", admin.access));
  EXPECT_EQ(patched["email"].asString(), "");
  EXPECT_EQ(patched["user_level"].asInt(), 0);
  EXPECT_EQ(patched["custom_properties"], json(R"({"b":3})"));
  EXPECT_EQ(patched["username"].asString(), "alice");
  expect_answer(world.send_json("PATCH", std::string(kUsers) + "987654/", "{}", admin.access), 404,
                kNoUser);
}

TEST_F(DispatcharrUsers, AreReplacedOnlyWithNameAndPassword) {
  const auto path = path_of(world.domain.account("alice"));
  expect_answer(
      world.send_json("PUT", path, R"({"email":"a@example.org"})", admin.access), 400,
      R"({"username":["This field is required."],"password":["This field is required."]})");
  const auto replaced = world.send_json(
      "PUT", path, R"({"username":"alicia","password":"another horse battery"})", admin.access);
  EXPECT_EQ(replaced.status(), 200);
  EXPECT_EQ(json_of(replaced)["username"].asString(), "alicia");
  EXPECT_EQ(world
                .post("/api/accounts/token/",
                      R"({"username":"alicia","password":"another horse battery"})")
                .status(),
            200);
}

/// GHSA-x4vh-j75g-268g: a password reset left refresh tokens alive.
TEST_F(DispatcharrUsers, B7x12ANewPasswordEndsEverySessionOfTheUser) {
  const auto alice = world.person("alice");
  ASSERT_EQ(world
                .send_json("PATCH", path_of(alice.account),
                           R"({"password":"another horse battery"})", admin.access)
                .status(),
            200);
  EXPECT_EQ(world.send("GET", "/api/accounts/users/me/", alice.access).status(), 401);
  EXPECT_EQ(world
                .post("/api/accounts/token/refresh/",
                      R"({"refresh":")" + std::string(alice.refresh.reveal()) + R"("})")
                .status(),
            401);
  EXPECT_EQ(world.post("/api/accounts/token/", world.login_body("alice")).status(), 401);
}

TEST_F(DispatcharrUsers, R6ANewLevelHoldsFromTheAnswerOn) {
  const auto bob = world.person("bob", "admin");
  EXPECT_EQ(world.send("GET", kUsers, bob.access).status(), 200);
  ASSERT_EQ(
      world.send_json("PATCH", path_of(bob.account), R"({"user_level":1})", admin.access).status(),
      200);
  EXPECT_EQ(world.send("GET", kUsers, bob.access).status(), 403);
}

TEST_F(DispatcharrUsers, KeepARoleThatTheDialectDoesNotKnow) {
  sql("insert into postern.role (name, description) values ('editor', 'Edits')");
  const auto path = path_of(world.domain.account("alice", "editor"));
  EXPECT_EQ(json_of(world.ask("GET", path, admin.access))["user_level"].asInt(), 1);
  world.send_json("PATCH", path, R"({"user_level":1,"first_name":"A"})", admin.access);
  EXPECT_EQ(sql("select role from postern.account where username = 'alice'"), "editor");
  world.send_json("PATCH", path, R"({"user_level":0})", admin.access);
  EXPECT_EQ(sql("select role from postern.account where username = 'alice'"), "streamer");
}

// There are more roles than levels: what a client shows and sends back must not cost anybody his.
TEST_F(DispatcharrUsers, EveryRoleOutlivesItsLevelSentBack) {
  sql("insert into postern.role (name, permissions, description) "
      "values ('chief', '{admin}', 'Administers'), ('guest', '{}', 'Looks')");
  for (const auto& role : domain::list_roles(world.domain.services)) {
    const auto user = world.domain.account("user-" + role.name, role.name);
    const auto path = path_of(user);
    const auto shown = json_of(world.ask("GET", path, admin.access));
    EXPECT_EQ(shown["user_level"].asInt(), role.name == "admin"      ? 10
                                           : role.name == "streamer" ? 0
                                                                     : 1)
        << role.name;
    const auto level = shown["user_level"].toStyledString();
    for (const auto& body :
         {R"({"user_level":)" + level + "}",
          R"({"username":")" + user.username +
              R"(","password":"correct horse battery","user_level":)" + level + "}"}) {
      const auto* method = body.find("password") == std::string::npos ? "PATCH" : "PUT";
      EXPECT_EQ(world.send_json(method, path, body, admin.access).status(), 200) << role.name;
      EXPECT_EQ(domain::find_account(world.domain.services, user.id)->role, role.name) << method;
    }
  }
}

TEST_F(DispatcharrUsers, AreDeleted) {
  const auto alice = world.domain.account("alice");
  expect_answer(world.send("DELETE", path_of(alice), admin.access), 204, "");
  expect_answer(world.ask("DELETE", path_of(alice), admin.access), 404, kNoUser);
}

TEST_F(DispatcharrUsers, TheLastAdministratorStays) {
  const auto last = R"({"non_field_errors":["At least one active administrator must remain."]})";
  expect_answer(world.ask("DELETE", path_of(admin.account), admin.access), 400, last);
  expect_answer(
      world.send_json("PATCH", path_of(admin.account), R"({"user_level":1})", admin.access), 400,
      last);
  EXPECT_EQ(world.send("GET", kUsers, admin.access).status(), 200);
}

TEST_F(DispatcharrUsers, B7x41TakeAnyTextAsText) {
  const std::string odd = R"('\";--$$ %s {} <b> \u2028)";
  const auto created = json_of(create("eve", R"(,"first_name":")" + odd + R"(")"));
  EXPECT_EQ(created["first_name"], json(R"({"x":")" + odd + R"("})")["x"]);
  EXPECT_EQ(create("bob", R"(,"first_name":"\u0000")").status(), 400);
  EXPECT_EQ(create("bob", ",\"first_name\":\"\xff\"").status(), 400);
}

struct DispatcharrMe : DispatcharrUsers {
  static constexpr const char* kMe = "/api/accounts/users/me/";
  DispatcharrWorld::Person alice = world.person("alice");

  Json::Value patch(const std::string& body) {
    const auto response = world.send_json("PATCH", kMe, body, alice.access);
    EXPECT_EQ(response.status(), 200) << response.body();
    return json_of(response);
  }
};

TEST_F(DispatcharrMe, ShowsOneself) {
  expect_answer(world.ask("GET", kMe, alice.access), 200,
                plain_object(alice.account, '"' + now() + '"'));
  EXPECT_EQ(json_of(world.ask("GET", kMe, admin.access))["user_level"].asInt(), 10);
}

TEST_F(DispatcharrMe, MergesCustomPropertiesAndNullTakesAway) {
  patch(R"({"custom_properties":{"a":1,"b":{"c":2},"d":3}})");
  const auto merged = patch(R"({"custom_properties":{"b":{"e":5},"d":null,"f":null}})");
  EXPECT_EQ(merged["custom_properties"], json(R"({"a":1,"b":{"e":5}})"));
  EXPECT_EQ(patch(R"({"custom_properties":null})")["custom_properties"],
            merged["custom_properties"]);
}

TEST_F(DispatcharrMe, ChangesNamesAndAddressAndDropsTheRest) {
  const auto changed =
      patch(R"({"first_name":"A","last_name":"B","email":"new@example.org","username":"root",)"
            R"("user_level":10,"is_superuser":true,"stream_limit":9,"channel_profiles":[1],)"
            R"("avatar_config":{"x":1}})");
  EXPECT_EQ(changed["first_name"].asString(), "A");
  EXPECT_EQ(changed["last_name"].asString(), "B");
  EXPECT_EQ(changed["email"].asString(), "new@example.org");
  EXPECT_EQ(changed["username"].asString(), "alice");
  EXPECT_EQ(changed["user_level"].asInt(), 1);
  EXPECT_EQ(changed["stream_limit"].asInt(), 0);
  EXPECT_EQ(changed["avatar_config"], json("{}"));
  EXPECT_EQ(sql("select role from postern.account where username = 'alice'"), "member");
}

TEST_F(DispatcharrMe, ANewPasswordEndsTheOtherSessionsAndKeepsThisOne) {
  const auto other = world.domain.login("alice", domain::SessionKind::Dispatcharr);
  patch(R"({"password":"another horse battery"})");
  EXPECT_EQ(world.send("GET", kMe, alice.access).status(), 200);
  EXPECT_EQ(world.send("GET", kMe, other.access).status(), 401);
  EXPECT_EQ(world.post("/api/accounts/token/", world.login_body("alice")).status(), 401);
}

TEST_F(DispatcharrMe, NobodyLiftsHisOwnRestriction) {
  world.send_json("PATCH", path_of(alice.account),
                  R"({"custom_properties":{"allowed_networks":["192.0.2.0/24"]}})", admin.access);
  for (const auto* body : {R"({"custom_properties":{"allowed_networks":null}})",
                           R"({"custom_properties":{"allowed_networks":["0.0.0.0/0"]}})"}) {
    EXPECT_EQ(patch(body)["custom_properties"], json(R"({"allowed_networks":["192.0.2.0/24"]})"));
  }
  EXPECT_EQ(json_of(world.send_json("PATCH", kMe,
                                    R"({"custom_properties":{"allowed_networks":"192.0.2.1"}})",
                                    admin.access))["custom_properties"],
            json(R"({"allowed_networks":"192.0.2.1"})"));
}

TEST_F(DispatcharrMe, ANamedKeyChangesNoCredential) {
  const auto key = domain::issue_key(world.domain.services, alice.account.id,
                                     {"named", std::nullopt, std::nullopt}, {}, world.domain.origin)
                       .value()
                       .text;
  const auto denied = R"({"detail":"You do not have permission to perform this action."})";
  expect_answer(world.with_key("PATCH", kMe, key, R"({"password":"another horse battery"})"), 403,
                denied);
  expect_answer(world.with_key("PATCH", kMe, key, R"({"email":"x@example.org"})"), 403, denied);
  EXPECT_EQ(world.with_key("PATCH", kMe, key, R"({"first_name":"A"})").status(), 200);
  const auto personal = world.key_of(alice.account.id);
  EXPECT_EQ(
      world.with_key("PATCH", kMe, personal, R"({"password":"another horse battery"})").status(),
      200);
}

TEST_F(DispatcharrMe, RefusesWhatTheHouseRefuses) {
  const auto golden = [&](const std::string& body, std::string_view expected) {
    expect_answer(world.send_json("PATCH", kMe, body, alice.access), 400, expected);
  };
  golden(R"({"password":"short","email":"x"})",
         R"({"email":["Enter a valid email address."],)"
         R"("password":["This password is too short. It must contain at least 15 characters."]})");
  golden(R"({"email":"admin@example.org"})",
         R"({"email":["A user with that email already exists."]})");
  golden("[]", R"({"non_field_errors":["Invalid data. Expected a dictionary, but got list."]})");
}

TEST_F(DispatcharrMe, R9MergingCannotGrowWithoutEnd) {
  for (const auto* name : {"a", "b"}) {
    world.send_json("PATCH", kMe,
                    R"({"custom_properties":{")" + std::string(name) + R"(":")" +
                        std::string(7900, 'x') + R"("}})",
                    alice.access);
  }
  expect_answer(
      world.send_json("PATCH", kMe,
                      R"({"custom_properties":{"c":")" + std::string(7900, 'x') + R"("}})",
                      alice.access),
      400, R"({"custom_properties":["Ensure this field is not longer than allowed."]})");
  EXPECT_EQ(world.ask("GET", kMe, alice.access).status(), 200);
}

}  // namespace
}  // namespace postern::test
