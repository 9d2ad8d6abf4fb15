#include "cli/config_keys_webauthn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_text.hpp"

namespace postern::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Keys on_issuer(Keys keys) {
  keys["server.issuer"] = "\"https://www.example.org\"";
  return keys;
}

TEST(WebauthnConfiguration, EveryKeyArrivesWhereItBelongs) {
  const auto webauthn =
      check_text(config_text(on_issuer({{"webauthn.rp_id", "\"example.org\""},
                                        {"webauthn.origins",
                                         "\"https://example.org https://kitsu.example.org:8443\""},
                                        {"webauthn.rp_name", "\"Example Studio\""},
                                        {"webauthn.challenge_seconds", "60"},
                                        {"webauthn.per_account", "3"}})))
          .config.domain.webauthn;
  EXPECT_EQ(webauthn.rp_id, "example.org");
  EXPECT_THAT(webauthn.origins,
              ElementsAre("https://example.org", "https://kitsu.example.org:8443"));
  EXPECT_EQ(webauthn.rp_name, "Example Studio");
  EXPECT_EQ(webauthn.challenge_lifetime.count(), 60);
  EXPECT_EQ(webauthn.per_account, 3U);
}

TEST(WebauthnConfiguration, MinimalFileLeavesTheDefaults) {
  const auto webauthn = check_text(config_text()).config.domain.webauthn;
  const domain::WebauthnSettings fresh;
  EXPECT_EQ(webauthn.rp_id, fresh.rp_id);
  EXPECT_EQ(webauthn.origins, fresh.origins);
  EXPECT_EQ(webauthn.rp_name, fresh.rp_name);
  EXPECT_EQ(webauthn.challenge_lifetime, fresh.challenge_lifetime);
  EXPECT_EQ(webauthn.per_account, fresh.per_account);
}

TEST(WebauthnConfiguration, PagesThatNoBrowserWouldAskForAKeyAreNamed) {
  EXPECT_THAT(
      problems_of(config_text(on_issuer({{"webauthn.rp_id", "\"example.org\""},
                                         {"webauthn.origins", "\"https://badexample.org\""}}))),
      ElementsAre(AllOf(HasSubstr("webauthn.origins"),
                        HasSubstr("https://badexample.org is neither example.org nor"))));
  EXPECT_THAT(
      problems_of(config_text(on_issuer({{"webauthn.origins", "\"https://example.org\""}}))),
      ElementsAre(HasSubstr("is neither www.example.org nor below it")));
  EXPECT_THAT(problems_of(config_text(on_issuer({{"webauthn.rp_id", "\"example.net\""}}))),
              ElementsAre(HasSubstr("webauthn.rp_id")));
  EXPECT_THAT(problems_of(config_text(on_issuer({{"webauthn.rp_id", "\"example.org\""}}))),
              IsEmpty());
}

TEST(WebauthnConfiguration, AHostIsTheSameOrBelow) {
  EXPECT_TRUE(cli::may_use_rp_id("example.org", "example.org"));
  EXPECT_TRUE(cli::may_use_rp_id("a.b.example.org", "example.org"));
  EXPECT_FALSE(cli::may_use_rp_id("badexample.org", "example.org"));
  EXPECT_FALSE(cli::may_use_rp_id("example.org", "www.example.org"));
  EXPECT_EQ(cli::host_of_origin("https://a.example:8443"), "a.example");
  EXPECT_EQ(cli::host_of_origin("http://[::1]:8080"), "[::1]");
  EXPECT_EQ(cli::host_of_origin("http://[::1]"), "[::1]");
}

TEST(WebauthnConfiguration, OriginsAreWrittenAsBrowsersDo) {
  for (const auto* good : {"", "https://a.example", "https://a.example:8443",
                           "http://localhost:8080", "https://a.example https://b.example"})
    EXPECT_TRUE(cli::is_origins(good)) << good;
  for (const auto* bad :
       {" ", "a.example", "https://a.example/", "https://A.example", "https://a.example:443",
        "http://localhost:80", "http://a.example", "https://a.example ",
        "https://a.example  https://b.example", "https://a.example,https://b.example"})
    EXPECT_FALSE(cli::is_origins(bad)) << bad;
  std::string many = "https://a.example";
  for (int i = 0; i < 7; ++i) many += " https://a.example";
  EXPECT_TRUE(cli::is_origins(many));
  EXPECT_FALSE(cli::is_origins(many + " https://a.example"));
  for (const auto* good : {"", "example.org", "localhost"})
    EXPECT_TRUE(cli::is_rp_id(good)) << good;
  for (const auto* bad : {"Example.org", "example.org:8443", "https://example.org", "a b", "[::1]"})
    EXPECT_FALSE(cli::is_rp_id(bad)) << bad;
}

}  // namespace
}  // namespace postern::test
