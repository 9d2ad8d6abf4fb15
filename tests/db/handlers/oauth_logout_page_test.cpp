#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/browser_session.hpp"
#include "tests/support/oauth_pages.hpp"

namespace postern::handlers::oauth {
namespace {

using testing::HasSubstr;

using OAuthLogoutPage = test::OAuthPages;

TEST_F(OAuthLogoutPage, SigningOutIsAskedForAndEndsTheSession) {
  (void)browser_.sign_in();
  const auto cookie = browser_.cookies["__Host-postern_session"];
  const auto page = browser_.get("/oauth/logout");
  EXPECT_THAT(page.body(), HasSubstr("Sign out?"));
  EXPECT_TRUE(signed_in());
  EXPECT_EQ(browser_.post("/oauth/logout", {{"csrf", "x"}}).status(), 403);
  const auto done = browser_.submit(page, {{"decision", "sign-out"}});
  EXPECT_THAT(done.body(), HasSubstr("You are signed out here."));
  EXPECT_FALSE(signed_in());
  EXPECT_EQ(domain::find_browser_session(world_.domain.services, cookie).error().code,
            domain::Errc::TokenRevoked);
}

TEST_F(OAuthLogoutPage, AfterSigningOutOnlyAClientsOwnAddressIsGoneOnTo) {
  const auto client =
      world_.trusted({.name = "The App", .post_logout_redirect_uris = {"https://app.example/bye"}});
  const auto logout = [&](const std::string& uri) {
    return "/oauth/logout?" + test::form_text({{"client_id", client.client_id},
                                               {"post_logout_redirect_uri", uri},
                                               {"state", "s"}});
  };
  (void)browser_.sign_in();
  EXPECT_EQ(browser_.get(logout("https://evil.example/")).status(), 400);
  EXPECT_EQ(browser_.get(logout("https://app.example/bye/")).status(), 400);
  EXPECT_EQ(browser_.get("/oauth/logout?post_logout_redirect_uri=https://app.example/bye").status(),
            400);
  EXPECT_TRUE(signed_in());
  const auto done = browser_.submit(browser_.get(logout("https://app.example/bye")), {});
  EXPECT_EQ(done.status(), 303);
  EXPECT_EQ(done.get("Location"), "https://app.example/bye?state=s");
}

TEST_F(OAuthLogoutPage, Rfc9700Rule3AStrangersAddressAfterSigningOutIsALink) {
  const auto client = world_.stranger(
      {.name = "The App", .post_logout_redirect_uris = {"https://app.example/bye"}});
  const auto target =
      "/oauth/logout?" + test::form_text({{"client_id", client.client_id},
                                          {"post_logout_redirect_uri", "https://app.example/bye"}});
  const auto page = browser_.get(target);
  EXPECT_EQ(page.status(), 200);
  EXPECT_THAT(page.body(), HasSubstr("Go to app.example"));
}

/// A client that asked for openid alone has its tokens as long as the browser is signed in.
class OAuthGrantsOfABrowser : public test::OAuthPages {
 protected:
  void grant(const std::string& scope) {
    const auto client = world_.stranger();
    const auto answer =
        browser_.submit(consent_page(client, {{"scope", scope}}), {{"decision", "allow"}});
    const auto told = world_.send(test::raw_request(
        "POST", "/oauth/token", "application/x-www-form-urlencoded",
        test::form_text({{"grant_type", "authorization_code"},
                         {"client_id", client.client_id},
                         {"code", test::query_of(answer)["code"]},
                         {"code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}})));
    ASSERT_EQ(told.status(), 200) << told.body();
  }
  std::string grants() {
    return world_.domain.database_server.sql("select count(*) from postern.oauth_grant");
  }
  void sign_out() {
    (void)browser_.submit(browser_.get("/oauth/logout"), {{"decision", "sign-out"}});
  }
};

TEST_F(OAuthGrantsOfABrowser, SigningOutEndsThemButThoseForOffline) {
  grant("openid submit");
  grant("openid submit offline_access");
  grant("submit");
  EXPECT_EQ(grants(), "3");
  sign_out();
  EXPECT_EQ(grants(), "2");
}

TEST_F(OAuthGrantsOfABrowser, ASecondSignInOfTheSamePersonKeepsThemUntilHeSignsOut) {
  grant("openid submit");
  (void)browser_.sign_in("/oauth/sign-in?another=1");
  EXPECT_EQ(grants(), "1");
  sign_out();
  EXPECT_EQ(grants(), "0");
}

TEST_F(OAuthGrantsOfABrowser, SomebodyElsesSignInEndsThem) {
  grant("openid submit");
  world_.domain.account("bob");
  (void)browser_.sign_in("/oauth/sign-in?another=1", "bob");
  EXPECT_EQ(grants(), "0");
}

TEST_F(OAuthGrantsOfABrowser, R6EndingTheSessionFromTheListEndsThem) {
  grant("openid submit");
  auto& services = world_.domain.services;
  const auto session =
      domain::find_browser_session(services, browser_.cookies.at("__Host-postern_session"));
  ASSERT_TRUE(domain::end_session(services, world_.alice.id, session->id,
                                  domain::AuditEvent::SessionRevoked, world_.alice.id,
                                  world_.domain.origin)
                  .ok());
  EXPECT_EQ(grants(), "0");
}

}  // namespace
}  // namespace postern::handlers::oauth
