#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "tests/support/browser_gate.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::handlers {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using GateBrowserSessions = test::BrowserGate;

TEST_F(GateBrowserSessions, LetWhoeverIsSignedInInAsHimself) {
  const auto answer = ask({"/members/page"}, shown(cookie_));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.get("X-Auth-Account"), alice_.id.text());
  EXPECT_EQ(answer.get("X-Auth-User"), "alice");
  EXPECT_EQ(answer.get("X-Auth-Email"), *alice_.email);
  EXPECT_EQ(answer.get("X-Auth-Role"), "contributor");
  EXPECT_EQ(answer.get("X-Auth-Permissions"),
            at_the_resolver(
                {"/members/page"},
                {{"HTTP_AUTHORIZATION", "Bearer " + std::string(world_.login().access.reveal())}})
                .get("X-Auth-Permissions"))
      << "all of his role's";
  EXPECT_EQ(answer.get("X-Auth-Credential"), "browser_session:" + session_.id.text());
  EXPECT_EQ(answer.get("X-Auth-Client"), "");
}

TEST_F(GateBrowserSessions, AreJudgedByTheRulesAtTheDeskAsAtAResolver) {
  for (const auto role : {fcgi::Role::Responder, fcgi::Role::Authorizer}) {
    EXPECT_EQ(ask({"/open/", "GET", role}, shown(cookie_)).status(), 200);
    EXPECT_EQ(ask({"/members/?a=1", "HEAD", role}, shown(cookie_)).status(), 200);
    EXPECT_EQ(ask({"/write/", "GET", role}, shown(cookie_)).status(), 200);
    EXPECT_EQ(ask({"/all/", "GET", role}, shown(cookie_)).status(), 200) << "he is his role";
    EXPECT_EQ(ask({"/staff/", "GET", role}, shown(cookie_)).status(), 403);
    EXPECT_EQ(ask({"/nowhere", "GET", role}, shown(cookie_)).status(), 403);
    EXPECT_EQ(ask({"/members/", "GET", role}, shown("")).status(), 401);
    EXPECT_EQ(ask({"/members/", "GET", role}, {}).status(), 401);
  }
  const auto around =
      Headers{{"HTTP_COOKIE", "a=b; " + std::string(kCookie) + "=" + cookie_ + "; theme=dark"}};
  EXPECT_EQ(ask({"/members/"}, around).status(), 200);
}

TEST_F(GateBrowserSessions, AreUnknownToTheDeskUntilTheDatabaseWasAsked) {
  EXPECT_FALSE(at_the_desk({"/members/"}, shown(cookie_)));
  EXPECT_FALSE(at_the_desk({"/open/"}, shown(cookie_))) << "the page would be told another name";
  (void)at_the_resolver({"/members/"}, shown(cookie_));
  EXPECT_TRUE(at_the_desk({"/members/"}, shown(cookie_)));
}

TEST_F(GateBrowserSessions, WhoIsNotIsLedToTheSignInPage) {
  const auto answer = ask({"/members/page?a=1&b=2"}, {});
  EXPECT_EQ(answer.get("X-Auth-Sign-In"), "/oauth/sign-in?return_to=/members/page%3Fa%3D1%26b%3D2");
  const auto over = at_the_resolver({"/members/"}, shown("pbs_nonsense"));
  EXPECT_EQ(over.get("X-Auth-Sign-In"), "/oauth/sign-in?return_to=/members/");
  EXPECT_THAT(std::string(over.get("WWW-Authenticate")), Not(HasSubstr("error=")))
      << "a cookie is no bearer token";
}

TEST_F(GateBrowserSessions, SeveralAreOneQuestion) {
  world_.account("bob");
  const auto bobs = cookie_of(enter("bob"));
  const std::vector<domain::Presentation> presented{{domain::PresentedAs::Cookie, cookie_},
                                                    {domain::PresentedAs::Cookie, "nonsense"},
                                                    {domain::PresentedAs::Cookie, bobs},
                                                    {domain::PresentedAs::Bearer, bobs}};
  std::vector<std::string> asked;
  world_.database.set_fault_hook_for_test(
      [&](std::string_view point) { asked.emplace_back(point); });
  const auto checks = domain::check_credentials(world_.services, presented);
  EXPECT_EQ(asked, (std::vector<std::string>{"find_principals_of_browsers"}));
  EXPECT_EQ(checks[0].identity.fields().user, "alice");
  EXPECT_EQ(checks[1].refusal, domain::Errc::TokenInvalid);
  EXPECT_EQ(checks[2].identity.fields().user, "bob") << "nobody gets another's answer";
  EXPECT_EQ(checks[3].refusal, domain::Errc::KeyInvalid);
}

TEST_F(GateBrowserSessions, R10TheCookieIsNothingInAHeader) {
  (void)at_the_resolver({"/members/"}, shown(cookie_));  // known as what it is
  for (const auto& header :
       {Headers{{"HTTP_AUTHORIZATION", "Bearer " + cookie_}},
        Headers{{"HTTP_AUTHORIZATION", "DPoP " + cookie_}},
        Headers{{"HTTP_AUTHORIZATION", "ApiKey " + cookie_}}, Headers{{"HTTP_X_API_KEY", cookie_}},
        shown(cookie_, "access_token_cookie")}) {
    EXPECT_EQ(code("/members/", header), "invalid_token") << header.front().second;
    EXPECT_FALSE(at_the_desk({"/members/"}, header)) << header.front().second;
  }
}

