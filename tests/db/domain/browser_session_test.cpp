#include "domain/browser_session.hpp"

#include <gtest/gtest.h>

#include "tests/support/authenticator.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

class BrowserSessions : public testing::Test {
 protected:
  BrowserSession enter(const std::string& login = "alice") {
    return sign_in_browser(world_.services, {login, Secret(DomainWorld::kPassword)}, world_.origin)
        .value();
  }
  Secret cookie_of(const BrowserSession& session) {
    return browser_cookie(world_.ring, session.id);
  }
  std::string outcome(std::string_view cookie) {
    const auto found = find_browser_session(world_.services, cookie);
    return found ? found->account.username : name_of(found.error().code);
  }

  DomainWorld world_;
  Account alice_ = world_.account("alice");
};

TEST_F(BrowserSessions, TheCookieIsDerivedAndFindsItsSession) {
  const auto session = enter();
  const auto cookie = cookie_of(session);
  EXPECT_EQ(cookie.size(), 50U);
  EXPECT_TRUE(cookie.reveal().starts_with("pbs_"));
  const auto found = find_browser_session(world_.services, cookie.reveal());
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->id, session.id);
  EXPECT_EQ(found->account.id, alice_.id);
  EXPECT_EQ(found->signed_in_at, world_.clock.now());
  EXPECT_EQ(found->methods, "pwd");
  EXPECT_EQ(session.methods, "pwd");
}

TEST_F(BrowserSessions, R5TheDatabaseHoldsNothingThatMakesACookie) {
  const auto cookie = cookie_of(enter());
  const auto row = world_.database_server.sql("select s::text from postern.session s");
  EXPECT_EQ(row.find(cookie.reveal().substr(30)), std::string::npos);
}

TEST_F(BrowserSessions, R10EveryOtherTextIsRefused) {
  const std::string cookie(cookie_of(enter()).reveal());
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    auto forged = cookie;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(outcome(forged), "token_invalid") << i;
  }
  for (const auto& wrong :
       {std::string(), std::string("pbs_"), cookie.substr(0, 49), cookie + "A", " " + cookie}) {
    EXPECT_EQ(outcome(wrong), "token_invalid");
  }
}

TEST_F(BrowserSessions, R10ACookieOpensNoOtherDoorAndNoOtherSessionHasOne) {
  const auto session = enter();
  const auto cookie = cookie_of(session);
  EXPECT_FALSE(authenticate_bearer(world_.services, cookie.reveal()).ok());
  for (const auto kind : {SessionKind::Native, SessionKind::OAuth, SessionKind::Browser}) {
    EXPECT_FALSE(refresh_session(world_.services, kind, cookie.reveal(), world_.origin).ok());
  }
  const auto native = world_.login();
  EXPECT_EQ(outcome(browser_cookie(world_.ring, native.session).reveal()), "token_revoked");
  EXPECT_EQ(outcome(native.access.reveal()), "token_invalid");
  EXPECT_EQ(outcome(native.refresh.reveal()), "token_invalid");
}

TEST_F(BrowserSessions, R10ABrowsersSignInMakesNoTokens) {
  const auto tokens = sign_in(world_.services,
                              {.login = "alice",
                               .password = Secret(DomainWorld::kPassword),
                               .kind = SessionKind::Browser},
                              world_.origin)
                          .value();
  EXPECT_TRUE(tokens.access.empty());
  EXPECT_TRUE(tokens.refresh.empty());
}

TEST_F(BrowserSessions, UsingItKeepsItAliveAndItsEndComesAnyway) {
  world_.settings.sessions.at(6) = {minutes(15), hours(1), hours(3), seconds(0)};
  const auto cookie = cookie_of(enter());
  for (int i = 0; i < 3; ++i) {
    world_.clock.advance(minutes(50));
    EXPECT_EQ(outcome(cookie.reveal()), "alice");
  }
  world_.clock.advance(minutes(40));
  EXPECT_EQ(outcome(cookie.reveal()), "token_revoked");
  const auto other = cookie_of(enter());
  world_.clock.advance(hours(1) + seconds(1));
  EXPECT_EQ(outcome(other.reveal()), "token_revoked");
}

TEST_F(BrowserSessions, ItsUseIsWrittenAtMostOnceAMinute) {
  const auto cookie = cookie_of(enter());
  const auto used_at = [&] {
    return world_.database_server.sql("select rotated_at from postern.session");
  };
  const auto first = used_at();
  world_.clock.advance(seconds(59));
  (void)outcome(cookie.reveal());
  EXPECT_EQ(used_at(), first);
  world_.clock.advance(seconds(1));
  (void)outcome(cookie.reveal());
  EXPECT_NE(used_at(), first);
}

TEST_F(BrowserSessions, R6SigningOutEndsItAtOnce) {
  const auto session = enter();
  const auto cookie = cookie_of(session);
  end_browser_session(world_.services, session, world_.origin);
  EXPECT_EQ(outcome(cookie.reveal()), "token_revoked");
  end_browser_session(world_.services, session, world_.origin);  // twice is no more
}

