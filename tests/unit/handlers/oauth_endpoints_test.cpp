#include <gtest/gtest.h>

#include "handlers/oauth/endpoints.hpp"

namespace postern::handlers::oauth {
namespace {

TEST(OAuthEndpoints, StandBelowTheIssuer) {
  domain::Settings settings;
  settings.oauth.issuer = "https://a.example";
  EXPECT_EQ(endpoint(settings, "/oauth/token"), "https://a.example/oauth/token");
  settings.oauth.issuer = "https://a.example/id";
  EXPECT_EQ(endpoint(settings, "/oauth/token"), "https://a.example/id/oauth/token");
}

TEST(OAuthEndpoints, AddressesComeApartAtTheEndOfTheHost) {
  EXPECT_EQ(origin_of("https://a.example:8443/x/y"), "https://a.example:8443");
  EXPECT_EQ(origin_of("https://a.example"), "https://a.example");
  EXPECT_EQ(origin_of("https://a.example?x"), "https://a.example");
  EXPECT_EQ(origin_of("/x"), "");
  EXPECT_EQ(path_of("https://a.example"), "");
  EXPECT_EQ(path_of("https://a.example/"), "/");
  EXPECT_EQ(path_of("https://a.example/x/y"), "/x/y");
  EXPECT_EQ(path_of("https://a.example/x?y#z"), "/x");
}

TEST(OAuthEndpoints, Rfc9728MetadataStandBetweenHostAndPath) {
  const auto url = [](std::string uri) {
    return resource_metadata_url({.uri = std::move(uri), .name = {}, .scopes = {}, .path = {}});
  };
  const std::string place = "https://a.example/.well-known/oauth-protected-resource";
  EXPECT_EQ(url("https://a.example"), place);
  EXPECT_EQ(url("https://a.example/"), place);
  EXPECT_EQ(url("https://a.example/api"), place + "/api");
  EXPECT_EQ(url("https://a.example/api/"), place + "/api");
}

}  // namespace
}  // namespace postern::handlers::oauth
