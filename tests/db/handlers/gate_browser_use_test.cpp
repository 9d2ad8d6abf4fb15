#include <gtest/gtest.h>

#include <algorithm>

#include "domain/account.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/browser_gate.hpp"

namespace postern::handlers {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// How long a browser's session is good at the gate.
using GateBrowserUse = test::BrowserGate;

TEST_F(GateBrowserUse, R6SigningOutEndsItForEverybodyAtOnce) {
  EXPECT_EQ(ask({"/members/"}, shown(cookie_)).status(), 200);
  test::AnotherWorker other(world_);
  domain::CredentialCache same_memory(cache_.memory(), 1);
  domain::CheckMemory others{same_memory, fingerprints_};
  other.services.memory = &others;
  domain::end_browser_session(other.services, session_, world_.origin);
  EXPECT_FALSE(at_the_desk({"/members/"}, shown(cookie_))) << "what it knew is void";
  const auto after = ask({"/members/"}, shown(cookie_));
  EXPECT_EQ(after.status(), 401);
  EXPECT_EQ(after.get("X-Auth-Code"), "token_revoked");
  EXPECT_EQ(after.get("X-Auth-Sign-In"), "/oauth/sign-in?return_to=/members/");
  EXPECT_EQ(ask({"/open/"}, shown(cookie_)).get("X-Auth-User"), "");
}

TEST_F(GateBrowserUse, R6SigningInAnewEndsTheOneBefore) {
  EXPECT_EQ(ask({"/members/"}, shown(cookie_)).status(), 200);
  const auto fresh = enter();
  domain::replace_browser_session(world_.services, session_, fresh, world_.origin);
  EXPECT_EQ(ask({"/members/"}, shown(cookie_)).status(), 401);
  EXPECT_EQ(ask({"/members/"}, shown(cookie_of(fresh))).status(), 200);
}

TEST_F(GateBrowserUse, R6ADisabledAccountAndAnotherRoleCountAtOnce) {
  EXPECT_EQ(ask({"/all/"}, shown(cookie_)).status(), 200);
  ASSERT_TRUE(domain::update_account(world_.services, alice_.id, {.role = "member"}, std::nullopt,
                                     world_.origin)
                  .ok());
  EXPECT_EQ(ask({"/all/"}, shown(cookie_)).status(), 403);
  EXPECT_EQ(ask({"/members/"}, shown(cookie_)).get("X-Auth-Role"), "member");
  ASSERT_TRUE(domain::update_account(world_.services, alice_.id, {.is_active = false}, std::nullopt,
                                     world_.origin)
                  .ok());
  EXPECT_FALSE(at_the_desk({"/members/"}, shown(cookie_)));
  EXPECT_EQ(at_the_resolver({"/members/"}, shown(cookie_)).status(), 401);
}

TEST_F(GateBrowserUse, R6AnAccountThatMayNotActIsRefusedThoughItsSessionIsThere) {
  sql("update postern.account set is_active = false");
  EXPECT_EQ(code("/members/", shown(cookie_)), "account_inactive");
}

TEST_F(GateBrowserUse, UseAtTheGateKeepsASessionAliveAndItsEndComesAnyway) {
  world_.settings.sessions.at(6) = {minutes(15), minutes(10), hours(1), seconds(0)};
  const auto kept = shown(cookie_of(enter()));
  const auto left = shown(cookie_of(enter()));
  for (int i = 0; i < 59; ++i) {
    EXPECT_EQ(ask({"/members/"}, kept).status(), 200) << i;
    advance(minutes(1));
  }
  EXPECT_EQ(ask({"/members/"}, left).status(), 401);
  EXPECT_EQ(ask({"/members/"}, kept).status(), 200);
  advance(minutes(1));
  EXPECT_EQ(ask({"/members/"}, kept).status(), 401) << "an hour after the sign-in";
}

/// The longest memory and the shortest idle time: whoever is remembered is nevertheless noted.
TEST_F(GateBrowserUse, NoSessionInUseRunsOutBecauseItIsRemembered) {
  world_.settings.cache.lifetime = hours(1);
  world_.settings.sessions.at(6) = {minutes(15), minutes(1), hours(12), seconds(0)};
  const auto kept = shown(cookie_of(enter()));
  for (int i = 0; i < 200; ++i) {
    if (!at_the_desk({"/members/"}, kept)) {
      ASSERT_EQ(at_the_resolver({"/members/"}, kept).status(), 200) << i;
    }
    advance(seconds(7));
  }
  advance(minutes(1));
  EXPECT_EQ(ask({"/members/"}, kept).status(), 401);
}

TEST_F(GateBrowserUse, ItsUseIsWrittenAtMostOnceAMinute) {
  std::vector<std::string> asked;
  world_.database.set_fault_hook_for_test(
      [&](std::string_view point) { asked.emplace_back(point); });
  const auto used = [&] { return sql("select postern.micros(rotated_at) from postern.session"); };
  const auto at_first = used();
  (void)at_the_resolver({"/members/"}, shown(cookie_));
  advance(seconds(59));
  EXPECT_TRUE(at_the_desk({"/members/"}, shown(cookie_)));
  EXPECT_EQ(used(), at_first);
  EXPECT_EQ(asked, (std::vector<std::string>{"find_principals_of_browsers"}));
  advance(seconds(1));
  EXPECT_FALSE(at_the_desk({"/members/"}, shown(cookie_)));
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(ask({"/members/"}, shown(cookie_)).status(), 200);
    advance(std::chrono::seconds(i < 59 ? 1 : 0));
  }
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "touch_browser_sessions"), 1);
  EXPECT_EQ(used(), std::to_string(std::stoll(at_first) + 60'000'000));
}

