#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "domain/browser_session.hpp"
#include "domain/oauth_logout.hpp"
#include "domain/oauth_pushed.hpp"
#include "domain/revocation.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/blocked_statement.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;
using test::OAuthWorld;

/// What somebody let in and nobody has come for yet: a code for a minute, a device for ten.
class WaitingGrant : public testing::Test {
 protected:
  WaitingGrant() : account(world.account("alice", "contributor")), client(site.client().client) {}

  BrowserSession enter() {
    return sign_in_browser(world.services, {"alice", Secret(DomainWorld::kPassword), {}},
                           world.origin)
        .value();
  }
  OAuthWorld::Code code(SessionId in, std::vector<std::string> scopes = {"read"}) {
    return site.code(client, account, {.scopes = std::move(scopes), .browser_session = in});
  }
  Outcome let_in(const DeviceCodes& codes, SessionId in, std::vector<std::string> scopes) {
    const auto consent = site.consent(client, account, {.scopes = scopes});
    return world.database.transaction([&](Transaction& tx) {
      return decide_device(tx, world.services, codes.user_code,
                           GrantBasis{.account = account.id,
                                      .consent = consent,
                                      .granted = {std::move(scopes), {OAuthWorld::kSite}},
                                      .browser_session = in,
                                      .signed_in_at = world.clock.now()});
    });
  }
  DeviceCodes device(SessionId in, const std::vector<std::string>& scopes = {"read"}) {
    auto codes =
        begin_device(world.services, {client, {scopes, {OAuthWorld::kSite}}}, world.origin).value();
    EXPECT_TRUE(let_in(codes, in, scopes).ok());
    return codes;
  }
  bool comes(const OAuthWorld::Code& waiting) {
    return site.redeem(world.services, client, waiting).ok();
  }
  bool comes(const DeviceCodes& waiting) {
    return redeem_device(world.services,
                         {.client = client, .device_code = waiting.device_code.reveal()},
                         world.origin)
        .ok();
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
  BrowserSession browser = enter();
};

TEST_F(WaitingGrant, Rfc9700Rule8EndsWithAllSessions) {
  const auto waiting = code(browser.id);
  const auto television = device(browser.id);
  ASSERT_TRUE(end_sessions(world.services, account.id, {}, account.id, world.origin).ok());
  EXPECT_FALSE(comes(waiting));
  EXPECT_FALSE(comes(television));
  EXPECT_EQ(sql("select count(*) from postern.session"), "0");
}

TEST_F(WaitingGrant, Rfc9700Rule8EndsWithAllOtherSessionsUnlessItIsThisOnes) {
  const auto mine = enter();
  const auto stolen = code(browser.id);
  const auto his_device = device(browser.id);
  const auto own = code(mine.id);
  const auto my_device = device(mine.id);
  ASSERT_TRUE(end_sessions(world.services, account.id, mine.id, account.id, world.origin).ok());
  EXPECT_FALSE(comes(stolen));
  EXPECT_FALSE(comes(his_device));
  EXPECT_TRUE(comes(own));
  EXPECT_TRUE(comes(my_device));
}

TEST_F(WaitingGrant, R6EndsWithTheAccountsAccessAndIsNotThereWhenItIsBack) {
  const auto waiting = code(browser.id);
  const auto television = device(browser.id);
  for (const bool active : {false, true}) {
    ASSERT_TRUE(
        update_account(world.services, account.id, {.is_active = active}, {}, world.origin).ok());
  }
  EXPECT_FALSE(comes(waiting));
  EXPECT_FALSE(comes(television));
}

TEST_F(WaitingGrant, NobodyElsesEnds) {
  const auto bob = world.account("bob", "contributor");
  const auto waiting = code(browser.id);
  const auto television = device(browser.id);
  ASSERT_TRUE(end_sessions(world.services, bob.id, {}, {}, world.origin).ok());
  EXPECT_TRUE(comes(waiting));
  EXPECT_TRUE(comes(television));
}

TEST_F(WaitingGrant, OidcLogoutEndsSignInsOnTheirWay) {
  const auto sign_in = code(browser.id, {"openid", "read"});
  const auto standing = code(browser.id, {"offline_access", "openid"});
  const auto app = code(browser.id, {"read"});
  const auto screen = device(browser.id, {"openid", "read"});
  const auto television = device(browser.id, {"offline_access", "openid"});
  const auto elsewhere = code(enter().id, {"openid", "read"});
  end_browser_session(world.services, browser, world.origin);
  EXPECT_FALSE(comes(sign_in));
  EXPECT_FALSE(comes(standing)) << "nobody would tell it that he signed out";
  EXPECT_FALSE(comes(screen));
  EXPECT_TRUE(comes(app)) << "an app of one's own, not a sign-in";
  EXPECT_TRUE(comes(television)) << "whoever lets one in by telephone signs out before it asks";
  EXPECT_TRUE(comes(elsewhere));
}

TEST_F(WaitingGrant, R6AllOfItEndsWithItsSessionWhereThatIsRevoked) {
  const auto app = code(browser.id);
  const auto sign_in = code(browser.id, {"openid", "read"});
  const auto television = device(browser.id);
  const auto standing = device(browser.id, {"offline_access", "openid"});
  const auto mine = enter();
  const auto own = code(mine.id);
  const auto my_device = device(mine.id);
  ASSERT_TRUE(end_session(world.services, account.id, browser.id, AuditEvent::SessionRevoked,
                          account.id, world.origin)
                  .ok());
  EXPECT_FALSE(comes(app));
  EXPECT_FALSE(comes(sign_in));
  EXPECT_FALSE(comes(television));
  EXPECT_FALSE(comes(standing));
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "0");
  EXPECT_TRUE(comes(own));
  EXPECT_TRUE(comes(my_device));
}

