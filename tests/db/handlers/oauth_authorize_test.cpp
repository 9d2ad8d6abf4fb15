#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/oauth_code.hpp"
#include "handlers/oauth/authorization_request.hpp"
#include "tests/support/oauth_page_world.hpp"

namespace postern::handlers::oauth {
namespace {

using test::Fields;
using test::OAuthPageWorld;
using test::query_of;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class OAuthAuthorize : public testing::Test {
 protected:
  /// A signed-in browser's answer to a request.
  Response ask(const domain::OAuthClient& client, const Fields& changes = {}) {
    if (browser_.cookies.empty()) (void)browser_.sign_in();
    return browser_.get(OAuthPageWorld::question(client, changes));
  }
  /// The error that the client is told.
  std::string told(const domain::OAuthClient& client, const Fields& changes) {
    const auto response = ask(client, changes);
    if (response.status() != 303) return std::to_string(response.status());
    auto query = query_of(response);
    EXPECT_EQ(query["iss"], OAuthPageWorld::kIssuer);
    EXPECT_EQ(query.count("code"), 0U);
    return query["error"];
  }

  OAuthPageWorld world_;
  test::PageBrowser browser_{world_};
};

TEST_F(OAuthAuthorize, AWholeFlowAnswersCodeStateAndIssuer) {
  const auto client = world_.stranger();
  const auto start = browser_.get(OAuthPageWorld::question(client));
  ASSERT_EQ(start.status(), 303);
  ASSERT_THAT(start.get("Location"), StartsWith("/oauth/sign-in?request="));
  const auto form = browser_.follow(start);
  EXPECT_THAT(form.body(), HasSubstr("name=\"username\""));
  EXPECT_THAT(form.body(), HasSubstr("“The App”"));
  const auto consent = browser_.follow(
      browser_.submit(form, {{"username", "alice"}, {"password", test::DomainWorld::kPassword}}));
  EXPECT_EQ(consent.status(), 200);
  EXPECT_THAT(consent.body(), HasSubstr("app.example"));
  EXPECT_THAT(consent.body(), HasSubstr("The archive"));
  const auto answer = browser_.submit(consent, {{"decision", "allow"}});
  EXPECT_EQ(answer.status(), 303);
  EXPECT_THAT(answer.get("Location"), StartsWith("https://app.example/back?code="));
  auto query = query_of(answer);
  EXPECT_EQ(query["state"], "a state & more=?");
  EXPECT_EQ(query["iss"], OAuthPageWorld::kIssuer);
  EXPECT_EQ(query["code"].size(), 43U);
  EXPECT_EQ(query.size(), 3U);
}

TEST_F(OAuthAuthorize, Rfc9700Rule1WhoeverNamesAnotherAddressSeesAPage) {
  const auto client = world_.stranger();
  for (const std::string uri :
       {"https://app.example/back/", "https://app.example/back?x=1", "https://app.example/BACK",
        "https://evil.example/", "http://app.example/back", "https://app.example:443/back"}) {
    const auto response = ask(client, {{"redirect_uri", uri}});
    EXPECT_EQ(response.status(), 400) << uri;
    EXPECT_EQ(response.get("Location"), "") << uri;
    EXPECT_THAT(response.body(), Not(HasSubstr("evil.example")));
  }
}

TEST_F(OAuthAuthorize, Rfc9700Rule1TheOneAddressNeedNotBeNamedOneOfTwoMust) {
  const auto one = world_.stranger();
  EXPECT_THAT(ask(one, {{"redirect_uri", ""}}).get("Location"),
              StartsWith("/oauth/consent?request="));
  const auto two = world_.stranger(
      {.name = "The App", .redirect_uris = {"https://a.example/cb", "https://b.example/cb"}});
  EXPECT_EQ(ask(two, {{"redirect_uri", ""}}).status(), 400);
}

TEST_F(OAuthAuthorize, Rfc9700Rule3AnUnknownClientIsNoRedirection) {
  const auto client = world_.stranger();
  for (const std::string id : {"", "x", "019b0000-0000-7000-8000-000000000000"}) {
    const auto response = ask(client, {{"client_id", id}});
    EXPECT_EQ(response.status(), 400);
    EXPECT_EQ(response.get("Location"), "");
  }
}

TEST_F(OAuthAuthorize, Rfc9700Rule3AStrangersFaultIsALinkWhileNobodyIsSignedIn) {
  const auto client = world_.stranger();
  for (const Fields& changes : {Fields{{"scope", "not.ours"}}, Fields{{"prompt", "none"}},
                                Fields{{"response_type", "token"}}}) {
    const auto response = browser_.get(OAuthPageWorld::question(client, changes));
    EXPECT_EQ(response.status(), 400);
    EXPECT_EQ(response.get("Location"), "");
    EXPECT_THAT(response.body(), HasSubstr("<strong class=\"untrusted\">app.example</strong>"));
    EXPECT_THAT(response.body(), HasSubstr("href=\"https://app.example/back?error="));
  }
  (void)browser_.sign_in();
  EXPECT_EQ(told(client, {{"scope", "not.ours"}}), "invalid_scope");
}

TEST_F(OAuthAuthorize, Rfc9700Rule3AProgramOnThisMachineAndAnAdministratorsClientAreTold) {
  const auto local = world_.stranger({.name = "The App", .redirect_uris = {"http://127.0.0.1/cb"}});
  const auto known = world_.trusted();
  for (const auto& client : {local, known}) {
    const auto response = browser_.get(OAuthPageWorld::question(client, {{"prompt", "none"}}));
    EXPECT_EQ(response.status(), 303);
    EXPECT_EQ(query_of(response)["error"], "login_required");
    EXPECT_EQ(query_of(response)["state"], "a state & more=?");
  }
}

TEST_F(OAuthAuthorize, Rfc9700Rule4PkceWithS256IsAMust) {
  const auto client = world_.stranger();
  const std::string challenge = OAuthPageWorld::kChallenge;
  for (const Fields& changes :
       {Fields{{"code_challenge", ""}}, Fields{{"code_challenge_method", ""}},
        Fields{{"code_challenge_method", "plain"}}, Fields{{"code_challenge_method", "s256"}},
        Fields{{"code_challenge", challenge + "A"}},
        Fields{{"code_challenge", challenge.substr(1)}},
        Fields{{"code_challenge", challenge.substr(1) + "+"}}}) {
    EXPECT_EQ(told(client, changes), "invalid_request");
  }
}

TEST_F(OAuthAuthorize, Rfc9700Rule7CodeIsTheOnlyResponseType) {
  const auto client = world_.stranger();
  EXPECT_EQ(told(client, {{"response_type", ""}}), "invalid_request");
  for (const std::string type : {"token", "id_token", "code id_token", "none", "CODE"}) {
    EXPECT_EQ(told(client, {{"response_type", type}}), "unsupported_response_type");
  }
}

TEST_F(OAuthAuthorize, Rfc9700Rule9TheIssuerIsInRefusalsToo) {
  const auto client = world_.stranger();
  auto query = query_of(ask(client, {{"resource", "https://nowhere.example/"}}));
  EXPECT_EQ(query["error"], "invalid_target");
  EXPECT_EQ(query["iss"], OAuthPageWorld::kIssuer);
  EXPECT_FALSE(query["error_description"].empty());
}

TEST_F(OAuthAuthorize, WhatWeDoNotSupportIsNamedAsOpenIdNamesIt) {
  const auto client = world_.stranger();
  EXPECT_EQ(told(client, {{"request", "eyJ"}}), "request_not_supported");
  EXPECT_EQ(told(client, {{"registration", "{}"}}), "registration_not_supported");
  EXPECT_EQ(told(client, {{"request_uri", "https://evil.example/r"}}), "request_uri_not_supported");
  EXPECT_EQ(told(client, {{"response_mode", "fragment"}}), "invalid_request");
  EXPECT_EQ(told(client, {{"prompt", "none login"}}), "invalid_request");
  EXPECT_EQ(told(client, {{"prompt", "dance"}}), "invalid_request");
  EXPECT_EQ(told(client, {{"max_age", "-1"}}), "invalid_request");
  EXPECT_EQ(told(client, {{"max_age", "1x"}}), "invalid_request");
  EXPECT_EQ(told(client, {{"dpop_jkt", "short"}}), "invalid_request");
  EXPECT_EQ(told(client, {{"nonce", std::string(513, 'n')}}), "invalid_request");
  EXPECT_EQ(told(world_.stranger({.name = "The App",
                                  .grant_types = {"urn:ietf:params:oauth:grant-type:device_code"}}),
                 {}),
            "unauthorized_client");
}

TEST_F(OAuthAuthorize, AStateTooLongIsNotTakenAlong) {
  const auto client = world_.stranger();
  EXPECT_EQ(told(client, {{"state", std::string(2049, 's')}}), "invalid_request");
  EXPECT_EQ(ask(client, {{"state", std::string(2048, 's')}}).status(), 303);
}

TEST_F(OAuthAuthorize, Rule21RepeatedParametersAreRefused) {
  const auto client = world_.stranger();
  (void)browser_.sign_in();
  const auto repeated = [&](const std::string& more) {
    return browser_.get(OAuthPageWorld::question(client) + more);
  };
  const auto state = repeated("&state=again");
  EXPECT_EQ(query_of(state)["error"], "invalid_request");
  EXPECT_EQ(query_of(state).count("state"), 0U);
  EXPECT_EQ(query_of(repeated("&scope=admin"))["state"], "a state & more=?");
  for (const std::string more : {"&client_id=x", "&redirect_uri=https://evil.example/",
                                 "&redirect_uri=https://app.example/back"}) {
    EXPECT_EQ(repeated(more).status(), 400) << more;
    EXPECT_EQ(repeated(more).get("Location"), "") << more;
  }
  EXPECT_THAT(repeated("&unknown=1&unknown2=2").get("Location"), StartsWith("/oauth/consent"));
}

TEST_F(OAuthAuthorize, Rfc9700Rule14ManyRequestsAtOnceInOneBrowserAllComplete) {
  std::vector<Response> pages;
  for (int i = 0; i < 5; ++i) {
    const auto client = world_.stranger({.name = "App " + std::to_string(i)});
    pages.push_back(browser_.follow(
        browser_.get(OAuthPageWorld::question(client, {{"state", "state " + std::to_string(i)}}))));
  }
  // All stand at the sign-in page; each signs in, in turn, and all go on.
  for (auto& page : pages) {
    page = browser_.follow(
        browser_.submit(page, {{"username", "alice"}, {"password", test::DomainWorld::kPassword}}));
  }
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const auto answer = browser_.submit(pages[i], {{"decision", "allow"}});
    ASSERT_EQ(answer.status(), 303) << answer.body();
    EXPECT_EQ(query_of(answer)["state"], "state " + std::to_string(i));
    EXPECT_EQ(query_of(answer).count("code"), 1U);
  }
}

TEST_F(OAuthAuthorize, AStandingConsentIsNotAskedForAgain) {
  const auto client = world_.stranger();
  const auto consent = browser_.follow(ask(client));
  (void)browser_.submit(consent, {{"decision", "allow"}});
  EXPECT_EQ(query_of(ask(client)).count("code"), 1U);
  EXPECT_EQ(query_of(ask(client, {{"prompt", "none"}})).count("code"), 1U);
  EXPECT_EQ(query_of(ask(client, {{"scope", "submit"}})).count("code"), 1U);
  for (const Fields& changes : {Fields{{"prompt", "consent"}}, Fields{{"prompt", "select_account"}},
                                Fields{{"scope", "posts.compose"}}}) {
    EXPECT_THAT(ask(client, changes).get("Location"), StartsWith("/oauth/consent"));
  }
  EXPECT_EQ(told(client, {{"prompt", "none"}, {"scope", "posts.compose"}}), "consent_required");
}

TEST_F(OAuthAuthorize, Rfc8252WhoListensOnThisMachineIsAskedForEachTime) {
  const auto client =
      world_.stranger({.name = "The App", .redirect_uris = {"http://127.0.0.1/cb"}});
  const auto consent = browser_.follow(ask(client));
  EXPECT_THAT(consent.body(), HasSubstr("a program on this device"));
  (void)browser_.submit(consent, {{"decision", "allow"}});
  EXPECT_THAT(ask(client).get("Location"), StartsWith("/oauth/consent"));
  EXPECT_EQ(told(client, {{"prompt", "none"}}), "consent_required");
}

TEST_F(OAuthAuthorize, PromptLoginAndMaxAgeAskForAFreshSignIn) {
  const auto client = world_.stranger();
  (void)browser_.submit(browser_.follow(ask(client)), {{"decision", "allow"}});
  world_.domain.clock.advance(domain::seconds(100));
  EXPECT_EQ(query_of(ask(client, {{"max_age", "100"}})).count("code"), 1U);
  EXPECT_EQ(told(client, {{"max_age", "99"}, {"prompt", "none"}}), "login_required");
  for (const Fields& changes :
       {Fields{{"max_age", "99"}}, Fields{{"prompt", "login"}}, Fields{{"max_age", "0"}}}) {
    const auto start = ask(client, changes);
    ASSERT_THAT(start.get("Location"), StartsWith("/oauth/sign-in"));
    // Going straight to the consent page is no way around it.
    const auto around = "/oauth/consent?request=" + query_of(start)["request"];
    EXPECT_THAT(browser_.get(around).get("Location"), StartsWith("/oauth/sign-in"));
    const auto page = browser_.follow(start);
    EXPECT_THAT(page.body(), HasSubstr("<strong>alice</strong>"));
    world_.domain.clock.advance(domain::seconds(1));
    const auto entered =
        browser_.submit(page, {{"username", "alice"}, {"password", test::DomainWorld::kPassword}});
    const auto answer = browser_.follow(entered);
    EXPECT_EQ(query_of(answer).count("code"), 1U);
    world_.domain.clock.advance(domain::seconds(100));
  }
}

TEST_F(OAuthAuthorize, ARequestOfAnotherSitesFormGoesOnWithItsCookies) {
  const auto client = world_.stranger();
  (void)browser_.sign_in();
  const auto target = OAuthPageWorld::question(client);
  const auto kept = browser_.cookies;
  browser_.cookies.clear();  // SameSite=Lax
  const auto form = target.substr(target.find('?') + 1);
  const auto sent = world_.send(
      test::raw_request("POST", "/oauth/authorize", "application/x-www-form-urlencoded", form));
  ASSERT_EQ(sent.status(), 303);
  browser_.cookies = kept;
  EXPECT_THAT(browser_.follow(sent).body(), HasSubstr("value=\"allow\""));
}

TEST_F(OAuthAuthorize, Rfc9700Rule3AnotherSitesFormIsNoWayAroundTheLink) {
  const auto target = OAuthPageWorld::question(world_.stranger(), {{"prompt", "none"}});
  const auto sent =
      world_.send(test::raw_request("POST", "/oauth/authorize", "application/x-www-form-urlencoded",
                                    target.substr(target.find('?') + 1)));
  const auto page = browser_.follow(sent);
  EXPECT_EQ(page.status(), 400);
  EXPECT_THAT(page.body(), HasSubstr("href=\"https://app.example/back?error=login_required"));
}

TEST_F(OAuthAuthorize, FormPostIsAFormThatNeedsNoScript) {
  const auto client = world_.stranger();
  const auto consent = browser_.follow(ask(client, {{"response_mode", "form_post"}}));
  const auto answer = browser_.submit(consent, {{"decision", "allow"}});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_THAT(answer.body(), HasSubstr("action=\"https://app.example/back\""));
  EXPECT_EQ(test::hidden_field(answer, "state"), "a state & more=?");
  EXPECT_EQ(test::hidden_field(answer, "iss"), OAuthPageWorld::kIssuer);
  EXPECT_EQ(test::hidden_field(answer, "code").size(), 43U);
  EXPECT_THAT(answer.body(), HasSubstr("type=\"submit\""));
  EXPECT_THAT(std::string(answer.get("Content-Security-Policy")), HasSubstr("script-src 'self'"));
}

TEST_F(OAuthAuthorize, ASealedRequestIsGoodForAnHourAndOursAlone) {
  const auto client = world_.stranger();
  const auto start = ask(client);
  const auto text = query_of(start)["request"];
  ASSERT_TRUE(AuthorizationRequest::open(world_.services, text).ok());
  auto forged = text;
  forged[40] = forged[40] == 'A' ? 'B' : 'A';
  for (const auto& wrong : {forged, text.substr(1), std::string(), std::string("x")}) {
    EXPECT_EQ(AuthorizationRequest::open(world_.services, wrong).error().code,
              domain::Errc::LinkInvalid);
    EXPECT_EQ(browser_.get("/oauth/consent?request=" + wrong).status(), 400);
  }
  world_.domain.clock.advance(domain::hours(1) + domain::seconds(1));
  EXPECT_EQ(browser_.get("/oauth/consent?request=" + text).status(), 400);
}

TEST_F(OAuthAuthorize, ASealedRequestHoldsAllOfIt) {
  AuthorizationRequest request;
  request.client_id = "c";
  request.redirect_uri = "https://app.example/back";
  request.state = "ü \" \n";
  request.challenge = OAuthPageWorld::kChallenge;
  request.nonce = "n";
  request.dpop_jkt = "j";
  request.login_hint = "h";
  request.wanted = {{"a", "b"}, {"https://r.example"}};
  request.scope_given = request.form_post = request.prompt_login = true;
  request.prompt_consent = request.prompt_none = request.select_account = true;
  request.max_age = domain::seconds(7);
  request.asked_at = world_.domain.clock.now();
  const auto again = AuthorizationRequest::open(world_.services, request.seal(world_.services));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(std::tie(again->client_id, again->redirect_uri, again->state, again->challenge,
                     again->nonce, again->dpop_jkt, again->login_hint, again->wanted.scopes,
                     again->wanted.resources, again->max_age, again->asked_at),
            std::tie(request.client_id, request.redirect_uri, request.state, request.challenge,
                     request.nonce, request.dpop_jkt, request.login_hint, request.wanted.scopes,
                     request.wanted.resources, request.max_age, request.asked_at));
  EXPECT_TRUE(again->scope_given && again->form_post && again->prompt_login &&
              again->prompt_consent && again->prompt_none && again->select_account);
}

TEST_F(OAuthAuthorize, AClientOrItsAddressThatIsGoneGetsNothing) {
  const auto client = world_.stranger();
  const auto consent = browser_.follow(ask(client));
  ASSERT_TRUE(
      domain::delete_client(world_.domain.services, client.id, {}, world_.domain.origin).ok());
  const auto answer = browser_.submit(consent, {{"decision", "allow"}});
  EXPECT_EQ(answer.status(), 400);
  EXPECT_EQ(answer.get("Location"), "");
}

TEST_F(OAuthAuthorize, PushedRequestsAreTakenOnceAndCountAlone) {
  const auto client = world_.trusted({.name = "The App", .require_pushed = true});
  const auto target = OAuthPageWorld::question(client);
  EXPECT_EQ(told(client, {}), "invalid_request");  // it must push
  const auto pushed = browser_.post("/oauth/par", {{"client_id", client.client_id},
                                                   {"response_type", "code"},
                                                   {"scope", "submit"},
                                                   {"state", "pushed"},
                                                   {"code_challenge", OAuthPageWorld::kChallenge},
                                                   {"code_challenge_method", "S256"},
                                                   {"redirect_uri", OAuthPageWorld::kBack}});
  ASSERT_EQ(pushed.status(), 201) << pushed.body();
  const auto told = test::json_of(pushed);
  EXPECT_EQ(told["expires_in"].asInt(), 90);
  const auto uri = told["request_uri"].asString();
  EXPECT_THAT(uri, StartsWith("urn:ietf:params:oauth:request_uri:"));
  const auto address = "/oauth/authorize?" + test::form_text({{"client_id", client.client_id},
                                                              {"request_uri", uri},
                                                              {"state", "not this"},
                                                              {"scope", "admin"}});
  const auto answer =
      browser_.submit(browser_.follow(browser_.get(address)), {{"decision", "allow"}});
  EXPECT_EQ(query_of(answer)["state"], "pushed");
  EXPECT_EQ(browser_.get(address).status(), 400);
}

TEST_F(OAuthAuthorize, PushingRefusesAsTheAuthorizationEndpointDoesInJson) {
  const auto client = world_.trusted();
  const auto push = [&](const Fields& changes) {
    const auto target = OAuthPageWorld::question(client, changes);
    const auto response =
        world_.send(test::raw_request("POST", "/oauth/par", "application/x-www-form-urlencoded",
                                      target.substr(target.find('?') + 1)));
    return std::to_string(response.status()) + " " + test::json_of(response)["error"].asString();
  };
  EXPECT_EQ(push({{"redirect_uri", "https://evil.example/"}}), "400 invalid_request");
  EXPECT_EQ(push({{"code_challenge_method", "plain"}}), "400 invalid_request");
  EXPECT_EQ(push({{"scope", "not.ours"}}), "400 invalid_scope");
  EXPECT_EQ(push({{"request_uri", "urn:x"}}), "400 invalid_request");
  EXPECT_EQ(push({{"client_id", "x"}}), "401 invalid_client");
  EXPECT_EQ(push({}), "201 ");
}

}  // namespace
}  // namespace postern::handlers::oauth
