#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using domain::Secret;
using test::golden;
using test::json;
using test::json_of;

class NativeKeys : public testing::Test {
 protected:
  Response create(const std::string& body) {
    return world_.send("POST", "/auth/v1/keys", json(body), alice_.access);
  }
  Response act(std::string_view method, const std::string& path) {
    return world_.send(method, "/auth/v1/" + path, alice_.access);
  }
  int me(const Response& issued) {
    return world_.send("GET", "/auth/v1/me", Secret(json_of(issued)["key"].asString())).status();
  }
  static std::string id_of(const Response& issued) { return json_of(issued)["id"].asString(); }
  static std::string first_fault(const Response& response) {
    const auto error = json_of(response)["errors"][0];
    return std::to_string(response.status()) + " " + error["path"].asString() + ":" +
           error["code"].asString();
  }

  test::HandlerWorld world_;
  domain::Tokens alice_ = world_.signed_in("alice", "admin");
};

TEST_F(NativeKeys, CreateShowsTheKeyThisOnce) {
  const auto issued = create(R"({"name":"ci","permissions":["admin"],"expires_in_days":30})");
  EXPECT_EQ(golden(issued),
            R"(201 {"created_at":"2027-01-15T08:00:00Z","dialect":"native",)"
            R"("expires_at":"2027-02-14T08:00:00Z",)"
            R"("id":"<uuid>","key":"<key>","key_prefix":"<key-start>","kind":"named",)"
            R"("last_used_at":null,"name":"ci","permissions":["admin"],"restrictions":null,)"
            R"("status":"active","type":""})");
  EXPECT_EQ(me(issued), 200);
  const auto list = act("GET", "keys");
  EXPECT_EQ(list.body().find(json_of(issued)["key"].asString()), std::string::npos);
  EXPECT_EQ(golden(list),
            R"(200 {"items":[{"created_at":"2027-01-15T08:00:00Z","dialect":"native",)"
            R"("expires_at":"2027-02-14T08:00:00Z","id":"<uuid>","key_prefix":"<key-start>",)"
            R"("kind":"named","last_used_at":"2027-01-15T08:00:00Z","name":"ci",)"
            R"("permissions":["admin"],"restrictions":null,"status":"active","type":""}]})");
}

TEST_F(NativeKeys, CreateWithANameAlone) {
  const auto body = json_of(create(R"({"name":"all","permissions":null,"expires_in_days":null})"));
  EXPECT_TRUE(body["permissions"].isNull());
  EXPECT_TRUE(body["expires_at"].isNull());
}

TEST_F(NativeKeys, CreateRefuses) {
  EXPECT_EQ(first_fault(create("{}")), "422 name:required");
  EXPECT_EQ(first_fault(create(R"({"name":""})")), "422 name:too_short");
  EXPECT_EQ(first_fault(create(R"({"name":"a","expires_in_days":0})")),
            "422 expires_in_days:out_of_range");
  EXPECT_EQ(first_fault(create(R"({"name":"a","expires_in_days":3651})")),
            "422 expires_in_days:out_of_range");
  EXPECT_EQ(first_fault(create(R"({"name":"a","permissions":"admin"})")),
            "422 permissions:wrong_type");
  EXPECT_EQ(first_fault(create(R"({"name":"a","account_id":"x"})")),
            "422 account_id:unknown_member");
  ASSERT_EQ(create(R"({"name":"a"})").status(), 201);
  EXPECT_EQ(first_fault(create(R"({"name":"a"})")), "409 name:taken");
}

