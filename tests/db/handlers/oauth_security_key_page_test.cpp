#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "domain/browser_session.hpp"
#include "domain/factor.hpp"
#include "tests/support/authenticator.hpp"
#include "tests/support/oauth_pages.hpp"
#include "tests/support/security_key.hpp"

namespace postern::handlers::oauth {
namespace {

using test::Ceremony;
using test::Fields;
using test::OAuthPageWorld;
using test::SecurityKey;
using testing::HasSubstr;
using testing::Not;

/// Security keys at the second step of signing in.
class OAuthSecurityKeyPage : public test::OAuthPages {
 protected:
  std::vector<domain::Secret> enrol(const domain::Account& account, SecurityKey& key) {
    return enrol(account, key, world_.domain.login(account.username).session);
  }
  std::vector<domain::Secret> enrol(const domain::Account& account, SecurityKey& key,
                                    domain::SessionId session) {
    auto& world = world_.domain;
    const auto told = domain::start_webauthn(world.services, account.id).value();
    return domain::register_webauthn(world.services, account.id,
                                     {key.create(ceremony(told.challenge)), "blue"}, session,
                                     world.origin)
        .value();
  }
  static Ceremony ceremony(std::string challenge) {
    return {.challenge = std::move(challenge),
            .origin = OAuthPageWorld::kIssuer,
            .rp_id = "www.example.org"};
  }
  /// What the page's script reads.
  static Json::Value options(const Response& page) {
    std::smatch found;
    const auto& html = page.body();
    if (!std::regex_search(html, found, std::regex(" data-webauthn=\"([^\"]*)\""))) return {};
    return test::json(test::from_html(found[1].str()));
  }
  static Ceremony asked(const Response& page) {
    return ceremony(options(page)["challenge"].asString());
  }
  /// As the script sends it: the form, with this in its field.
  Response answer(const Response& page, const std::string& text) {
    auto fields = test::hidden_fields(page);
    for (auto& [name, value] : fields) {
      if (name == "webauthn") value = text;
    }
    fields.insert(fields.end(), {{"code", ""}, {"recovery_code", ""}});
    return browser_.post("/oauth/sign-in", fields);
  }
  Response answer(const Response& page, const domain::WebauthnAssertion& assertion) {
    return answer(page, test::credential_json(assertion));
  }
  std::string methods() {
    return domain::find_browser_session(world_.domain.services,
                                        browser_.cookies.at("__Host-postern_session"))
        .value()
        .methods;
  }

  /// An app and a key, and this one of them asked for first; the app.
  auto enrol_both(std::string_view preferred) {
    auto enrolled = test::enrol(world_.domain, world_.alice);
    (void)enrol(world_.alice, key_, enrolled.session);
    EXPECT_TRUE(
        domain::set_preferred_factor(world_.domain.services, world_.alice.id, preferred).ok());
    return enrolled.app;
  }
  static bool key_leads(const Response& page) {
    const auto key = page.body().find("type=\"button\" id=\"key\"");
    const auto code = page.body().find("id=\"code\"");
    const bool leads = key < code;
    const auto primary = std::string("<button class=\"primary\" ");
    EXPECT_THAT(page.body(), HasSubstr(primary + (leads ? "type=\"button\"" : "type=\"submit\"")));
    EXPECT_EQ(page.body().find("autofocus") == std::string::npos, leads);
    return leads;
  }