TEST_F(WaitingGrant, GoesOnWithTheBrowsersNewSession) {
  const auto waiting = code(browser.id, {"openid", "read"});
  const auto screen = device(browser.id, {"openid", "read"});
  const auto fresh = enter();
  replace_browser_session(world.services, browser, fresh, world.origin);
  ASSERT_TRUE(comes(waiting));
  ASSERT_TRUE(comes(screen));
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "2");
  end_browser_session(world.services, fresh, world.origin);
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "0") << "and ends with it";
}

TEST_F(WaitingGrant, WhatItIsExchangedForWhileTheBrowserSignsInAnewGoesOnToo) {
  const auto waiting = code(browser.id, {"openid", "read"});
  const auto fresh = enter();
  AnotherWorker other(world);
  std::thread signing_in;
  // As redeem_code does it, held open before its end.
  constexpr Statement kUse{"use_code_for_test", R"sql(
    with used as (
      update postern.oauth_code set session_id = $1 where session_id is null
      returning client, account_id, consent_id, browser_session, signed_in_at
    ), opened as (
      insert into postern.session
      select $1, s.account_id, 6, 0, s.created_at, s.created_at, s.expires_at, s.expires_at, '', ''
      from used join postern.session s on s.id = used.browser_session
    )
    insert into postern.oauth_grant (session_id, client, consent_id, scopes, resources,
      browser_session, signed_in_at, methods)
    select $1, client, consent_id, '{openid}', '{}', browser_session, signed_in_at, 'pwd'
    from used)sql"};
  ASSERT_TRUE(world.database.transaction([&](Transaction& tx) -> Outcome {
    tx.run(kUse, {SessionId::make(world.clock.now(), world.random)});
    signing_in =
        std::thread([&] { replace_browser_session(other.services, browser, fresh, world.origin); });
    test::wait_for_blocked_statement(world.database_server);
    return done;
  }));
  signing_in.join();
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant where browser_session = '" +
                fresh.id.text() + "'"),
            "1");
  end_browser_session(world.services, fresh, world.origin);
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "0") << "it ends with it";
}

TEST_F(WaitingGrant, R6NothingIsLetInByASessionThatHasEnded) {
  const auto codes =
      begin_device(world.services, {client, {{"read"}, {OAuthWorld::kSite}}}, world.origin).value();
  end_browser_session(world.services, browser, world.origin);
  EXPECT_EQ(let_in(codes, browser.id, {"read"}).error().code, Errc::NotFound);
  EXPECT_FALSE(comes(codes)) << "it goes on waiting";
  const auto consent = site.consent(client, account);
  const auto written = world.database.transaction([&](Transaction& tx) -> Result<Secret> {
    return issue_code(tx, world.services,
                      {.client = client,
                       .basis = {.account = account.id,
                                 .consent = consent,
                                 .granted = {{"read"}, {OAuthWorld::kSite}},
                                 .browser_session = browser.id,
                                 .signed_in_at = world.clock.now()},
                       .redirect_uri = OAuthWorld::kCallback,
                       .challenge = std::string(43, 'a')});
  });
  EXPECT_EQ(written.error().code, Errc::GrantInvalid);
}

TEST_F(WaitingGrant, R6AmidRedemptionsNothingOutlivesTheEndOfAllSessions) {
  AnotherWorker redeeming(world), ending(world);
  for (int round = 0; round < 30; ++round) {
    const auto session = enter();
    const auto waiting = code(session.id);
    const auto television = device(session.id);
    std::barrier start(2);
    std::thread thief([&] {
      start.arrive_and_wait();
      (void)site.redeem(redeeming.services, client, waiting);
      (void)redeem_device(redeeming.services,
                          {.client = client, .device_code = television.device_code.reveal()},
                          world.origin);
    });
    start.arrive_and_wait();
    EXPECT_TRUE(end_sessions(ending.services, account.id, {}, account.id, world.origin).ok());
    thief.join();
    ASSERT_EQ(sql("select count(*) from postern.session"), "0") << round;
  }
}

TEST_F(WaitingGrant, AClientThatIsGoneMeanwhileLeavesNothingAndIsNoFault) {
  ASSERT_TRUE(delete_client(world.services, client.id, {}, world.origin).ok());
  EXPECT_EQ(push_request(world.services, client.id, "scope=read").error().code,
            Errc::ClientInvalid);
  EXPECT_EQ(begin_device(world.services, {client, {{"read"}, {OAuthWorld::kSite}}}, world.origin)
                .error()
                .code,
            Errc::ClientInvalid);
  EXPECT_EQ(sql("select count(*) from postern.oauth_pushed"), "0");
  EXPECT_EQ(sql("select count(*) from postern.oauth_device"), "0");
}

}  // namespace
}  // namespace postern::domain