TEST_F(BrowserSessions, R6ItIsListedAndEndsFromTheList) {
  const auto session = enter();
  const auto listed = list_sessions(world_.services, alice_.id, {}).value();
  ASSERT_EQ(listed.items.size(), 1U);
  EXPECT_EQ(listed.items.front().kind, SessionKind::Browser);
  EXPECT_EQ(listed.items.front().id, session.id);
  ASSERT_TRUE(end_session(world_.services, alice_.id, session.id, AuditEvent::SessionRevoked,
                          alice_.id, world_.origin)
                  .ok());
  EXPECT_EQ(outcome(cookie_of(session).reveal()), "token_revoked");
}

TEST_F(BrowserSessions, R6ADisabledAccountIsOut) {
  const auto cookie = cookie_of(enter());
  AccountChange change;
  change.is_active = false;
  ASSERT_TRUE(update_account(world_.services, alice_.id, change, {}, world_.origin).ok());
  EXPECT_EQ(outcome(cookie.reveal()), "token_revoked");
  // A row that were left over is worth nothing either.
  change.is_active = true;
  ASSERT_TRUE(update_account(world_.services, alice_.id, change, {}, world_.origin).ok());
  const auto other = cookie_of(enter());
  world_.database_server.sql("update postern.account set is_active = false");
  EXPECT_EQ(outcome(other.reveal()), "account_inactive");
}

TEST_F(BrowserSessions, ASessionThatReplacesAnotherEndsIt) {
  const auto former = enter();
  const auto fresh = enter();
  EXPECT_NE(former.id, fresh.id);
  replace_browser_session(world_.services, former, fresh, world_.origin);
  EXPECT_EQ(outcome(cookie_of(former).reveal()), "token_revoked");
  EXPECT_EQ(outcome(cookie_of(fresh).reveal()), "alice");
  world_.account("bob");
  const auto bobs = enter("bob");
  replace_browser_session(world_.services, fresh, bobs, world_.origin);
  EXPECT_EQ(outcome(cookie_of(fresh).reveal()), "token_revoked");
  EXPECT_EQ(outcome(cookie_of(bobs).reveal()), "bob");
}

TEST_F(BrowserSessions, WhoLacksHisFactorIsNamedAndNobodyElse) {
  std::optional<PendingSignIn> pending;
  const auto try_password = [&](const char* password) {
    pending.reset();
    return sign_in_browser(world_.services, {"alice", Secret(password)}, world_.origin, &pending);
  };
  EXPECT_FALSE(try_password("wrong").ok());
  EXPECT_FALSE(pending);
  EXPECT_TRUE(try_password(DomainWorld::kPassword).ok());
  EXPECT_FALSE(pending);
  const auto enrolled = test::enrol(world_, alice_);
  EXPECT_EQ(try_password(DomainWorld::kPassword).error().code, Errc::SecondFactorRequired);
  ASSERT_TRUE(pending);
  EXPECT_EQ(pending->account, alice_.id);
  EXPECT_FALSE(try_password("wrong").ok());
  EXPECT_FALSE(pending);
}

TEST_F(BrowserSessions, APendingSignInIsSealedForFiveMinutes) {
  const PendingSignIn pending{alice_.id, "ext", "stamp"};
  const auto sealed = seal_pending(world_.services, pending);
  world_.clock.advance(minutes(5));
  const auto opened = open_pending(world_.services, sealed.reveal());
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->account, alice_.id);
  EXPECT_EQ(opened->method, "ext");
  EXPECT_EQ(opened->stamp, "stamp");
  world_.clock.advance(seconds(2));
  EXPECT_EQ(open_pending(world_.services, sealed.reveal()).error().code, Errc::LinkInvalid);
  EXPECT_EQ(open_pending(world_.services, "x").error().code, Errc::LinkInvalid);
  EXPECT_EQ(open_pending(world_.services, "").error().code, Errc::LinkInvalid);
}

TEST_F(BrowserSessions, OneCodeOpensOneSession) {
  const auto enrolled = test::enrol(world_, alice_);
  std::optional<PendingSignIn> pending;
  (void)sign_in_browser(world_.services, {"alice", Secret(DomainWorld::kPassword)}, world_.origin,
                        &pending);
  ASSERT_TRUE(pending);
  const SecondFactor factor{.totp = enrolled.app.code(world_.clock.now())};
  EXPECT_TRUE(finish_pending(world_.services, *pending, factor, world_.origin).ok());
  EXPECT_EQ(finish_pending(world_.services, *pending, factor, world_.origin).error().code,
            Errc::SecondFactorInvalid);
}

TEST_F(BrowserSessions, AWholeSecondStepForgivesWhatWasMistypedBefore) {
  const auto enrolled = test::enrol(world_, alice_);
  std::optional<PendingSignIn> pending;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 6; ++i) {
      (void)sign_in_browser(world_.services, {"alice", Secret("wrong")}, world_.origin);
    }
    (void)sign_in_browser(world_.services, {"alice", Secret(DomainWorld::kPassword)}, world_.origin,
                          &pending);
    ASSERT_TRUE(pending);
    world_.clock.advance(seconds(30));
    EXPECT_TRUE(finish_pending(world_.services, *pending,
                               {.totp = enrolled.app.code(world_.clock.now())}, world_.origin)
                    .ok());
    pending.reset();
  }
}

}  // namespace
}  // namespace postern::domain