TEST_F(GateBrowserSessions, R10NoOtherCredentialIsOneInTheCookie) {
  test::OAuthWorld oauth(world_);
  const auto client = oauth.client();
  const auto grant = oauth.tokens(client.client, alice_, {.scopes = {"openid", "read"}});
  const auto native = world_.login();
  const auto kitsu = world_.login("alice", domain::SessionKind::Kitsu);
  const auto key =
      domain::generate_personal_key(world_.services, alice_.id, {}, world_.origin)->text;
  for (const auto* each : {&native.access, &native.refresh, &kitsu.access, &kitsu.refresh, &key,
                           &grant.access, &*grant.refresh, &*grant.id_token}) {
    const std::string text(each->reveal());
    EXPECT_EQ(code("/members/", shown(text)), "invalid_token");
    EXPECT_EQ(code("/open/", shown(text)), "");
    EXPECT_FALSE(at_the_desk({"/members/"}, shown(text)));
  }
  const std::string access(native.access.reveal());
  EXPECT_EQ(ask({"/members/"}, {{"HTTP_AUTHORIZATION", "Bearer " + access}}).status(), 200);
  EXPECT_EQ(code("/members/", shown(access)), "invalid_token") << "though it is known as a token";
  EXPECT_FALSE(at_the_desk({"/members/"}, shown(access)));
}

TEST_F(GateBrowserSessions, R10NoOtherSessionHasACookie) {
  const auto native = world_.login();
  const auto forged = std::string(domain::browser_cookie(world_.ring, native.session).reveal());
  EXPECT_EQ(code("/members/", shown(forged)), "token_revoked");
  auto changed = cookie_;
  changed.back() = changed.back() == 'A' ? 'Q' : 'A';
  EXPECT_EQ(code("/members/", shown(changed)), "invalid_token");
}

TEST_F(GateBrowserSessions, OnlyTheNameOfOurSchemeCounts) {
  EXPECT_EQ(code("/members/", shown(cookie_, "postern_session")), "credential_required")
      << "what a page of a neighbouring host could have set";
  world_.settings.oauth.issuer = "http://127.0.0.1:8080";
  EXPECT_EQ(code("/members/", shown(cookie_, "postern_session")), "");
  EXPECT_EQ(code("/members/", shown(cookie_)), "credential_required");
}

TEST_F(GateBrowserSessions, TwoOfOneNameAreNone) {
  const auto two = shown(cookie_ + "; " + kCookie + "=" + cookie_);
  EXPECT_EQ(at_the_resolver({"/members/"}, two).get("X-Auth-Code"), "credential_required");
}

TEST_F(GateBrowserSessions, CanBeSwitchedOff) {
  settings_.gate.browser_sessions = false;
  EXPECT_EQ(ask({"/members/"}, shown(cookie_)).get("X-Auth-Code"), "credential_required");
  EXPECT_EQ(ask({"/open/"}, shown(cookie_)).get("X-Auth-User"), "");
  settings_.gate.browser_sessions = true;
  EXPECT_EQ(ask({"/members/"}, shown(cookie_)).status(), 200);
  world_.settings.oauth.enabled = false;
  EXPECT_EQ(ask({"/members/"}, shown(cookie_)).get("X-Auth-Code"), "credential_required")
      << "there is no page to sign out at";
}

TEST_F(GateBrowserSessions, AHeaderComesFirstThenTheSessionThenKitsusToken) {
  world_.account("bob");
  const std::string bobs(world_.login("bob", domain::SessionKind::Kitsu).access.reveal());
  const auto both =
      Headers{{"HTTP_COOKIE", "access_token_cookie=" + bobs + "; " + kCookie + "=" + cookie_}};
  EXPECT_EQ(ask({"/members/"}, both).get("X-Auth-User"), "alice");
  EXPECT_EQ(
      ask({"/members/"}, and_also(both, "HTTP_AUTHORIZATION", "Bearer " + bobs)).get("X-Auth-User"),
      "bob");
  EXPECT_EQ(code("/members/", and_also(both, "HTTP_AUTHORIZATION", "Bearer a.b.c")),
            "invalid_token");
  settings_.gate.browser_sessions = false;
  EXPECT_EQ(ask({"/members/"}, both).get("X-Auth-User"), "bob");
}

TEST_F(GateBrowserSessions, CsrfWhatChangesSomethingComesFromAPageOfTheSameOrigin) {
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    const auto from = [&](const std::string& name, const std::string& value) {
      const Wanted wanted{"/members/", method};
      const auto headers = and_also(shown(cookie_), name, value);
      const auto answer = ask(wanted, headers);
      return std::string(answer.get("X-Auth-Code"));
    };
    EXPECT_EQ(from("HTTP_SEC_FETCH_SITE", "cross-site"), "cross_origin") << method;
    EXPECT_EQ(from("HTTP_SEC_FETCH_SITE", "same-site"), "cross_origin") << method;
    EXPECT_EQ(from("HTTP_ORIGIN", "https://evil.example"), "cross_origin") << method;
    EXPECT_EQ(from("HTTP_ORIGIN", "null"), "cross_origin") << method;
    EXPECT_EQ(from("HTTP_REFERER", "https://evil.example/"), "cross_origin") << method;
    EXPECT_EQ(from("HTTP_SEC_FETCH_SITE", "same-origin"), "") << method;
    EXPECT_EQ(from("HTTP_ORIGIN", "https://www.example.org"), "") << method;
  }
  const auto elsewhere = and_also(shown(cookie_), "HTTP_SEC_FETCH_SITE", "cross-site");
  EXPECT_EQ(ask({"/members/"}, elsewhere).status(), 200) << "reading changes nothing";
  EXPECT_EQ(ask({"/open/", "POST"}, elsewhere).get("X-Auth-User"), "")
      << "a public page is told nobody's name";
}

}  // namespace
}  // namespace postern::handlers
