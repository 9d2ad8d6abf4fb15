#include "domain/webauthn_party.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postern::domain {
namespace {

using testing::ElementsAre;

Settings with_issuer(const std::string& issuer) {
  Settings settings;
  settings.issuer = issuer;
  return settings;
}

TEST(WebauthnParty, WithoutSettingsItIsTheIssuersHostAndOrigin) {
  const auto settings = with_issuer("https://Site.Example:8443");
  EXPECT_EQ(rp_id_of(settings), "site.example");
  EXPECT_THAT(origins_of(settings), ElementsAre("https://site.example:8443"));
}

TEST(WebauthnParty, APortThatGoesWithoutSayingIsNotSaid) {
  EXPECT_THAT(origins_of(with_issuer("https://site.example:443")),
              ElementsAre("https://site.example"));
  EXPECT_THAT(origins_of(with_issuer("http://localhost:80")), ElementsAre("http://localhost"));
  EXPECT_THAT(origins_of(with_issuer("http://localhost:443")), ElementsAre("http://localhost:443"));
  EXPECT_THAT(origins_of(with_issuer("https://site.example")), ElementsAre("https://site.example"));
}

TEST(WebauthnParty, AnAddressInBracketsHasNoPortOfItsOwn) {
  EXPECT_EQ(rp_id_of(with_issuer("http://[::1]")), "[::1]");
  EXPECT_EQ(rp_id_of(with_issuer("http://[::1]:8080")), "[::1]");
  EXPECT_THAT(origins_of(with_issuer("http://[::1]:8080")), ElementsAre("http://[::1]:8080"));
}

TEST(WebauthnParty, TheSettingsComeFirst) {
  auto settings = with_issuer("https://auth.site.example");
  settings.webauthn.rp_id = "site.example";
  settings.webauthn.origins = {"https://site.example", "https://app.site.example"};
  EXPECT_EQ(rp_id_of(settings), "site.example");
  EXPECT_THAT(origins_of(settings),
              ElementsAre("https://site.example", "https://app.site.example"));
}

TEST(WebauthnParty, TheIssuersPagesAskWhereNoOthersAreNamedInTheirPlace) {
  auto settings = with_issuer("https://Site.Example:443");
  EXPECT_TRUE(is_issuer_among_origins(settings));
  settings.webauthn.origins = {"https://app.site.example"};
  EXPECT_FALSE(is_issuer_among_origins(settings));
  settings.webauthn.origins.push_back("https://site.example");
  EXPECT_TRUE(is_issuer_among_origins(settings));
}

}  // namespace
}  // namespace postern::domain
