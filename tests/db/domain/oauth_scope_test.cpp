#include "domain/oauth_scope.hpp"

#include <gtest/gtest.h>

#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using Texts = std::vector<std::string>;

class OAuthScopeRequest : public ::testing::Test {
 protected:
  OAuthScopeRequest() {
    world_.settings.oauth.resources = {
        {"https://api.example.org", "API", {"posts.write", "posts.read"}, std::nullopt},
        {"https://files.example.org/", "Files", {"files.read"}, std::nullopt}};
  }
  std::string settling(const Texts& resources, std::optional<std::string_view> scope) {
    const auto wanted = settle_request(world_.services, client_, resources, scope);
    if (!wanted) return name_of(wanted.error().code);
    return join_scope(wanted->resources) + ": " + join_scope(wanted->scopes);
  }

  test::DomainWorld world_;
  ClientMetadata client_;
};

TEST_F(OAuthScopeRequest, Rfc8707WithoutAResourceTheFirstIsMeant) {
  EXPECT_EQ(settling({}, "posts.read"), "https://api.example.org: posts.read");
  EXPECT_EQ(settling({}, {}), "https://api.example.org: posts.read posts.write");
  EXPECT_EQ(settling({}, ""), "https://api.example.org: posts.read posts.write") << "no scope";
}

TEST_F(OAuthScopeRequest, Rfc8707ASlashAtTheEndMeansNothing) {
  EXPECT_EQ(settling({"https://api.example.org/"}, "posts.read"),
            "https://api.example.org: posts.read");
  EXPECT_EQ(settling({"https://files.example.org"}, {}), "https://files.example.org/: files.read");
}

TEST_F(OAuthScopeRequest, Rfc8707UnknownResourcesAreInvalidTargets) {
  for (const char* other :
       {"https://api.example.org//", "https://API.example.org", "http://api.example.org",
        "https://api.example.org/v1", "https://evil.example", "", "api"})
    EXPECT_EQ(settling({other}, {}), "target_invalid") << other;
  EXPECT_EQ(settling({"https://api.example.org", "https://evil.example"}, {}), "target_invalid");
}

TEST_F(OAuthScopeRequest, Rfc8707SeveralResourcesAreTakenTogether) {
  EXPECT_EQ(
      settling({"https://files.example.org", "https://api.example.org", "https://api.example.org/"},
               "files.read posts.read"),
      "https://api.example.org https://files.example.org/: files.read posts.read");
}

TEST_F(OAuthScopeRequest, WhatIsNotThereIsLeftOutAndNothingLeftIsRefused) {
  EXPECT_EQ(settling({}, "nonsense posts.read admin"), "https://api.example.org: posts.read");
  EXPECT_EQ(settling({}, "files.read"), "scope_invalid") << "of another resource";
  EXPECT_EQ(settling({}, "nonsense"), "scope_invalid");
  EXPECT_EQ(settling({}, "posts.read  posts.write"), "scope_invalid") << "no scope at all";
}

TEST_F(OAuthScopeRequest, AClientGetsNoMoreThanItRegistered) {
  client_.scopes = {{"posts.read", "openid"}};
  EXPECT_EQ(settling({}, "openid posts.read posts.write profile"),
            "https://api.example.org: openid posts.read");
  EXPECT_EQ(settling({}, {}), "https://api.example.org: posts.read");
  EXPECT_EQ(settling({}, "posts.write"), "scope_invalid");
}

TEST_F(OAuthScopeRequest, NothingAboutThePersonUnlessItIsNamed) {
  EXPECT_EQ(settling({}, "openid email"), "https://api.example.org: email openid");
  EXPECT_EQ(settling({}, {}), "https://api.example.org: posts.read posts.write");
}

TEST_F(OAuthScopeRequest, EverythingThatCanBeAskedForIsListedOnce) {
  auto resources = world_.settings.oauth.resources.all();
  resources[1].scopes.emplace_back("posts.read");
  world_.settings.oauth.resources = std::move(resources);
  EXPECT_EQ(supported_scopes(world_.settings),
            (Texts{"email", "files.read", "offline_access", "openid", "posts.read", "posts.write",
                   "profile"}));
}

}  // namespace
}  // namespace postern::domain
