#include "cli/config_keys_scriptix.hpp"

#include <gtest/gtest.h>

#include "tests/support/config_text.hpp"

namespace postern::test {
namespace {

TEST(ScriptixConfiguration, EveryKeyArrivesWhereItBelongs) {
  const auto config =
      check_text(config_text({{"session.scriptix.lifetime_seconds", "301"},
                              {"session.scriptix.unremembered_seconds", "61"},
                              {"scriptix.enabled", "false"},
                              {"scriptix.requests_per_minute", "7"},
                              {"scriptix.organization", "\"Acme Corp\""},
                              {"scriptix.plan", "\"Silver\""},
                              {"scriptix.redirect_uris",
                               "\"https://app.example/cb?x=1 http://127.0.0.1:8081/\""},
                              {"scriptix.microsoft_provider", "\"entra-1\""}}))
          .config;
  const auto& session = config.domain.session(domain::SessionKind::Scriptix);
  EXPECT_EQ(session.access_lifetime.count(), 301);
  EXPECT_EQ(session.idle_lifetime.count(), 301);
  EXPECT_EQ(session.absolute_lifetime.count(), 301);
  EXPECT_EQ(session.unremembered_lifetime.count(), 61);
  const auto& scriptix = config.handlers.scriptix;
  EXPECT_FALSE(scriptix.enabled);
  EXPECT_EQ(scriptix.requests_per_minute, 7U);
  EXPECT_EQ(scriptix.organization, "Acme Corp");
  EXPECT_EQ(scriptix.plan, "Silver");
  EXPECT_EQ(scriptix.redirect_uris,
            (std::vector<std::string>{"https://app.example/cb?x=1", "http://127.0.0.1:8081/"}));
  EXPECT_EQ(scriptix.microsoft_provider, "entra-1");
}

TEST(ScriptixConfiguration, MinimalFileLeavesTheDefaults) {
  const auto scriptix = check_text(config_text()).config.handlers.scriptix;
  const handlers::ScriptixSettings fresh;
  EXPECT_EQ(scriptix.enabled, fresh.enabled);
  EXPECT_EQ(scriptix.requests_per_minute, fresh.requests_per_minute);
  EXPECT_EQ(scriptix.organization, fresh.organization);
  EXPECT_EQ(scriptix.plan, fresh.plan);
  EXPECT_TRUE(scriptix.redirect_uris.empty());
  EXPECT_EQ(scriptix.microsoft_provider, fresh.microsoft_provider);
}

TEST(ScriptixConfiguration, AnAddressThatATokenGoesToIsWholeAndSafe) {
  for (const auto* good : {"", "https://app.example/", "https://app.example:8443/a/b?c=d",
                           "http://localhost/cb", "https://a.example/x https://b.example/y"}) {
    EXPECT_TRUE(cli::is_redirect_uris(good)) << good;
  }
  for (const auto* bad :
       {" ", "https://app.example", "http://app.example/", "app.example/cb", "//app.example/",
        "https://app.example/#", "https://user@app.example/", "https://APP.example/",
        "javascript:alert(1)/", "https:///cb", "https://a.example/x  https://b.example/y",
        "https://a.example/x ", "https://a.example/\xc3\xa4"}) {
    EXPECT_FALSE(cli::is_redirect_uris(bad)) << bad;
  }
  std::string many = "https://a.example/";
  for (int i = 0; i < 31; ++i) many += " https://a.example/";
  EXPECT_TRUE(cli::is_redirect_uris(many));
  EXPECT_FALSE(cli::is_redirect_uris(many + " https://a.example/"));
  EXPECT_FALSE(cli::is_redirect_uris("https://a.example/" + std::string(1024, 'a')));
}

TEST(ScriptixConfiguration, NamesHaveTheirForm) {
  EXPECT_TRUE(cli::is_provider_name("microsoft-2"));
  for (const auto* bad : {"", "Microsoft", "a b", "a_b"}) {
    EXPECT_FALSE(cli::is_provider_name(bad)) << bad;
  }
  EXPECT_FALSE(cli::is_provider_name(std::string(33, 'a')));
  EXPECT_TRUE(cli::is_shown_line("Acme Corp"));
  for (const auto* bad : {"", "a\nb"}) EXPECT_FALSE(cli::is_shown_line(bad)) << bad;
  EXPECT_FALSE(cli::is_shown_line(std::string(101, 'a')));
}

}  // namespace
}  // namespace postern::test
