#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/oauth_pages.hpp"

namespace postern::handlers::oauth {
namespace {

using test::OAuthPageWorld;
using test::query_of;
using testing::StartsWith;

/// OpenID Connect Dynamic Client Registration 1.0 section 2.
class OAuthDefaultMaxAge : public test::OAuthPages {
 protected:
  OAuthDefaultMaxAge() { (void)browser_.submit(consent_page(client_), {{"decision", "allow"}}); }
  Response ask(const test::Fields& changes = {}) {
    return browser_.get(OAuthPageWorld::question(client_, changes));
  }

  domain::OAuthClient client_ =
      world_.stranger({.name = "The App", .rest = R"({"default_max_age":60})"});
};

TEST_F(OAuthDefaultMaxAge, HoldsWhereARequestNamesNone) {
  world_.domain.clock.advance(domain::seconds(60));
  EXPECT_EQ(query_of(ask()).count("code"), 1U);
  world_.domain.clock.advance(domain::seconds(1));
  EXPECT_EQ(query_of(ask({{"prompt", "none"}}))["error"], "login_required");
  const auto start = ask();
  ASSERT_THAT(start.get("Location"), StartsWith("/oauth/sign-in"));
  const auto entered = browser_.submit(browser_.follow(start), password_);
  EXPECT_EQ(query_of(browser_.follow(entered)).count("code"), 1U);
}

TEST_F(OAuthDefaultMaxAge, ARequestsOwnWordCountsMore) {
  world_.domain.clock.advance(domain::seconds(61));
  EXPECT_EQ(query_of(ask({{"max_age", "61"}})).count("code"), 1U);
  EXPECT_THAT(ask({{"max_age", "0"}}).get("Location"), StartsWith("/oauth/sign-in"));
}

TEST_F(OAuthDefaultMaxAge, HoldsForPushedRequestsToo) {
  world_.domain.clock.advance(domain::seconds(61));
  const auto question = OAuthPageWorld::question(client_);
  const auto pushed =
      world_.send(test::raw_request("POST", "/oauth/par", "application/x-www-form-urlencoded",
                                    question.substr(question.find('?') + 1)));
  ASSERT_EQ(pushed.status(), 201) << pushed.body();
  const auto uri = test::json_of(pushed)["request_uri"].asString();
  const auto answer =
      browser_.get("/oauth/authorize?" +
                   test::form_text({{"client_id", client_.client_id}, {"request_uri", uri}}));
  EXPECT_THAT(answer.get("Location"), StartsWith("/oauth/sign-in"));
}

}  // namespace
}  // namespace postern::handlers::oauth
