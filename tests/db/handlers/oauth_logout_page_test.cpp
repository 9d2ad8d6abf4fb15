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

}  // namespace
}  // namespace postern::handlers::oauth