TEST_F(GateBrowserUse, WithoutACacheItIsWrittenNoOftener) {
  world_.services.memory = nullptr;
  std::vector<std::string> asked;
  world_.database.set_fault_hook_for_test(
      [&](std::string_view point) { asked.emplace_back(point); });
  for (int i = 0; i < 150; ++i) {
    EXPECT_EQ(code("/members/", shown(cookie_)), "");
    world_.clock.advance(seconds(1));
  }
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "touch_browser_sessions"), 2);
}

TEST_F(GateBrowserUse, NobodyWaitsForWhoeverChangesTheRow) {
  advance(minutes(5));
  const auto before = sql("select rotated_at from postern.session");
  test::AnotherWorker other(world_);
  (void)other.database.transaction([&](domain::Transaction& tx) -> domain::Outcome {
    tx.run({"hold_session", "select id from postern.session for update"}, {});
    EXPECT_EQ(code("/members/", shown(cookie_)), "");
    return domain::done;
  });
  EXPECT_EQ(sql("select rotated_at from postern.session"), before);
}

TEST_F(GateBrowserUse, R6UseBringsBackNoSessionThatHasEnded) {
  const auto idle = world_.settings.session(domain::SessionKind::Browser).idle_lifetime;
  advance(std::chrono::duration_cast<seconds>(idle));
  domain::touch_browser_sessions(world_.services, {session_.id});
  EXPECT_EQ(code("/members/", shown(cookie_)), "token_revoked");
}

TEST_F(GateBrowserUse, R7NobodyIsLetInWhileTheDatabaseIsAway) {
  world_.database.set_fault_hook_for_test(
      [](std::string_view) { throw domain::DatabaseUnavailable("away"); });
  EXPECT_EQ(at_the_resolver({"/members/"}, shown(cookie_)).get("X-Auth-Status"), "503");
  EXPECT_FALSE(at_the_desk({"/members/"}, shown(cookie_)));
}

TEST_F(GateBrowserUse, NobodyIsRefusedBecauseHisUseCannotBeWritten) {
  advance(minutes(5));
  world_.database.set_fault_hook_for_test([](std::string_view point) {
    if (point == "touch_browser_sessions") throw domain::DatabaseUnavailable("read-only");
  });
  EXPECT_EQ(code("/members/", shown(cookie_)), "");
}

}  // namespace
}  // namespace postern::handlers
