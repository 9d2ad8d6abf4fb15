#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "handlers/oauth/sign_in_form.hpp"
#include "tests/support/oauth_pages.hpp"

namespace postern::handlers::oauth {
namespace {

using test::DomainWorld;
using test::query_of;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using OAuthSignInPage = test::OAuthPages;

TEST_F(OAuthSignInPage, WhatIsTypedComesBackAsText) {
  const auto answer = browser_.sign_in("/oauth/sign-in", "\"><img src=x onerror=alert(1)>", "x");
  EXPECT_EQ(answer.status(), 401);
  EXPECT_THAT(answer.body(), Not(HasSubstr("<img")));
  EXPECT_THAT(answer.body(), HasSubstr("value=\"&quot;&gt;&lt;img src=x"));
  (void)browser_.sign_in();
  const auto code = browser_.get("/oauth/device?user_code=%22%3E%3Cscript%3E");
  EXPECT_THAT(code.body(), HasSubstr("value=\"&quot;&gt;&lt;script&gt;\""));
}

TEST_F(OAuthSignInPage, TheCookiesAreHostBoundAndForNavigationsAlone) {
  const auto page = browser_.get("/oauth/sign-in");
  EXPECT_THAT(cookie_line(page, "__Host-postern_form"),
              testing::EndsWith("; Path=/; HttpOnly; SameSite=Lax; Secure"));
  const auto entered = browser_.submit(page, password_);
  EXPECT_THAT(cookie_line(entered, "__Host-postern_session"),
              testing::ContainsRegex("=pbs_[A-Za-z0-9_-]{46}; Path=/; HttpOnly; SameSite=Lax; "
                                     "Secure$"));
  EXPECT_EQ(entered.get("Location"), "/");
}

TEST_F(OAuthSignInPage, OnALoopbackIssuerTheCookiesHavePlainNames) {
  world_.domain.settings.oauth.issuer = "http://127.0.0.1:8080";
  const auto entered = browser_.submit(browser_.get("/oauth/sign-in"), password_);
  EXPECT_THAT(cookie_line(entered, "postern_session"),
              testing::EndsWith("; Path=/; HttpOnly; SameSite=Lax"));
  EXPECT_EQ(cookie_line(entered, "__Host-postern_session"), "");
}

TEST_F(OAuthSignInPage, EverySignInHasASessionOfItsOwnAndEndsTheOneBefore) {
  (void)browser_.sign_in();
  const auto first = browser_.cookies["__Host-postern_session"];
  (void)browser_.sign_in("/oauth/sign-in?another=1");
  const auto second = browser_.cookies["__Host-postern_session"];
  EXPECT_NE(first, second);
  auto& services = world_.domain.services;
  EXPECT_EQ(domain::find_browser_session(services, first).error().code, domain::Errc::TokenRevoked);
  EXPECT_TRUE(domain::find_browser_session(services, second).ok());
}

TEST_F(OAuthSignInPage, R8UnknownWrongAndDisabledAreTheSamePage) {
  auto disabled = world_.domain.account("carol");
  domain::AccountChange change;
  change.is_active = false;
  ASSERT_TRUE(
      domain::update_account(world_.domain.services, disabled.id, change, {}, world_.domain.origin)
          .ok());
  const auto shape = [&](const std::string& username, const std::string& password) {
    auto response = browser_.sign_in("/oauth/sign-in", username, password);
    auto text = std::to_string(response.status()) + response.body();
    const auto at = text.find("value=\"" + username + "\"");
    EXPECT_NE(at, std::string::npos);
    return text.erase(at + 7, username.size());
  };
  const auto wrong = shape("alice", "wrong");
  EXPECT_THAT(wrong, StartsWith("401"));
  EXPECT_THAT(wrong, HasSubstr("Username or password is wrong."));
  EXPECT_EQ(shape("nobody", "wrong"), wrong);
  EXPECT_EQ(shape("carol", DomainWorld::kPassword), wrong);
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthSignInPage, TooManyAttemptsAre429WithAWait) {
  for (int i = 0; i < 10; ++i) (void)browser_.sign_in("/oauth/sign-in", "alice", "wrong");
  const auto answer = browser_.sign_in();
  EXPECT_EQ(answer.status(), 429);
  EXPECT_NE(answer.get("Retry-After"), "");
  EXPECT_THAT(answer.body(), HasSubstr("role=\"alert\""));
}

TEST_F(OAuthSignInPage, ADisabledPersonsBrowserIsSignedOutAtOnce) {
  const auto client = world_.stranger();
  const auto page = consent_page(client);
  domain::AccountChange change;
  change.is_active = false;
  ASSERT_TRUE(domain::update_account(world_.domain.services, world_.alice.id, change, {},
                                     world_.domain.origin)
                  .ok());
  EXPECT_THAT(browser_.submit(page, {{"decision", "allow"}}).get("Location"),
              StartsWith("/oauth/sign-in"));
}

TEST_F(OAuthSignInPage, AnOpenRedirectIsNotToBeHad) {
  for (const std::string address : {"//evil.example", "https://evil.example/", "/\\evil.example"}) {
    const auto entered =
        browser_.sign_in("/oauth/sign-in?another=1&" + test::form_text({{"return_to", address}}));
    EXPECT_EQ(entered.get("Location"), "/") << address;
  }
}

TEST_F(OAuthSignInPage, WhoeverIsSignedInIsNotSentRoundInACircle) {
  (void)browser_.sign_in();
  const auto page = browser_.get("/oauth/sign-in?return_to=/members/");
  EXPECT_EQ(page.status(), 200);
  EXPECT_THAT(page.body(), HasSubstr("href=\"/members/\">Continue as alice"));
}

}  // namespace
}  // namespace postern::handlers::oauth
