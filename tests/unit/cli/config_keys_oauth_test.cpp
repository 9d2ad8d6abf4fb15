#include "cli/config_keys_oauth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_text.hpp"

namespace postern::test {
namespace {

using cli::is_networks;
using cli::is_oauth_issuer_or_empty;
using cli::is_plain_path;
using domain::SessionKind;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(OAuthConfiguration, EveryKeyArrivesWhereItBelongs) {
  const auto config = check_text(config_text({{"server.issuer", "\"https://a.example\""},
                                              {"oauth.enabled", "false"},
                                              {"oauth.issuer", "\"https://a.example/id\""},
                                              {"oauth.title", "\"The Club\""},
                                              {"oauth.home_page", "\"/start\""},
                                              {"oauth.code_seconds", "31"},
                                              {"oauth.request_seconds", "61"},
                                              {"oauth.pushed_seconds", "32"},
                                              {"oauth.device_seconds", "301"},
                                              {"oauth.device_interval_seconds", "7"},
                                              {"oauth.dpop_window_seconds", "33"},
                                              {"oauth.registration", "false"},
                                              {"oauth.registrations_per_network_per_hour", "11"},
                                              {"oauth.equal_registrations", "12"},
                                              {"oauth.most_unused_clients", "13"},
                                              {"oauth.unused_client_days", "14"},
                                              {"oauth.idle_client_days", "15"},
                                              {"oauth.client_documents", "false"},
                                              {"oauth.fetch_networks", "\"10.0.0.0/8 fd00::/8\""},
                                              {"oauth.fetch_ca_file", "\"/etc/ca.pem\""}}))
                          .config;
  EXPECT_FALSE(config.handlers.oauth.enabled);
  EXPECT_EQ(config.handlers.oauth.mount, "/id");
  EXPECT_EQ(config.handlers.oauth.title, "The Club");
  EXPECT_EQ(config.handlers.oauth.home_page, "/start");
  const auto& oauth = config.domain.oauth;
  EXPECT_FALSE(oauth.enabled);
  EXPECT_EQ(oauth.issuer, "https://a.example/id");
  EXPECT_EQ(config.domain.issuer, "https://a.example");
  EXPECT_EQ(oauth.code_lifetime.count(), 31);
  EXPECT_EQ(oauth.request_lifetime.count(), 61);
  EXPECT_EQ(oauth.pushed_lifetime.count(), 32);
  EXPECT_EQ(oauth.device_lifetime.count(), 301);
  EXPECT_EQ(oauth.device_interval.count(), 7);
  EXPECT_EQ(oauth.dpop_window.count(), 33);
  EXPECT_FALSE(oauth.registration);
  EXPECT_EQ(oauth.registrations_per_network_per_hour, 11U);
  EXPECT_EQ(oauth.equal_registrations, 12U);
  EXPECT_EQ(oauth.most_unused_clients, 13U);
  EXPECT_EQ(oauth.unused_client.count(), 14);
  EXPECT_EQ(oauth.idle_client.count(), 15);
  EXPECT_FALSE(oauth.client_documents);
  EXPECT_THAT(oauth.fetch_networks, ElementsAre("10.0.0.0/8", "fd00::/8"));
  EXPECT_EQ(oauth.fetch_ca_file, "/etc/ca.pem");
}

TEST(OAuthConfiguration, SessionsAndSigningArriveWhereTheyBelong) {
  const auto config = check_text(config_text({{"session.oauth.access_seconds", "61"},
                                              {"session.oauth.idle_seconds", "62"},
                                              {"session.oauth.absolute_seconds", "63"},
                                              {"session.oauth.refresh_leeway_seconds", "4"},
                                              {"session.browser.idle_seconds", "65"},
                                              {"session.browser.absolute_seconds", "66"},
                                              {"signing.rotate_every_days", "7"},
                                              {"signing.publish_ahead_seconds", "1200"},
                                              {"signing.jwks_max_age_seconds", "900"}}))
                          .config;
  const auto& grant = config.domain.session(SessionKind::OAuth);
  EXPECT_EQ(grant.access_lifetime.count(), 61);
  EXPECT_EQ(grant.idle_lifetime.count(), 62);
  EXPECT_EQ(grant.absolute_lifetime.count(), 63);
  EXPECT_EQ(grant.refresh_leeway->count(), 4);
  const auto& browser = config.domain.session(SessionKind::Browser);
  EXPECT_EQ(browser.idle_lifetime.count(), 65);
  EXPECT_EQ(browser.absolute_lifetime.count(), 66);
  EXPECT_EQ(config.domain.signing.rotate_every.count(), 7);
  EXPECT_EQ(config.domain.signing.publish_ahead.count(), 1200);
  EXPECT_EQ(config.domain.signing.jwks_max_age.count(), 900);
}

TEST(OAuthConfiguration, MinimalFileLeavesTheDefaultsAndTheIssuerOfTheSite) {
  const auto config = check_text(config_text()).config;
  const domain::Settings defaults;
  EXPECT_EQ(config.domain.oauth.issuer, config.domain.issuer);
  EXPECT_EQ(config.handlers.oauth.mount, "");
  EXPECT_TRUE(config.handlers.oauth.enabled);
  EXPECT_EQ(config.domain.oauth.code_lifetime, defaults.oauth.code_lifetime);
  EXPECT_EQ(config.domain.oauth.dpop_window, defaults.oauth.dpop_window);
  EXPECT_EQ(config.domain.oauth.most_unused_clients, defaults.oauth.most_unused_clients);
  EXPECT_TRUE(config.domain.oauth.fetch_networks.empty());
  EXPECT_EQ(config.domain.signing.rotate_every, defaults.signing.rotate_every);
  EXPECT_EQ(config.domain.signing.publish_ahead, defaults.signing.publish_ahead);
  EXPECT_EQ(config.domain.signing.jwks_max_age, defaults.signing.jwks_max_age);
}

TEST(OAuthConfiguration, IssuersMayHaveAPath) {
  for (const char* good : {"", "https://a.example", "https://a.example/id",
                           "https://a.example/Id/x-1_.~", "http://127.0.0.1:8080/t"}) {
    EXPECT_TRUE(is_oauth_issuer_or_empty(good)) << good;
  }
  for (const char* bad :
       {"https://a.example/", "https://a.example/id/", "https://a.example//id", "/id",
        "https://a.example/../id", "https://a.example/id?x", "https://a.example/id#x",
        "https://a.example/%69d", "https://A.example/id", "https://a.example/i d"}) {
    EXPECT_FALSE(is_oauth_issuer_or_empty(bad)) << bad;
  }
  EXPECT_FALSE(is_plain_path(""));
  EXPECT_FALSE(is_plain_path("/"));
  EXPECT_FALSE(is_plain_path("/."));
  EXPECT_FALSE(is_plain_path("/" + std::string(255, 'a')));
}

TEST(OAuthConfiguration, NetworksAreWrittenAsCidr) {
  EXPECT_TRUE(is_networks(""));
  EXPECT_TRUE(is_networks("10.0.0.0/8"));
  EXPECT_TRUE(is_networks("10.0.0.0/8 192.0.2.7"));
  for (const char* bad : {" ", "10.0.0.0/8 ", "10.0.0.1/8", "10.0.0.0/8  fd00::/8", "local"}) {
    EXPECT_FALSE(is_networks(bad)) << bad;
  }
}

TEST(OAuthConfiguration, TheIssuerIsOfThisSite) {
  EXPECT_THAT(problems_of(config_text({{"server.issuer", "\"https://a.example\""},
                                       {"oauth.issuer", "\"https://b.example/id\""}})),
              ElementsAre(HasSubstr("oauth.issuer: must begin with server.issuer")));
}

TEST(OAuthConfiguration, NoKeySignsBeforeEverybodyCanKnowIt) {
  EXPECT_THAT(problems_of(config_text({{"signing.publish_ahead_seconds", "1199"},
                                       {"signing.jwks_max_age_seconds", "900"}})),
              ElementsAre(HasSubstr("signing.publish_ahead_seconds: must be at least 300 above")));
  EXPECT_THAT(problems_of(config_text({{"signing.rotate_every_days", "1"},
                                       {"signing.publish_ahead_seconds", "86400"}})),
              ElementsAre(HasSubstr("signing.rotate_every_days: must be longer than")));
}

TEST(OAuthConfiguration, LifetimesLieWithinEachOther) {
  EXPECT_THAT(problems_of(config_text(
                  {{"session.oauth.access_seconds", "100"}, {"session.oauth.idle_seconds", "99"}})),
              ElementsAre(HasSubstr("session.oauth.access_seconds: must not be above")));
  EXPECT_THAT(problems_of(config_text({{"session.browser.idle_seconds", "100"},
                                       {"session.browser.absolute_seconds", "99"}})),
              ElementsAre(HasSubstr("session.browser.idle_seconds: must not be above")));
  EXPECT_THAT(problems_of(config_text(
                  {{"oauth.device_seconds", "60"}, {"oauth.device_interval_seconds", "60"}})),
              ElementsAre(HasSubstr("oauth.device_interval_seconds: must not be above")));
}

}  // namespace
}  // namespace postern::test