  SecurityKey key_;
};

constexpr const char* kRefused = "Your security key or passkey was not accepted. Please try again.";

TEST_F(OAuthSecurityKeyPage, TheKeyOpensAndTheRequestGoesOn) {
  (void)enrol(world_.alice, key_);
  const auto form = browser_.follow(browser_.get(OAuthPageWorld::question(world_.stranger())));
  const auto step = browser_.submit(form, password_);
  EXPECT_EQ(step.status(), 200);
  EXPECT_FALSE(signed_in());
  const auto consent = browser_.follow(answer(step, key_.get(asked(step))));
  EXPECT_THAT(consent.body(), HasSubstr("value=\"allow\""));
  EXPECT_EQ(methods(), "pwd hwk mfa");
}

TEST_F(OAuthSecurityKeyPage, ThePageAsksForTheKeysOfThePersonAtTheIssuersHost) {
  (void)enrol(world_.alice, key_);
  const auto told = options(browser_.sign_in());
  EXPECT_EQ(told["rpId"], "www.example.org");
  EXPECT_EQ(told["userVerification"], "preferred");
  EXPECT_EQ(told["timeout"], 300000);
  ASSERT_EQ(told["allowCredentials"].size(), 1U);
  EXPECT_EQ(told["allowCredentials"][0]["id"], domain::base64url_encode(key_.id));
  EXPECT_EQ(told["allowCredentials"][0]["type"], "public-key");
}

TEST_F(OAuthSecurityKeyPage, ThatPageAloneRunsAScriptAndOnlyOurOwnFile) {
  const auto sign_in = browser_.get("/oauth/sign-in");
  EXPECT_THAT(std::string(sign_in.get("Content-Security-Policy")), Not(HasSubstr("script-src")));
  (void)enrol(world_.alice, key_);
  const auto page = browser_.submit(sign_in, password_);
  EXPECT_EQ(page.get("Content-Security-Policy"),
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            "frame-ancestors 'none'; form-action 'self'; script-src 'self'");
  EXPECT_THAT(page.body(), HasSubstr("<script src=\"/oauth/security-key.js\"></script>"));
  EXPECT_THAT(page.body(), Not(testing::ContainsRegex("<script[^s]*>[^<]")));
  const auto script = browser_.get("/oauth/security-key.js");
  EXPECT_EQ(script.status(), 200);
  EXPECT_EQ(script.get("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.get("Cache-Control"), "public, max-age=3600");
}

TEST_F(OAuthSecurityKeyPage, WithoutAScriptARecoveryCodeStillOpens) {
  const auto codes = enrol(world_.alice, key_);
  const auto page = browser_.sign_in();
  EXPECT_THAT(page.body(), HasSubstr("id=\"key\" hidden>"));
  EXPECT_THAT(page.body(), HasSubstr("<noscript>"));
  EXPECT_THAT(page.body(), HasSubstr("A recovery code works without."));
  EXPECT_THAT(page.body(), HasSubstr("<summary>Use a recovery code instead</summary>"));
  const Fields recovery{{"recovery_code", std::string(codes.front().reveal())}};
  EXPECT_EQ(browser_.submit(page, recovery).status(), 303);
  EXPECT_TRUE(signed_in());
}

TEST_F(OAuthSecurityKeyPage, BesideAnAppEitherOfThemOpens) {
  const auto [app, codes, session] = test::enrol(world_.domain, world_.alice);
  (void)enrol(world_.alice, key_, session);
  const auto page = browser_.sign_in();
  EXPECT_THAT(page.body(), HasSubstr("name=\"code\""));
  EXPECT_THAT(page.body(), HasSubstr("id=\"key\""));
  EXPECT_THAT(page.body(), Not(HasSubstr("A recovery code works without.")));
  test::PageBrowser other(world_);
  const auto theirs = other.sign_in();
  const Fields code{{"code", std::string(app.code(world_.domain.clock.now()).reveal())}};
  EXPECT_EQ(other.submit(theirs, code).status(), 303);
  EXPECT_EQ(answer(page, key_.get(asked(page))).status(), 303);
  EXPECT_EQ(methods(), "pwd hwk mfa");
}

TEST_F(OAuthSecurityKeyPage, WhatItsOwnerPrefersComesFirst) {
  (void)enrol_both("totp");
  EXPECT_FALSE(key_leads(browser_.sign_in()));
  ASSERT_TRUE(
      domain::set_preferred_factor(world_.domain.services, world_.alice.id, "webauthn").ok());
  const auto page = browser_.sign_in();
  EXPECT_TRUE(key_leads(page));
  const auto refused = answer(page, "{}");
  EXPECT_TRUE(key_leads(refused)) << "to be tried again";
  EXPECT_EQ(answer(refused, key_.get(asked(refused))).status(), 303);
}

TEST_F(OAuthSecurityKeyPage, WhoPrefersTheKeyMayTypeACodeAndMistype) {
  const auto app = enrol_both("webauthn");
  const auto page = browser_.sign_in();
  const auto typed = [](const domain::Secret& code) {
    return Fields{{"code", std::string(code.reveal())}};
  };
  const auto again = browser_.submit(page, typed(app.wrong_code(world_.domain.clock.now())));
  EXPECT_EQ(again.status(), 401);
  EXPECT_FALSE(key_leads(again)) << "he has chosen";
  EXPECT_EQ(browser_.submit(again, typed(app.code(world_.domain.clock.now()))).status(), 303);
  EXPECT_EQ(methods(), "pwd otp mfa");
}

TEST_F(OAuthSecurityKeyPage, AKeyThatIsPreferredAndCannotBeUsedHereLeavesTheCode) {
  (void)enrol_both("webauthn");
  world_.domain.settings.webauthn.origins = {"https://keys.www.example.org"};
  const auto page = browser_.sign_in();
  EXPECT_THAT(page.body(), HasSubstr("maxlength=\"16\" autofocus>"));
  EXPECT_THAT(page.body(), Not(HasSubstr("id=\"key\"")));
}

TEST_F(OAuthSecurityKeyPage, WhoHasNoKeyIsAskedForNone) {
  (void)test::enrol(world_.domain, world_.alice);
  const auto page = browser_.sign_in();
  EXPECT_THAT(page.body(), HasSubstr("name=\"code\""));
  for (const auto* part : {"webauthn", "id=\"key\"", "<script", "<noscript"}) {
    EXPECT_THAT(page.body(), Not(HasSubstr(part)));
  }
  EXPECT_THAT(std::string(page.get("Content-Security-Policy")), Not(HasSubstr("script-src")));
}

TEST_F(OAuthSecurityKeyPage, WhereTheIssuersPagesMayNotAskThePageSaysSo) {
  const auto codes = enrol(world_.alice, key_);
  world_.domain.settings.webauthn.origins = {"https://keys.www.example.org"};
  const auto page = browser_.sign_in();
  EXPECT_THAT(page.body(), HasSubstr("Your security key cannot be used on this page."));
  EXPECT_THAT(page.body(), Not(HasSubstr("data-webauthn")));
  const Fields recovery{{"recovery_code", std::string(codes.front().reveal())}};
  EXPECT_EQ(browser_.submit(page, recovery).status(), 303);
}

TEST_F(OAuthSecurityKeyPage, AnAnswerIsGoodOnce) {
  (void)enrol(world_.alice, key_);
  const auto page = browser_.sign_in();
  const auto assertion = key_.get(asked(page));
  EXPECT_EQ(answer(page, assertion).status(), 303);
  const auto again = answer(page, assertion);
  EXPECT_EQ(again.status(), 401);
  EXPECT_THAT(again.body(), HasSubstr(kRefused));
}

TEST_F(OAuthSecurityKeyPage, ARefusedAnswerIsSaidAloudAndAskedForAnewWithAnotherChallenge) {
  (void)enrol(world_.alice, key_);
  const auto page = browser_.sign_in();
  auto wrong = asked(page);
  wrong.challenge = domain::base64url_encode(domain::Bytes(58, 7));
  const auto refused = answer(page, key_.get(wrong));
  EXPECT_EQ(refused.status(), 401);
  EXPECT_THAT(refused.body(), HasSubstr(std::string("role=\"alert\" id=\"problem\">") + kRefused));
  EXPECT_FALSE(signed_in());
  EXPECT_NE(asked(refused).challenge, asked(page).challenge);
  EXPECT_EQ(answer(refused, key_.get(asked(refused))).status(), 303);
}

TEST_F(OAuthSecurityKeyPage, OtherOriginsFramesAndPartiesAreRefused) {
  (void)enrol(world_.alice, key_);
  const auto page = browser_.sign_in();
  const auto refused = [&](const auto& change) {
    auto wrong = asked(page);
    change(wrong);
    return answer(page, key_.get(wrong)).status();
  };
  EXPECT_EQ(refused([](Ceremony& c) { c.origin = "https://www.example.org.evil.example"; }), 401);
  EXPECT_EQ(refused([](Ceremony& c) { c.origin = "http://www.example.org"; }), 401);
  EXPECT_EQ(refused([](Ceremony& c) { c.rp_id = "example.org"; }), 401);
  EXPECT_EQ(refused([](Ceremony& c) { c.cross_origin = true; }), 401);
  EXPECT_EQ(refused([](Ceremony& c) { c.type = "webauthn.create"; }), 401);
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthSecurityKeyPage, AnotherPersonsKeyAndChallengeAreRefused) {
  (void)enrol(world_.alice, key_);
  const auto mallory = world_.domain.account("mallory");
  SecurityKey theirs;
  (void)enrol(mallory, theirs);
  test::PageBrowser other(world_);
  const auto their_page = other.sign_in("/oauth/sign-in", "mallory");
  const auto page = browser_.sign_in();
  EXPECT_EQ(answer(page, theirs.get(asked(page))).status(), 401);
  EXPECT_EQ(answer(page, theirs.get(asked(their_page))).status(), 401);
  EXPECT_EQ(answer(page, key_.get(asked(their_page))).status(), 401);
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthSecurityKeyPage, ACopyOfTheKeyIsBetrayedByItsCounter) {
  (void)enrol(world_.alice, key_);
  SecurityKey copy = key_;
  auto page = browser_.sign_in();
  EXPECT_EQ(answer(page, key_.get(asked(page))).status(), 303);
  page = browser_.sign_in("/oauth/sign-in?another=1");
  EXPECT_EQ(answer(page, copy.get(asked(page))).status(), 401);
}

TEST_F(OAuthSecurityKeyPage, TheFormIsTheBrowsersOwn) {
  (void)enrol(world_.alice, key_);
  const auto page = browser_.sign_in();
  auto fields = test::hidden_fields(page);
  for (auto& [name, value] : fields) {
    if (name == "csrf") value[5] = value[5] == 'a' ? 'b' : 'a';
    if (name == "webauthn") value = test::credential_json(key_.get(asked(page)));
  }
  EXPECT_EQ(browser_.post("/oauth/sign-in", fields).status(), 403);
  EXPECT_FALSE(signed_in());
  browser_.fetch_site = "cross-site";
  EXPECT_EQ(answer(page, key_.get(asked(page))).status(), 403);
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthSecurityKeyPage, WhatIsNoAnswerOfAKeyIsRefused) {
  (void)enrol(world_.alice, key_);
  const auto page = browser_.sign_in();
  for (const auto* text : {"{", "[]", "null", "\"x\"", R"({"rawId":"AA"})", "no json"}) {
    const auto refused = answer(page, text);
    EXPECT_EQ(refused.status(), 401) << text;
    EXPECT_THAT(refused.body(), HasSubstr(kRefused)) << text;
  }
}

TEST_F(OAuthSecurityKeyPage, WrongAnswersCountAsWrongCodesDo) {
  (void)enrol(world_.alice, key_);
  auto page = browser_.sign_in();
  int status = 0;
  for (int i = 0; i < 12 && status != 429; ++i) {
    page = answer(page, "{}");
    status = page.status();
    EXPECT_TRUE(status == 401 || status == 429) << status;
  }
  EXPECT_EQ(status, 429);
  EXPECT_NE(page.get("Retry-After"), "");
  EXPECT_EQ(answer(page, key_.get(asked(page))).status(), 429);
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthSecurityKeyPage, AnEmptyFieldIsNoAnswer) {
  const auto codes = enrol(world_.alice, key_);
  const auto page = browser_.sign_in();
  const auto again = answer(page, "");
  EXPECT_EQ(again.status(), 401);
  EXPECT_THAT(again.body(), HasSubstr("Please type a code."));
}

TEST_F(OAuthSecurityKeyPage, TheChallengeIsToBeAnsweredInTime) {
  (void)enrol(world_.alice, key_);
  world_.domain.settings.webauthn.challenge_lifetime = domain::seconds(60);
  const auto page = browser_.sign_in();
  const auto assertion = key_.get(asked(page));
  world_.domain.clock.advance(domain::seconds(62));
  const auto late = answer(page, assertion);
  EXPECT_EQ(late.status(), 401);
  EXPECT_EQ(answer(late, key_.get(asked(late))).status(), 303);
}

}  // namespace
}  // namespace postern::handlers::oauth
