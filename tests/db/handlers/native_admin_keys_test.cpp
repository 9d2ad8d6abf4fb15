#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using domain::Secret;
using test::golden;
using test::json;
using test::json_of;

class NativeAdminKeys : public testing::Test {
 protected:
  Response send(std::string_view method, const std::string& path) {
    return world_.send(method, "/auth/v1/admin/" + path, chief_.access);
  }
  int me(const Secret& credential) {
    return world_.send("GET", "/auth/v1/me", credential).status();
  }

  test::HandlerWorld world_;
  domain::Tokens chief_ = world_.signed_in("chief", "admin");
  domain::Account alice_ = world_.domain.account("alice");
};

TEST_F(NativeAdminKeys, R4MakesAndDropsThePersonalKeyOfAnother) {
  const auto path = "accounts/" + alice_.id.text() + "/key";
  const auto first = send("POST", path);
  EXPECT_EQ(golden(first),
            R"(201 {"created_at":"2027-01-15T08:00:00Z","dialect":"native","expires_at":null,)"
            R"("id":"<uuid>","key":"<key>","key_prefix":"<key-start>","kind":"personal",)"
            R"("last_used_at":null,"name":"personal","permissions":null,"restrictions":null,)"
            R"("status":"active","type":""})");
  const Secret first_key(json_of(first)["key"].asString());
  EXPECT_EQ(json_of(world_.send("GET", "/auth/v1/me", first_key))["username"].asString(), "alice");
  const Secret second_key(json_of(send("POST", path))["key"].asString());
  EXPECT_EQ(me(first_key), 401);
  EXPECT_EQ(me(second_key), 200);
  EXPECT_EQ(golden(send("DELETE", path)), "204");
  EXPECT_EQ(me(second_key), 401);
  EXPECT_EQ(send("DELETE", path).status(), 404);
}

TEST_F(NativeAdminKeys, ListsTheKeysOfAllWithTheirOwners) {
  (void)world_.key_of(alice_.id);
  world_.domain.clock.advance(std::chrono::seconds(1));
  (void)world_.key_of(chief_.account.id);
  const auto items = json_of(send("GET", "keys"))["items"];
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0]["username"].asString(), "chief");
  EXPECT_EQ(items[1]["username"].asString(), "alice");
  EXPECT_EQ(items[1]["account_id"].asString(), alice_.id.text());
  EXPECT_FALSE(items[0].isMember("key"));
}

TEST_F(NativeAdminKeys, RevokesAnyKey) {
  const auto key = world_.key_of(alice_.id);
  const auto id = json_of(send("GET", "keys"))["items"][0]["id"].asString();
  EXPECT_EQ(golden(send("DELETE", "keys/" + id)), "204");
  EXPECT_EQ(me(key), 401);
  EXPECT_EQ(send("DELETE", "keys/" + id).status(), 404);
  EXPECT_EQ(send("DELETE", "keys/1").status(), 404);
}

TEST_F(NativeAdminKeys, AuditTellsWhoDidWhatToWhom) {
  send("POST", "accounts/" + alice_.id.text() + "/key");
  const auto list = send("GET", "audit?event=key_issued&account=" + alice_.id.text());
  const auto items = json_of(list)["items"];
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].getMemberNames(),
            (std::vector<std::string>{"account_id", "actor_id", "address", "at", "detail", "event",
                                      "id", "request_id", "subject"}));
  EXPECT_EQ(items[0]["event"].asString(), "key_issued");
  EXPECT_EQ(items[0]["at"].asString(), "2027-01-15T08:00:00Z");
  EXPECT_EQ(items[0]["account_id"].asString(), alice_.id.text());
  EXPECT_EQ(items[0]["actor_id"].asString(), chief_.account.id.text());
  EXPECT_EQ(items[0]["address"].asString(), "192.0.2.1");
  EXPECT_FALSE(items[0]["request_id"].asString().empty());
}

TEST_F(NativeAdminKeys, AuditRefusesWhatItCannotLookFor) {
  EXPECT_EQ(send("GET", "audit?account=alice").status(), 422);
  EXPECT_EQ(send("GET", "audit?event=nothing_of_the_kind").status(), 422);
  EXPECT_EQ(send("GET", "audit?limit=0").status(), 422);
  EXPECT_EQ(json_of(send("GET", "audit?limit=1"))["items"].size(), 1U);
}

}  // namespace
}  // namespace postern::handlers
