#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/oauth_pushed.hpp"
#include "tests/support/oauth_pages.hpp"

namespace postern::handlers::oauth {
namespace {

using test::DomainWorld;
using test::Fields;
using test::OAuthPageWorld;
using test::query_of;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// id_token_hint at the authorization endpoint (OpenID Connect Core sections 3.1.2.1, 3.1.2.2).
class OAuthIdTokenHint : public test::OAuthPages {
 protected:
  OAuthIdTokenHint() {
    world_.domain.account("bob", "writer");
    bob_ = domain::find_account_by_login(world_.domain.services, "bob").value();
  }
  std::string token_of(const domain::Account& account, const std::string& client_id) {
    return world_.id_token_of(account, client_id);
  }
  /// Alice has signed in, and allowed it once.
  void let_in() {
    const auto page = consent_page(client_);
    ASSERT_EQ(browser_.submit(page, {{"decision", "allow"}}).status(), 303);
  }
  Response ask(const std::string& hint, Fields changes = {}) {
    changes.emplace_back("id_token_hint", hint);
    return browser_.get(OAuthPageWorld::question(client_, changes));
  }
  std::string told(const Response& response) {
    auto query = query_of(response);
    EXPECT_THAT(std::string(response.get("Location")), StartsWith(OAuthPageWorld::kBack));
    return query.contains("code") ? "code" : query["error"];
  }
  std::string told_at_once(const std::string& hint) {
    return told(ask(hint, {{"prompt", "none"}}));
  }
  static bool asks_to_sign_in(const Response& page) {
    return page.status() == 200 && page.body().find("name=\"password\"") != std::string::npos;
  }

  domain::Account bob_;
  domain::OAuthClient client_ = world_.stranger();
};

TEST_F(OAuthIdTokenHint, ThePersonOfTheHintIsAnsweredFor) {
  let_in();
  const auto hint = token_of(world_.alice, client_.client_id);
  EXPECT_EQ(told(ask(hint)), "code");
  EXPECT_EQ(told_at_once(hint), "code");
}

TEST_F(OAuthIdTokenHint, ItsAgeDoesNotMatter) {
  const auto hint = token_of(world_.alice, client_.client_id);
  world_.domain.clock.advance(domain::hours(3));
  let_in();
  EXPECT_EQ(told_at_once(hint), "code");
}

TEST_F(OAuthIdTokenHint, NobodyElseIsAnsweredForWithoutAQuestion) {
  let_in();
  EXPECT_EQ(told_at_once(token_of(bob_, client_.client_id)), "login_required");
}

TEST_F(OAuthIdTokenHint, WhoeverElseIsSignedInIsAskedToSignInAsThatPerson) {
  let_in();
  const auto page = browser_.follow(ask(token_of(bob_, client_.client_id)));
  ASSERT_TRUE(asks_to_sign_in(page));
  EXPECT_THAT(page.body(), HasSubstr("The application asks for another account"));
  EXPECT_THAT(page.body(), Not(HasSubstr("bob"))) << "the client may not know the name";
  EXPECT_THAT(page.body(), HasSubstr("name=\"username\" type=\"text\" value=\"\""));

  const auto still = browser_.follow(browser_.submit(page, password_));
  EXPECT_TRUE(asks_to_sign_in(still)) << "alice again";

  const auto consent = browser_.follow(
      browser_.submit(still, {{"username", "bob"}, {"password", DomainWorld::kPassword}}));
  EXPECT_THAT(consent.body(), HasSubstr("<dd>bob"));
  EXPECT_EQ(told(browser_.submit(consent, {{"decision", "allow"}})), "code");
}

TEST_F(OAuthIdTokenHint, AConsentFormThatStoodOpenAnswersForNobodyElse) {
  const auto page = browser_.follow(ask(token_of(world_.alice, client_.client_id)));
  const auto consent = browser_.follow(browser_.submit(page, password_));
  ASSERT_THAT(consent.body(), HasSubstr("value=\"allow\""));
  (void)browser_.sign_in("/oauth/sign-in?another=1", "bob");
  const auto answer = browser_.submit(consent, {{"decision", "allow"}});
  EXPECT_THAT(std::string(answer.get("Location")), StartsWith("/oauth/sign-in?request="));
  const auto denied = browser_.submit(consent, {{"decision", "deny"}});
  EXPECT_THAT(std::string(denied.get("Location")), StartsWith("/oauth/sign-in?request="));
}

TEST_F(OAuthIdTokenHint, NobodyIsKnownByAHintThatIsNotOursAndThisClients) {
  let_in();
  world_.domain.clock.advance(domain::seconds(5));
  const auto good = token_of(world_.alice, client_.client_id);
  auto forged = good;
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  const auto others = token_of(world_.alice, world_.trusted().client_id);
  const auto access = std::string(world_.domain.login("alice").access.reveal());
  world_.domain.settings.oauth.issuer = "https://other.example";
  const auto foreign = token_of(world_.alice, client_.client_id);
  world_.domain.settings.oauth.issuer = OAuthPageWorld::kIssuer;
  for (const auto& hint : {std::string("x"), forged, others, access, foreign}) {
    EXPECT_EQ(told_at_once(hint), "login_required") << hint;
    EXPECT_TRUE(asks_to_sign_in(browser_.follow(ask(hint)))) << hint;
  }
  EXPECT_EQ(told_at_once(good), "code");
}

TEST_F(OAuthIdTokenHint, WhoSignsInAnewUponAHintThatTellsNobodyGoesOn) {
  let_in();
  world_.domain.clock.advance(domain::seconds(5));
  const auto page = browser_.follow(ask("x"));
  EXPECT_THAT(page.body(), HasSubstr("Please show once more that it is you."));
  world_.domain.clock.advance(domain::seconds(5));
  EXPECT_EQ(told(browser_.follow(browser_.submit(page, password_))), "code");
}

TEST_F(OAuthIdTokenHint, AHintWithoutAValueIsNone) {
  let_in();
  EXPECT_EQ(told(browser_.get(OAuthPageWorld::question(client_) + "&id_token_hint=")), "code");
}

TEST_F(OAuthIdTokenHint, APushedHintCountsAlike) {
  let_in();
  const auto question =
      OAuthPageWorld::question(client_, {{"id_token_hint", token_of(bob_, client_.client_id)}});
  auto fields = query_of(question);
  fields["prompt"] = "none";
  const auto pushed =
      world_.send(test::raw_request("POST", "/oauth/par", "application/x-www-form-urlencoded",
                                    test::form_text({fields.begin(), fields.end()})));
  ASSERT_EQ(pushed.status(), 201) << pushed.body();
  const auto uri = test::json(pushed.body())["request_uri"].asString();
  const auto answer =
      browser_.get("/oauth/authorize?" +
                   test::form_text({{"client_id", client_.client_id}, {"request_uri", uri}}));
  EXPECT_EQ(told(answer), "login_required");
}

TEST_F(OAuthIdTokenHint, ALoginHintIsInTheFormAlready) {
  const auto page = browser_.follow(
      browser_.get(OAuthPageWorld::question(client_, {{"login_hint", "alice@example.org"}})));
  EXPECT_THAT(page.body(), HasSubstr("value=\"alice@example.org\""));
}

}  // namespace
}  // namespace postern::handlers::oauth
