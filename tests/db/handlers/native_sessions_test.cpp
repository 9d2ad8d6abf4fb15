#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::golden;
using test::json_of;

class NativeSessions : public testing::Test {
 protected:
  int me(const domain::Tokens& tokens) {
    return world_.send("GET", "/auth/v1/me", tokens.access).status();
  }
  Response end(const domain::Tokens& by, domain::SessionId session) {
    return world_.send("DELETE", "/auth/v1/sessions/" + session.text(), by.access);
  }

  test::HandlerWorld world_;
  domain::Tokens alice_ = world_.signed_in("alice");
};

TEST_F(NativeSessions, LogoutEndsThisSessionOnly) {
  const auto elsewhere = world_.domain.login("alice");
  EXPECT_EQ(golden(world_.send("POST", "/auth/v1/logout", alice_.access)), "204");
  EXPECT_EQ(me(alice_), 401) << "R6: the access token, too";
  EXPECT_EQ(me(elsewhere), 200);
  EXPECT_EQ(world_.send("POST", "/auth/v1/logout", alice_.access).status(), 401);
}

TEST_F(NativeSessions, LogoutEndsAllWhenAsked) {
  const auto elsewhere = world_.domain.login("alice");
  const auto carol = world_.signed_in("carol");
  EXPECT_EQ(world_.send("POST", "/auth/v1/logout?all=yes", alice_.access).status(), 422);
  EXPECT_EQ(golden(world_.send("POST", "/auth/v1/logout?all=true", alice_.access)), "204");
  EXPECT_EQ(me(alice_), 401);
  EXPECT_EQ(me(elsewhere), 401);
  EXPECT_EQ(me(carol), 200);
}

TEST_F(NativeSessions, ListShowsOwnLiveSessionsNewestFirst) {
  world_.signed_in("carol");
  world_.domain.clock.advance(std::chrono::minutes(1));
  const auto elsewhere = world_.domain.login("alice");
  const auto list = world_.send("GET", "/auth/v1/sessions", alice_.access);
  EXPECT_EQ(golden(list),
            R"(200 {"items":[)"
            R"({"address":"192.0.2.1","created_at":"2027-01-15T08:01:00Z","current":false,)"
            R"("expires_at":"2027-01-29T08:01:00Z","id":"<uuid>",)"
            R"("last_used_at":"2027-01-15T08:01:00Z","user_agent":"test agent"},)"
            R"({"address":"192.0.2.1","created_at":"2027-01-15T08:00:00Z","current":true,)"
            R"("expires_at":"2027-01-29T08:00:00Z","id":"<uuid>",)"
            R"("last_used_at":"2027-01-15T08:00:00Z","user_agent":"test agent"}]})");
  EXPECT_EQ(json_of(list)["items"][0]["id"].asString(), elsewhere.session.text());
}

TEST_F(NativeSessions, ListGoesByPages) {
  world_.domain.login("alice");
  world_.domain.login("alice");
  std::string target = "/auth/v1/sessions?limit=2";
  const auto first = json_of(world_.send("GET", target, alice_.access));
  ASSERT_EQ(first["items"].size(), 2U);
  ASSERT_TRUE(first.isMember("next_cursor"));
  target += "&cursor=" + first["next_cursor"].asString();
  const auto second = json_of(world_.send("GET", target, alice_.access));
  EXPECT_EQ(second["items"].size(), 1U);
  EXPECT_FALSE(second.isMember("next_cursor"));
}

// CVE-2026-33504: a cursor is ours or it is refused.
TEST_F(NativeSessions, B7n42RefusesForeignCursors) {
  for (const auto* cursor : {"x", "%27%3B--", "AAAA", ""}) {
    EXPECT_EQ(world_.send("GET", std::string("/auth/v1/sessions?cursor=") + cursor, alice_.access)
                  .status(),
              422)
        << cursor;
  }
}

TEST_F(NativeSessions, EndsOneOfItsOwn) {
  const auto elsewhere = world_.domain.login("alice");
  EXPECT_EQ(golden(end(alice_, elsewhere.session)), "204");
  EXPECT_EQ(me(elsewhere), 401);
  EXPECT_EQ(me(alice_), 200);
  EXPECT_EQ(end(alice_, elsewhere.session).status(), 404);
}

TEST_F(NativeSessions, EndsNobodyElses) {
  const auto carol = world_.signed_in("carol");
  EXPECT_EQ(end(alice_, carol.session).status(), 404);
  EXPECT_EQ(me(carol), 200);
  EXPECT_EQ(world_.send("DELETE", "/auth/v1/sessions/1", alice_.access).status(), 404);
}

TEST_F(NativeSessions, EndsAllOthers) {
  const auto elsewhere = world_.domain.login("alice");
  const auto carol = world_.signed_in("carol");
  EXPECT_EQ(golden(world_.send("DELETE", "/auth/v1/sessions", alice_.access)), "204");
  EXPECT_EQ(me(alice_), 200);
  EXPECT_EQ(me(elsewhere), 401);
  EXPECT_EQ(me(carol), 200);
}

}  // namespace
}  // namespace postern::handlers