TEST_F(NativeKeys, CreateWithRestrictionsShowsThemInEveryView) {
  const auto issued =
      create(R"({"name":"ci","restrictions":{"cidrs":["192.0.2.0/24","2001:db8::/32"],)"
             R"("paths":["/feeds/**"],"requests_per_minute":5}})");
  ASSERT_EQ(issued.status(), 201) << issued.body();
  const auto told = json(R"({"cidrs":["192.0.2.0/24","2001:db8::/32"],"paths":["/feeds/**"],)"
                         R"("requests_per_minute":5})");
  EXPECT_EQ(json_of(issued)["restrictions"], told);
  EXPECT_EQ(json_of(act("GET", "keys"))["items"][0]["restrictions"], told);
  EXPECT_EQ(json_of(act("GET", "admin/keys"))["items"][0]["restrictions"], told);
  const auto rotated = act("POST", "keys/" + id_of(issued) + "/rotate");
  EXPECT_EQ(json_of(rotated)["restrictions"], told);
}

TEST_F(NativeKeys, CreateTakesPartsOfTheRestrictions) {
  const auto told = [&](const std::string& name, const std::string& restrictions) {
    return json_of(create(R"({"name":")" + name + R"(","restrictions":)" + restrictions +
                          "}"))["restrictions"];
  };
  EXPECT_TRUE(told("a", "null").isNull());
  EXPECT_TRUE(told("b", "{}").isNull());
  EXPECT_TRUE(told("c", R"({"cidrs":[],"paths":null,"requests_per_minute":null})").isNull());
  EXPECT_EQ(told("d", R"({"requests_per_minute":1})"),
            json(R"({"cidrs":[],"paths":[],"requests_per_minute":1})"));
}

TEST_F(NativeKeys, CreateRefusesRestrictionsByTheirPath) {
  const auto fault = [&](const std::string& restrictions) {
    return first_fault(create(R"({"name":"a","restrictions":)" + restrictions + "}"));
  };
  EXPECT_EQ(fault("[]"), "422 restrictions:wrong_type");
  EXPECT_EQ(fault(R"({"ips":[]})"), "422 restrictions.ips:unknown_member");
  EXPECT_EQ(fault(R"({"cidrs":"192.0.2.0/24"})"), "422 restrictions.cidrs:wrong_type");
  EXPECT_EQ(fault(R"({"cidrs":["192.0.2.1/24"]})"), "422 restrictions.cidrs:invalid_format");
  EXPECT_EQ(fault(R"({"paths":["feeds"]})"), "422 restrictions.paths:not_absolute");
  EXPECT_EQ(fault(R"({"requests_per_minute":0})"),
            "422 restrictions.requests_per_minute:out_of_range");
  EXPECT_EQ(fault(R"({"requests_per_minute":100001})"),
            "422 restrictions.requests_per_minute:out_of_range");
  EXPECT_EQ(json_of(act("GET", "keys"))["items"].size(), 0U);
}

TEST_F(NativeKeys, CreateInTheStyleOfADialect) {
  const auto key = json_of(create(
      R"({"name":"a","dialect":"skedcast","expires_in_days":365,"permissions":["posts.read"]})"));
  EXPECT_EQ(key["dialect"].asString(), "skedcast");
  EXPECT_EQ(key["type"].asString(), "live");
  EXPECT_TRUE(key["key"].asString().starts_with("sked_live_"));
  const auto token = json_of(create(R"({"name":"a","dialect":"scriptix","type":"batch"})"));
  EXPECT_TRUE(token["key"].asString().starts_with("token_"));
  EXPECT_EQ(first_fault(create(R"({"name":"a","dialect":"skedcast"})")),
            "422 expires_in_days:required");
  EXPECT_EQ(first_fault(create(R"({"name":"a","dialect":"skedcast","expires_in_days":366})")),
            "422 expires_in_days:out_of_range");
  EXPECT_EQ(first_fault(create(R"({"name":"a","dialect":"zou"})")), "422 dialect:unknown");
  EXPECT_EQ(first_fault(create(R"({"name":"a","type":"live"})")), "422 type:unknown");
  const auto bob = world_.signed_in("bob");
  EXPECT_EQ(world_
                .send("POST", "/auth/v1/keys",
                      json(R"({"name":"a","dialect":"skedcast","expires_in_days":1})"), bob.access)
                .status(),
            403);
}

TEST_F(NativeKeys, CreateGivesNoPermissionThatTheRoleLacks) {
  const auto bob = world_.signed_in("bob");
  const auto response = world_.send("POST", "/auth/v1/keys",
                                    json(R"({"name":"a","permissions":["admin"]})"), bob.access);
  EXPECT_EQ(json_of(response)["code"].asString(), "not_permitted");
  EXPECT_EQ(response.status(), 403);
}

TEST_F(NativeKeys, CreateStopsAtTheLimit) {
  world_.domain.settings.keys.per_account = 1;
  ASSERT_EQ(create(R"({"name":"a"})").status(), 201);
  const auto refused = create(R"({"name":"b"})");
  EXPECT_EQ(refused.status(), 409);
  EXPECT_EQ(json_of(refused)["code"].asString(), "key_limit");
}

TEST_F(NativeKeys, RotateReplacesAtOnceOrAfterTheGrace) {
  const auto first = create(R"({"name":"ci"})");
  const auto second = act("POST", "keys/" + id_of(first) + "/rotate");
  ASSERT_EQ(second.status(), 201);
  EXPECT_EQ(json_of(second)["name"].asString(), "ci");
  EXPECT_EQ(me(first), 401);
  EXPECT_EQ(me(second), 200);

  const auto third = world_.send("POST", "/auth/v1/keys/" + id_of(second) + "/rotate",
                                 json(R"({"grace_seconds":60})"), alice_.access);
  ASSERT_EQ(third.status(), 201);
  EXPECT_EQ(me(second), 200);
  world_.domain.clock.advance(std::chrono::seconds(61));
  EXPECT_EQ(me(second), 401);
  EXPECT_EQ(me(third), 200);
}

TEST_F(NativeKeys, RotateRefuses) {
  const auto issued = create(R"({"name":"ci"})");
  const auto rotate = [&](const std::string& body) {
    return world_.send("POST", "/auth/v1/keys/" + id_of(issued) + "/rotate", json(body),
                       alice_.access);
  };
  EXPECT_EQ(first_fault(rotate(R"({"grace_seconds":-1})")), "422 grace_seconds:out_of_range");
  EXPECT_EQ(first_fault(rotate(R"({"grace_seconds":604801})")), "422 grace_seconds:out_of_range");
  EXPECT_EQ(first_fault(rotate(R"({"grace":1})")), "422 grace:unknown_member");
  EXPECT_EQ(me(issued), 200);
}

TEST_F(NativeKeys, RevokeIsImmediateAndLeavesATombstone) {
  const auto issued = create(R"({"name":"ci"})");
  EXPECT_EQ(golden(act("DELETE", "keys/" + id_of(issued))), "204");
  EXPECT_EQ(me(issued), 401);
  EXPECT_EQ(json_of(act("GET", "keys"))["items"][0]["status"].asString(), "revoked");
  EXPECT_EQ(act("DELETE", "keys/" + id_of(issued)).status(), 404);
}

TEST_F(NativeKeys, NobodyTouchesAnothersKey) {
  const auto issued = create(R"({"name":"ci"})");
  const auto bob = world_.signed_in("bob");
  const auto path = "/auth/v1/keys/" + id_of(issued);
  EXPECT_EQ(world_.send("DELETE", path, bob.access).status(), 404);
  EXPECT_EQ(world_.send("POST", path + "/rotate", bob.access).status(), 404);
  EXPECT_EQ(json_of(world_.send("GET", "/auth/v1/keys", bob.access))["items"].size(), 0U);
  EXPECT_EQ(me(issued), 200);
}

TEST_F(NativeKeys, R4PersonalKeyReplacesTheFormerOne) {
  const auto first = act("PUT", "me/key");
  EXPECT_EQ(first.status(), 201);
  EXPECT_EQ(json_of(first)["kind"].asString(), "personal");
  EXPECT_EQ(me(first), 200);
  const auto second = act("PUT", "me/key");
  EXPECT_EQ(me(first), 401);
  EXPECT_EQ(me(second), 200);
  EXPECT_EQ(golden(act("DELETE", "me/key")), "204");
  EXPECT_EQ(me(second), 401);
  EXPECT_EQ(act("DELETE", "me/key").status(), 404);
}

TEST_F(NativeKeys, RefusedKeysSayWhy) {
  const auto issued = create(R"({"name":"ci","expires_in_days":1})");
  const Secret key(json_of(issued)["key"].asString());
  const auto refusal = [&](const Secret& credential) {
    const auto response = world_.send("GET", "/auth/v1/me", credential);
    EXPECT_EQ(response.get("WWW-Authenticate"), R"(Bearer realm="postern", error="invalid_token")");
    return std::to_string(response.status()) + " " + json_of(response)["code"].asString();
  };
  world_.domain.clock.advance(std::chrono::hours(24));
  EXPECT_EQ(refusal(key), "401 key_expired");
  std::string forged(key.reveal());
  forged[20] = forged[20] == 'a' ? 'b' : 'a';
  EXPECT_EQ(refusal(Secret(forged)), "401 invalid_key");
  EXPECT_EQ(refusal(alice_.access), "401 token_expired");
}

}  // namespace
}  // namespace postern::handlers
