#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/oauth_device.hpp"
#include "tests/support/oauth_pages.hpp"

namespace postern::handlers::oauth {
namespace {

using testing::HasSubstr;

class OAuthDevicePage : public test::OAuthPages {
 protected:
  domain::DeviceCodes begin() {
    client_ = world_.stranger(
        {.name = "The TV", .grant_types = {"urn:ietf:params:oauth:grant-type:device_code"}});
    auto wanted = domain::settle_request(world_.domain.services, client_->metadata, {}, "submit");
    return domain::begin_device(world_.domain.services, {*client_, wanted.value()},
                                {"198.51.100.7", "tv", "r"})
        .value();
  }
  Response redeem(const domain::DeviceCodes& codes) {
    return world_.send(test::raw_request(
        "POST", "/oauth/token", "application/x-www-form-urlencoded",
        test::form_text({{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                         {"client_id", client_->client_id},
                         {"device_code", std::string(codes.device_code.reveal())}})));
  }
  std::optional<domain::OAuthClient> client_;
};

TEST_F(OAuthDevicePage, TheCodeSurvivesSigningInAndThePageShowsWhoAsks) {
  const auto codes = begin();
  const auto form = browser_.follow(browser_.get("/oauth/device?user_code=" + codes.user_code));
  const auto page = browser_.follow(browser_.submit(form, password_));
  EXPECT_THAT(page.body(), HasSubstr("value=\"" + codes.user_code + "\""));
  const auto ask = browser_.submit(page, {{"user_code", codes.user_code}});
  EXPECT_THAT(ask.body(), HasSubstr("“The TV”"));
  EXPECT_THAT(ask.body(), HasSubstr("198.51.100.7"));
  EXPECT_EQ(test::json_of(redeem(codes))["error"].asString(), "authorization_pending");
  EXPECT_THAT(browser_.submit(ask, {{"decision", "allow"}}).body(), HasSubstr("is connected"));
  world_.domain.clock.advance(domain::seconds(5));
  EXPECT_EQ(redeem(codes).status(), 200);
}

TEST_F(OAuthDevicePage, ARefusedDeviceIsToldAndACodeIsGoodOnce) {
  const auto codes = begin();
  (void)browser_.sign_in();
  const auto page = browser_.get("/oauth/device");
  const auto ask = browser_.submit(page, {{"user_code", codes.user_code}});
  EXPECT_THAT(browser_.submit(ask, {{"decision", "deny"}}).body(), HasSubstr("no access"));
  EXPECT_EQ(test::json_of(redeem(codes))["error"].asString(), "access_denied");
  EXPECT_EQ(browser_.submit(ask, {{"decision", "allow"}}).status(), 400);
}

TEST_F(OAuthDevicePage, Rule24WrongCodesAreLimited) {
  const auto codes = begin();
  (void)browser_.sign_in();
  const auto page = browser_.get("/oauth/device");
  int status = 0;
  for (int i = 0; i < 50 && status != 429; ++i) {
    status = browser_.submit(page, {{"user_code", "BCDF-BCDF"}}).status();
    EXPECT_TRUE(status == 400 || status == 429);
  }
  EXPECT_EQ(status, 429);
  EXPECT_EQ(browser_.submit(page, {{"user_code", codes.user_code}}).status(), 429);
}

TEST_F(OAuthDevicePage, Rfc9700Rule14AnotherSiteCannotLetADeviceIn) {
  const auto codes = begin();
  (void)browser_.sign_in();
  const auto ask = browser_.submit(browser_.get("/oauth/device"), {{"user_code", codes.user_code}});
  browser_.fetch_site = "cross-site";
  EXPECT_EQ(browser_.submit(ask, {{"decision", "allow"}}).status(), 403);
  EXPECT_EQ(test::json_of(redeem(codes))["error"].asString(), "authorization_pending");
}

}  // namespace
}  // namespace postern::handlers::oauth
