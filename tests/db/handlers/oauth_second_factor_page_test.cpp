#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/browser_session.hpp"
#include "domain/email_code.hpp"
#include "domain/factor.hpp"
#include "domain/password_change.hpp"
#include "tests/support/authenticator.hpp"
#include "tests/support/oauth_pages.hpp"

namespace postern::handlers::oauth {
namespace {

using test::Fields;
using test::OAuthPageWorld;
using testing::HasSubstr;

class OAuthSecondFactorPage : public test::OAuthPages {
 protected:
  Fields code(const domain::Secret& digits) { return {{"code", std::string(digits.reveal())}}; }
  std::string methods() {
    return domain::find_browser_session(world_.domain.services,
                                        browser_.cookies.at("__Host-postern_session"))
        .value()
        .methods;
  }
  domain::Instant now() const { return world_.domain.clock.now(); }
  void take_codes_by_mail() {
    world_.domain.settings.mail.enabled = true;
    world_.domain.database_server.sql(
        "update postern.account set email = 'alice@example.org', email_key = 'alice@example.org', "
        "email_otp_enabled = true");
  }
  domain::Secret mailed() {
    return *world_.domain.database.transaction(
        [&](domain::Transaction& tx) -> domain::Result<domain::Secret> {
          return domain::make_email_code(tx, world_.domain.services, world_.alice.id,
                                         domain::CodePurpose::Prove, "alice@example.org");
        });
  }
};

TEST_F(OAuthSecondFactorPage, TheCodeIsAskedForOnAPageOfItsOwnAndTheRequestGoesOn) {
  const auto enrolled = test::enrol(world_.domain, world_.alice);
  const auto client = world_.stranger();
  const auto form = browser_.follow(browser_.get(OAuthPageWorld::question(client)));
  const auto step = browser_.submit(form, password_);
  EXPECT_EQ(step.status(), 200);
  EXPECT_THAT(step.body(), HasSubstr("autocomplete=\"one-time-code\""));
  EXPECT_FALSE(signed_in());
  const auto consent = browser_.follow(browser_.submit(step, code(enrolled.app.code(now()))));
  EXPECT_THAT(consent.body(), HasSubstr("value=\"allow\""));
  EXPECT_EQ(methods(), "pwd otp mfa");
}

TEST_F(OAuthSecondFactorPage, AWrongCodeIsAskedForAgainAndCounts) {
  const auto enrolled = test::enrol(world_.domain, world_.alice);
  auto page = browser_.sign_in();
  int status = 0;
  for (int i = 0; i < 12 && status != 429; ++i) {
    page = browser_.submit(page, code(enrolled.app.wrong_code(now())));
    status = page.status();
    EXPECT_TRUE(status == 401 || status == 429) << status;
  }
  EXPECT_EQ(status, 429);
  EXPECT_NE(page.get("Retry-After"), "");
  EXPECT_EQ(browser_.submit(page, code(enrolled.app.code(now()))).status(), 429);
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthSecondFactorPage, ACodeIsGoodOnce) {
  const auto enrolled = test::enrol(world_.domain, world_.alice);
  const auto page = browser_.sign_in();
  const auto right = code(enrolled.app.code(now()));
  EXPECT_EQ(browser_.submit(page, right).status(), 303);
  EXPECT_EQ(browser_.submit(page, right).status(), 401);
}

TEST_F(OAuthSecondFactorPage, ARecoveryCodeStandsInOnce) {
  const auto enrolled = test::enrol(world_.domain, world_.alice);
  const auto page = browser_.sign_in();
  const Fields recovery{{"recovery_code", std::string(enrolled.recovery_codes.front().reveal())}};
  EXPECT_EQ(browser_.submit(page, recovery).status(), 303);
  EXPECT_EQ(browser_.submit(page, recovery).status(), 401);
}

TEST_F(OAuthSecondFactorPage, NothingTypedIsNoGuess) {
  (void)test::enrol(world_.domain, world_.alice);
  const auto page = browser_.sign_in();
  for (int i = 0; i < 15; ++i) {
    const auto again = browser_.submit(page, {{"code", ""}, {"recovery_code", ""}});
    EXPECT_EQ(again.status(), 401);
    EXPECT_THAT(again.body(), HasSubstr("Please type a code."));
  }
}

TEST_F(OAuthSecondFactorPage, TheStepIsToBeTakenWithinFiveMinutes) {
  const auto enrolled = test::enrol(world_.domain, world_.alice);
  const auto page = browser_.sign_in();
  world_.domain.clock.advance(domain::minutes(5) + domain::seconds(2));
  const auto late = browser_.submit(page, code(enrolled.app.code(now())));
  EXPECT_EQ(late.status(), 401);
  EXPECT_THAT(late.body(), HasSubstr("name=\"password\""));
}

TEST_F(OAuthSecondFactorPage, R6APasswordThatWasChangedMeanwhileCountsNoMore) {
  const auto enrolled = test::enrol(world_.domain, world_.alice);
  const auto page = browser_.sign_in();
  ASSERT_TRUE(domain::set_password(world_.domain.services, world_.alice.id,
                                   domain::Secret("another horse battery"), {},
                                   world_.domain.origin)
                  .ok());
  EXPECT_EQ(browser_.submit(page, code(enrolled.app.code(now()))).status(), 401);
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthSecondFactorPage, AnotherBrowsersStepIsRefused) {
  const auto enrolled = test::enrol(world_.domain, world_.alice);
  const auto page = browser_.sign_in();
  test::PageBrowser other(world_);
  (void)other.get("/oauth/sign-in");
  EXPECT_EQ(other.submit(page, code(enrolled.app.code(now()))).status(), 403);
}

TEST_F(OAuthSecondFactorPage, ForgedPendingTextIsNobodysStep) {
  const auto enrolled = test::enrol(world_.domain, world_.alice);
  const auto page = browser_.sign_in();
  auto fields = test::hidden_fields(page);
  for (auto& [name, value] : fields) {
    if (name == "pending") value[20] = value[20] == 'A' ? 'B' : 'A';
  }
  fields.emplace_back("code", std::string(enrolled.app.code(now()).reveal()));
  EXPECT_EQ(browser_.post("/oauth/sign-in", fields).status(), 401);
  EXPECT_FALSE(signed_in());
}

TEST_F(OAuthSecondFactorPage, ACodeByMailIsSentOnRequestAndTaken) {
  take_codes_by_mail();
  const auto page = browser_.sign_in();
  EXPECT_THAT(page.body(), HasSubstr("name=\"send_code\""));
  const auto sent = browser_.submit(page, {{"send_code", "1"}, {"code", ""}});
  EXPECT_EQ(sent.status(), 200);
  EXPECT_THAT(sent.body(), HasSubstr("role=\"status\""));
  const auto right = mailed();
  EXPECT_EQ(browser_.submit(sent, code(domain::Secret("000000"))).status(), 401);
  EXPECT_EQ(browser_.submit(sent, code(right)).status(), 303);
  EXPECT_EQ(methods(), "pwd otp mfa");
}

constexpr const char* kFromLetter = ">Code from the letter</label>";
constexpr const char* kFromApp = ">Code from your authenticator app</label>";

TEST_F(OAuthSecondFactorPage, TheCodeByMailIsAskedForWhereItsOwnerPrefersIt) {
  (void)test::enrol(world_.domain, world_.alice);
  take_codes_by_mail();
  EXPECT_THAT(browser_.sign_in().body(), HasSubstr(kFromApp));
  ASSERT_TRUE(
      domain::set_preferred_factor(world_.domain.services, world_.alice.id, "email_otp").ok());
  const auto page = browser_.sign_in();
  EXPECT_THAT(page.body(), HasSubstr(kFromLetter));
  EXPECT_EQ(browser_.submit(page, code(mailed())).status(), 303);
}

TEST_F(OAuthSecondFactorPage, WhoPrefersLettersMayGoOnByTheApp) {
  const auto enrolled = test::enrol(world_.domain, world_.alice);
  take_codes_by_mail();
  ASSERT_TRUE(
      domain::set_preferred_factor(world_.domain.services, world_.alice.id, "email_otp").ok());
  auto page = browser_.submit(browser_.sign_in(), {{"use_app", "1"}, {"code", ""}});
  for (const int status : {200, 401, 401}) {
    EXPECT_EQ(page.status(), status);
    EXPECT_THAT(page.body(), HasSubstr(kFromApp));
    EXPECT_THAT(page.body(), HasSubstr("name=\"send_code\""));
    page = status == 200 ? browser_.submit(page, {{"code", ""}})
                         : browser_.submit(page, code(enrolled.app.wrong_code(now())));
  }
  EXPECT_EQ(browser_.submit(page, code(enrolled.app.code(now()))).status(), 303);
}

TEST_F(OAuthSecondFactorPage, NobodyIsOfferedTheAppWhoHasNone) {
  take_codes_by_mail();
  const auto page = browser_.sign_in();
  EXPECT_THAT(page.body(), HasSubstr(kFromLetter));
  EXPECT_THAT(page.body(), testing::Not(HasSubstr("use_app")));
  const auto asked = browser_.submit(page, {{"use_app", "1"}, {"code", ""}});
  EXPECT_THAT(asked.body(), HasSubstr(kFromLetter));
}

}  // namespace
}  // namespace postern::handlers::oauth
