#include "cli/config_keys_kitsu.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_text.hpp"

namespace postern::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kProvider =
    "\n[[sso.provider]]\nname = \"company\"\nissuer = \"https://login.example\"\n"
    "client_id = \"postern\"\n";

TEST(KitsuConfiguration, EveryKeyArrivesWhereItBelongs) {
  const auto config =
      check_text(config_text({{"session.kitsu.access_seconds", "301"},
                              {"session.kitsu.refresh_seconds", "1000"},
                              {"kitsu.enabled", "true"},
                              {"kitsu.browser_cookies", "true"},
                              {"kitsu.claimable_persons", "true"},
                              {"kitsu.enforce_two_factor", "true"},
                              {"kitsu.oidc_provider", "\"company\""},
                              {"kitsu.reset_page", "\"https://kitsu.example/reset\""},
                              {"kitsu.home_page", "\"https://kitsu.example/\""},
                              {"kitsu.organisation", "\"Studio 7\""},
                              {"kitsu.version", "\"0.20.1\""},
                              {"kitsu.locale", "\"fr_FR\""},
                              {"kitsu.timezone", "\"Asia/Tokyo\""},
                              {"login_limit.brief_per_account", "3"},
                              {"login_limit.brief_window_seconds", "90"},
                              {"mail.code_seconds", "120"}}) +
                 kProvider)
          .config;
  const auto& session = config.domain.session(domain::SessionKind::Kitsu);
  EXPECT_EQ(session.access_lifetime.count(), 301);
  EXPECT_EQ(session.idle_lifetime.count(), 1000);
  EXPECT_EQ(session.absolute_lifetime.count(), 1301);
  const auto& kitsu = config.handlers.kitsu;
  EXPECT_TRUE(kitsu.enabled);
  EXPECT_TRUE(kitsu.browser_cookies);
  EXPECT_TRUE(kitsu.claimable_persons);
  EXPECT_TRUE(config.domain.mfa.required_at_kitsu);
  EXPECT_EQ(kitsu.oidc_provider, "company");
  EXPECT_EQ(kitsu.reset_page, "https://kitsu.example/reset");
  EXPECT_EQ(kitsu.home_page, "https://kitsu.example/");
  EXPECT_EQ(kitsu.organisation, "Studio 7");
  EXPECT_EQ(kitsu.version, "0.20.1");
  EXPECT_EQ(kitsu.locale, "fr_FR");
  EXPECT_EQ(kitsu.timezone, "Asia/Tokyo");
  EXPECT_EQ(config.domain.login_limit.brief_per_account, 3U);
  EXPECT_EQ(config.domain.login_limit.brief_window.count(), 90);
  EXPECT_EQ(config.domain.mail.code_lifetime.count(), 120);
}

TEST(KitsuConfiguration, MinimalFileLeavesTheDefaults) {
  const auto config = check_text(config_text()).config;
  const auto& kitsu = config.handlers.kitsu;
  const handlers::KitsuSettings fresh;
  const domain::Settings domain;
  EXPECT_EQ(kitsu.enabled, fresh.enabled);
  EXPECT_EQ(kitsu.browser_cookies, fresh.browser_cookies);
  EXPECT_EQ(kitsu.claimable_persons, fresh.claimable_persons);
  EXPECT_EQ(kitsu.organisation, fresh.organisation);
  EXPECT_EQ(kitsu.version, fresh.version);
  EXPECT_EQ(kitsu.locale, fresh.locale);
  EXPECT_EQ(kitsu.timezone, fresh.timezone);
  EXPECT_EQ(kitsu.reset_page, fresh.reset_page);
  EXPECT_EQ(kitsu.home_page, fresh.home_page);
  EXPECT_EQ(kitsu.oidc_provider, fresh.oidc_provider);
  EXPECT_EQ(config.domain.mfa.required_at_kitsu, domain.mfa.required_at_kitsu);
  EXPECT_EQ(config.domain.login_limit.brief_per_account, domain.login_limit.brief_per_account);
  EXPECT_EQ(config.domain.login_limit.brief_window, domain.login_limit.brief_window);
  EXPECT_EQ(config.domain.mail.code_lifetime, domain.mail.code_lifetime);
}

TEST(KitsuConfiguration, TheGateReadsTheCookieOnlyWhereTheDialectSetsIt) {
  const auto reads = [](const Keys& keys) {
    return check_text(config_text(keys)).config.handlers.gate.kitsu_cookie;
  };
  EXPECT_TRUE(reads({}));
  EXPECT_FALSE(reads({{"kitsu.browser_cookies", "false"}}));
  EXPECT_FALSE(check_text(config_text({{"kitsu.browser_cookies", "false"}}))
                   .config.handlers.kitsu.browser_cookies);
  EXPECT_FALSE(reads({{"kitsu.enabled", "false"}}));
}

TEST(KitsuConfiguration, AnAccessTokenDoesNotOutliveItsRefreshToken) {
  EXPECT_THAT(problems_of(config_text({{"session.kitsu.access_seconds", "1001"},
                                       {"session.kitsu.refresh_seconds", "1000"}})),
              ElementsAre(AllOf(HasSubstr("session.kitsu.access_seconds"),
                                HasSubstr("must not be above session.kitsu.refresh_seconds"))));
}

TEST(KitsuConfiguration, AProviderThatIsNotThereIsNamed) {
  EXPECT_THAT(problems_of(config_text({{"kitsu.oidc_provider", "\"compny\""}}) + kProvider),
              ElementsAre(AllOf(HasSubstr("kitsu.oidc_provider"), HasSubstr("compny"))));
  EXPECT_THAT(problems_of(config_text({{"kitsu.oidc_provider", "\"company\""}}) + kProvider),
              IsEmpty());
}

TEST(KitsuConfiguration, TheProviderNeedsCookies) {
  EXPECT_THAT(problems_of(config_text({{"kitsu.oidc_provider", "\"company\""},
                                       {"kitsu.browser_cookies", "false"}}) +
                          kProvider),
              ElementsAre(HasSubstr("needs kitsu.browser_cookies")));
}

TEST(KitsuConfiguration, TextsHaveTheirForm) {
  for (const auto* good : {"", "https://kitsu.example/reset", "http://127.0.0.1:8080/reset"})
    EXPECT_TRUE(cli::is_reset_page(good)) << good;
  for (const auto* bad : {"https://kitsu.example/?a=1", "https://kitsu.example/#a",
                          "http://kitsu.example/", "/reset", "javascript:alert(1)"})
    EXPECT_FALSE(cli::is_reset_page(bad)) << bad;
  EXPECT_TRUE(cli::is_api_version("1.0.67-rc1"));
  for (const auto* bad : {"", "1 0", "1.0\"", "1/0"}) EXPECT_FALSE(cli::is_api_version(bad)) << bad;
  EXPECT_FALSE(cli::is_api_version(std::string(33, '1')));
  EXPECT_TRUE(cli::is_locale("en_US"));
  for (const auto* bad : {"", "en US", "en/US"}) EXPECT_FALSE(cli::is_locale(bad)) << bad;
  EXPECT_FALSE(cli::is_locale(std::string(21, 'e')));
  EXPECT_TRUE(cli::is_timezone("America/Argentina/Buenos_Aires"));
  EXPECT_TRUE(cli::is_timezone("Etc/GMT+1"));
  for (const auto* bad : {"", "Europe Paris", "<b>"}) EXPECT_FALSE(cli::is_timezone(bad)) << bad;
  EXPECT_FALSE(cli::is_timezone(std::string(51, 'e')));
}

}  // namespace
}  // namespace postern::test
