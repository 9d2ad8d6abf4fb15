#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/oauth_pages.hpp"

namespace postern::handlers::oauth {
namespace {

using test::Fields;
using test::query_of;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// What applications send when they want somebody signed out (OpenID Connect RP-Initiated Logout
/// 1.0 sections 2, 3).
class OAuthLogoutRequest : public test::OAuthPages {
 protected:
  static constexpr const char* kBye = "https://app.example/bye";
  static constexpr std::size_t kLongestAddress = 6400;  // with room for what nginx puts before it

  OAuthLogoutRequest() { (void)browser_.sign_in(); }

  std::string hint() { return world_.id_token_of(world_.alice, client_.client_id); }
  Response ask(const Fields& fields) {
    return browser_.get("/oauth/logout?" + test::form_text(fields));
  }
  /// A form of the application's own page, which brings no cookies along.
  Response send(const Fields& fields) {
    auto cookies = std::move(browser_.cookies);
    browser_.cookies.clear();
    browser_.fetch_site = "cross-site";
    auto answer = browser_.post("/oauth/logout", fields);
    browser_.fetch_site = "same-origin";
    browser_.cookies = std::move(cookies);
    return answer;
  }
  Response sign_out(const Response& page) {
    return browser_.submit(page, {{"decision", "sign-out"}});
  }

  domain::OAuthClient client_ =
      world_.trusted({.name = "The App", .post_logout_redirect_uris = {kBye}});
};

TEST_F(OAuthLogoutRequest, WhoeverShowsThePersonsIdTokenIsFollowedWhateverItsAge) {
  const auto shown = hint();
  world_.domain.clock.advance(domain::hours(3));
  (void)browser_.sign_in("/oauth/sign-in?another=1");
  const auto done = ask({{"id_token_hint", shown}, {"post_logout_redirect_uri", kBye}});
  EXPECT_EQ(done.get("Location"), kBye);
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthLogoutRequest, AHintThatCannotBeReadAsksAndLeadsNowhere) {
  auto of_another_key = hint();
  of_another_key[of_another_key.size() - 10] ^= 1;
  for (const auto& unreadable : {of_another_key, std::string("nonsense")}) {
    (void)browser_.sign_in("/oauth/sign-in?another=1");
    const auto page = ask({{"id_token_hint", unreadable}, {"post_logout_redirect_uri", kBye}});
    EXPECT_EQ(page.status(), 200);
    EXPECT_THAT(page.body(), HasSubstr("Sign out?"));
    EXPECT_TRUE(signed_in());
    const auto done = sign_out(page);
    EXPECT_EQ(done.status(), 200);
    EXPECT_THAT(done.body(), HasSubstr("You are signed out here."));
    EXPECT_THAT(done.body(), Not(HasSubstr("app.example")));
    EXPECT_FALSE(signed_in());
  }
}

TEST_F(OAuthLogoutRequest, ButTheClientThatIsNamedBesidesKeepsItsAddress) {
  const Fields named{{"id_token_hint", "nonsense"}, {"client_id", client_.client_id}};
  auto with = [&](const std::string& address) {
    auto fields = named;
    fields.emplace_back("post_logout_redirect_uri", address);
    return ask(fields);
  };
  EXPECT_EQ(with("https://evil.example/").status(), 400);
  const auto page = with(kBye);
  EXPECT_THAT(page.body(), HasSubstr("Sign out?"));
  EXPECT_EQ(sign_out(page).get("Location"), kBye);
}

TEST_F(OAuthLogoutRequest, AHintOfAnotherClientThanIsNamedIsRefused) {
  const auto other = world_.trusted({.name = "Other"});
  EXPECT_EQ(ask({{"id_token_hint", hint()}, {"client_id", other.client_id}}).status(), 400);
  EXPECT_TRUE(signed_in());
}

TEST_F(OAuthLogoutRequest, WhatAFormSaysIsSeenInNoAddress) {
  const auto shown = hint();
  const auto answer = send({{"id_token_hint", shown},
                            {"post_logout_redirect_uri", kBye},
                            {"state", "a-state"},
                            {"logout_hint", "ann@example.org"}});
  EXPECT_EQ(answer.status(), 303);
  const std::string address(answer.get("Location"));
  EXPECT_THAT(address, StartsWith("/oauth/logout?request="));
  for (const auto& secret : {shown, std::string("app.example"), std::string("a-state"),
                             std::string("ann"), client_.client_id}) {
    EXPECT_THAT(address, Not(HasSubstr(secret)));
  }
  const auto done = browser_.follow(answer);
  EXPECT_EQ(done.get("Location"), std::string(kBye) + "?state=a-state");
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthLogoutRequest, NorOnThePageThatAsks) {
  const auto other = world_.id_token_of(world_.domain.account("bob"), client_.client_id);
  const auto page = browser_.follow(send({{"id_token_hint", other}}));
  EXPECT_THAT(page.body(), HasSubstr("Sign out?"));
  EXPECT_THAT(page.body(), Not(HasSubstr(other)));
}

TEST_F(OAuthLogoutRequest, R9AStateTooLongIsNotTakenAlong) {
  for (const auto& state : {std::string(20'000, 'x'), std::string(2048, '\x01')}) {
    (void)browser_.sign_in("/oauth/sign-in?another=1");
    const auto answer =
        send({{"id_token_hint", hint()}, {"post_logout_redirect_uri", kBye}, {"state", state}});
    EXPECT_EQ(answer.status(), 303);
    EXPECT_LT(answer.get("Location").size(), kLongestAddress);
    EXPECT_EQ(browser_.follow(answer).get("Location"), kBye);
  }
}

TEST_F(OAuthLogoutRequest, AFormThatIsUnsoundIsRefusedAtOnce) {
  EXPECT_EQ(send({{"client_id", client_.client_id},
                  {"post_logout_redirect_uri", "https://evil.example/"}})
                .status(),
            400);
  EXPECT_EQ(send({{"client_id", "nobody"}}).status(), 400);
}

TEST_F(OAuthLogoutRequest, WhatIsSealedIsOursAloneAndOfThisHour) {
  const auto answer = send({{"id_token_hint", hint()}, {"post_logout_redirect_uri", kBye}});
  const std::string address(answer.get("Location"));
  auto forged = address;
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(browser_.get(forged).status(), 400);
  EXPECT_EQ(browser_.get("/oauth/logout?request=x").status(), 400);
  world_.domain.clock.advance(world_.domain.settings.oauth.request_lifetime + domain::seconds(1));
  EXPECT_EQ(browser_.get(address).status(), 400);
  EXPECT_TRUE(signed_in());
}

TEST_F(OAuthLogoutRequest, R10AnAuthorizationRequestIsNone) {
  const auto question = browser_.get(test::OAuthPageWorld::question(client_));
  EXPECT_EQ(browser_.get("/oauth/logout?request=" + query_of(question)["request"]).status(), 400);
}

TEST_F(OAuthLogoutRequest, AnAddressThatTheClientGaveUpMeanwhileIsNotGoneTo) {
  const auto answer = send({{"id_token_hint", hint()}, {"post_logout_redirect_uri", kBye}});
  world_.domain.database_server.sql(
      "update postern.oauth_client set post_logout_redirect_uris = '{}'");
  EXPECT_EQ(browser_.follow(answer).status(), 400);
}

}  // namespace
}  // namespace postern::handlers::oauth
