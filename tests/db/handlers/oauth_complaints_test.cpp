#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/signing_key_rotation.hpp"
#include "tests/support/oauth_page_world.hpp"

namespace postern::handlers::oauth {
namespace {

using test::OAuthPageWorld;
using test::query_of;
using testing::HasSubstr;

/// What users of other authorization servers complain of, by its number in oauth.md section 4: what
/// is seen at the door.
class OAuthComplaints : public testing::Test {
 protected:
  Response register_one(const std::string& redirect_uri) {
    Json::Value body;
    body["client_name"] = "Agent";
    body["redirect_uris"].append(redirect_uri);
    body["token_endpoint_auth_method"] = "none";
    return world_.send(test::with_header(test::request("POST", "/oauth/register", body), "origin",
                                         "https://inspector.example"));
  }

  OAuthPageWorld world_;
  test::PageBrowser browser_{world_};
};

TEST_F(OAuthComplaints, No15TwoTabsOfOneBrowserBothComplete) {
  const auto first_app = world_.stranger();
  const auto second_app = world_.stranger({.name = "Another"});
  const auto first = browser_.follow(browser_.get(OAuthPageWorld::question(first_app)));
  const auto second = browser_.follow(browser_.get(OAuthPageWorld::question(second_app)));
  const test::Fields typed{{"username", "alice"}, {"password", test::DomainWorld::kPassword}};
  const auto second_consent = browser_.follow(browser_.submit(second, typed));
  const auto first_consent = browser_.follow(browser_.submit(first, typed));
  EXPECT_EQ(query_of(browser_.submit(first_consent, {{"decision", "allow"}})).count("code"), 1U);
  EXPECT_EQ(query_of(browser_.submit(second_consent, {{"decision", "allow"}})).count("code"), 1U);
}

TEST_F(OAuthComplaints, No22SeveralKeysArePublishedTheNextBeforeItSigns) {
  const auto keys = [&] {
    std::set<std::string> names;
    const auto set = test::json_of(world_.send("GET", "/.well-known/jwks.json"));
    for (const auto& key : set["keys"]) names.insert(key["kid"].asString());
    return names;
  };
  const auto before = keys();
  ASSERT_TRUE(domain::publish_next_signing_key(world_.domain.services, world_.domain.origin).ok());
  const auto after = keys();
  EXPECT_GT(after.size(), before.size());
  for (const auto& kid : before) EXPECT_EQ(after.count(kid), 1U) << "those who keep a set find it";
}

TEST_F(OAuthComplaints, No25ABrowsersCodeMayRegister) {
  const auto made = register_one("https://inspector.example/cb");
  EXPECT_EQ(made.status(), 201);
  EXPECT_EQ(made.get("Access-Control-Allow-Origin"), "*");
  const auto asked = world_.send(test::with_header(
      test::with_header(test::request("OPTIONS", "/oauth/register"), "origin", "https://a.example"),
      "access-control-request-method", "POST"));
  EXPECT_LT(asked.status(), 300);
  EXPECT_EQ(asked.get("Access-Control-Allow-Origin"), "*");
}

TEST_F(OAuthComplaints, No27AnyPortOfALoopbackAddressIsAccepted) {
  for (const std::string place : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    const auto client =
        world_.stranger({.name = "Agent", .redirect_uris = {place + ":1234/callback"}});
    for (const std::string port : {":1", ":55123", ""}) {
      const auto asked = browser_.get(
          OAuthPageWorld::question(client, {{"redirect_uri", place + port + "/callback"}}));
      EXPECT_EQ(asked.status(), 303) << place << port;
      EXPECT_THAT(asked.get("Location"), testing::StartsWith("/oauth/sign-in"));
    }
    EXPECT_EQ(
        browser_.get(OAuthPageWorld::question(client, {{"redirect_uri", place + ":1/elsewhere"}}))
            .status(),
        400);
  }
}

TEST_F(OAuthComplaints, No28TheIssuerIsOneTextEverywhere) {
  const auto client = world_.stranger();
  (void)browser_.sign_in();
  const auto consent = browser_.follow(browser_.get(OAuthPageWorld::question(client)));
  const auto answer = query_of(browser_.submit(consent, {{"decision", "allow"}}));
  for (const char* path :
       {"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"}) {
    EXPECT_EQ(test::json_of(world_.send("GET", path))["issuer"].asString(), answer.at("iss"));
  }
  const auto resource =
      test::json_of(world_.send("GET", "/.well-known/oauth-protected-resource/api"));
  EXPECT_EQ(resource["authorization_servers"][0].asString(), answer.at("iss"));
  EXPECT_FALSE(answer.at("iss").ends_with('/'));
}

}  // namespace
}  // namespace postern::handlers::oauth
