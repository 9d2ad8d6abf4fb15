#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "domain/signing_key_rotation.hpp"
#include "handlers/dispatch.hpp"
#include "handlers/json_body.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kServer = "/.well-known/oauth-authorization-server";
const std::string kOpenId = "/.well-known/openid-configuration";
const std::string kResource = "/.well-known/oauth-protected-resource";
const std::string kKeys = "/.well-known/jwks.json";

class OAuthDocuments : public testing::Test {
 protected:
  OAuthDocuments() {
    auto& oauth = world.domain.settings.oauth;
    oauth.issuer = "https://www.example.org";
    oauth.resources = {{"https://www.example.org", "The site", {"read"}, ""},
                       {"https://www.example.org/api/", "An API", {"admin", "submit"}, "/api"},
                       {"https://other.example/api", "Another API", {}, std::nullopt}};
  }
  /// The issuer below a path.
  void mount() {
    world.domain.settings.oauth.issuer = "https://www.example.org/t";
    world.settings.oauth.mount = "/t";
  }
  Json::Value get(const std::string& target) {
    const auto response = world.send("GET", target);
    EXPECT_EQ(response.status(), 200) << target;
    EXPECT_EQ(response.get("Content-Type"), "application/json");
    EXPECT_EQ(response.get("Access-Control-Allow-Origin"), "*");
    return parse_json(response.body()).value.value_or(Json::Value());
  }
  int status(const std::string& target) { return world.send("GET", target).status(); }

  test::HandlerWorld world;
};

std::vector<std::string> texts(const Json::Value& list) {
  std::vector<std::string> all;
  for (const auto& item : list) all.push_back(item.asString());
  return all;
}

/// Clients fail at a null or an empty text (oauth.md 2a).
void expect_sound(const Json::Value& value, const std::string& where) {
  EXPECT_FALSE(value.isNull()) << where;
  if (value.isString()) {
    EXPECT_NE(value.asString(), "") << where;
  }
  if (value.isArray()) {
    EXPECT_FALSE(value.empty()) << where;
  }
  if (!value.isObject()) return;
  for (const auto& name : value.getMemberNames()) expect_sound(value[name], where + "." + name);
}

TEST_F(OAuthDocuments, Rfc8414MetadataSayWhereEverythingIs) {
  const auto document = get(kServer);
  expect_sound(document, "metadata");
  const std::map<std::string, std::string> places{
      {"authorization_endpoint", "/oauth/authorize"},
      {"token_endpoint", "/oauth/token"},
      {"registration_endpoint", "/oauth/register"},
      {"jwks_uri", "/.well-known/jwks.json"},
      {"revocation_endpoint", "/oauth/revoke"},
      {"introspection_endpoint", "/oauth/introspect"},
      {"userinfo_endpoint", "/oauth/userinfo"},
      {"device_authorization_endpoint", "/oauth/device_authorization"},
      {"pushed_authorization_request_endpoint", "/oauth/par"},
      {"end_session_endpoint", "/oauth/logout"}};
  EXPECT_EQ(document["issuer"].asString(), "https://www.example.org");
  for (const auto& [name, path] : places) {
    EXPECT_EQ(document[name].asString(), "https://www.example.org" + path) << name;
  }
}

TEST_F(OAuthDocuments, Rfc8414MetadataSayWhatIsSpoken) {
  const auto document = get(kServer);
  EXPECT_THAT(texts(document["response_types_supported"]), ElementsAre("code"));
  EXPECT_THAT(texts(document["response_modes_supported"]), ElementsAre("query", "form_post"));
  EXPECT_THAT(texts(document["code_challenge_methods_supported"]), ElementsAre("S256"));
  EXPECT_THAT(texts(document["grant_types_supported"]),
              ElementsAre("authorization_code", "refresh_token", "client_credentials",
                          "urn:ietf:params:oauth:grant-type:device_code"));
  EXPECT_THAT(texts(document["token_endpoint_auth_methods_supported"]),
              ElementsAre("none", "client_secret_basic", "client_secret_post", "private_key_jwt"));
  for (const char* name :
       {"authorization_response_iss_parameter_supported", "client_id_metadata_document_supported",
        "backchannel_logout_supported", "backchannel_logout_session_supported"}) {
    EXPECT_TRUE(document[name].asBool()) << name;
  }
  for (const char* name : {"request_parameter_supported", "request_uri_parameter_supported",
                           "require_pushed_authorization_requests", "claims_parameter_supported"}) {
    EXPECT_TRUE(document[name].isBool() && !document[name].asBool()) << name;
  }
  for (const char* name :
       {"dpop_signing_alg_values_supported", "token_endpoint_auth_signing_alg_values_supported"}) {
    EXPECT_THAT(texts(document[name]), ElementsAre("ES256", "RS256", "PS256")) << name;
  }
  EXPECT_THAT(texts(document["id_token_signing_alg_values_supported"]), ElementsAre("ES256"));
  EXPECT_THAT(texts(document["subject_types_supported"]), ElementsAre("public"));
  EXPECT_THAT(texts(document["scopes_supported"]),
              ::testing::IsSupersetOf({"openid", "offline_access", "read", "admin", "submit"}));
}

TEST_F(OAuthDocuments, WhatIsSwitchedOffIsNotOffered) {
  world.domain.settings.oauth.registration = false;
  world.domain.settings.oauth.client_documents = false;
  const auto document = get(kServer);
  EXPECT_FALSE(document.isMember("registration_endpoint"));
  EXPECT_FALSE(document["client_id_metadata_document_supported"].asBool());
}

TEST_F(OAuthDocuments, BothFormsOfDiscoverySayTheSame) {
  EXPECT_EQ(get(kServer), get(kOpenId));
}

TEST_F(OAuthDocuments, AnIssuerWithAPathIsFoundWhereverClientsLook) {
  mount();
  const auto document = get(kServer + "/t");
  EXPECT_EQ(document["issuer"].asString(), "https://www.example.org/t");
  EXPECT_EQ(document["token_endpoint"].asString(), "https://www.example.org/t/oauth/token");
  EXPECT_EQ(document["jwks_uri"].asString(), "https://www.example.org/t/.well-known/jwks.json");
  for (const auto& place : {kOpenId + "/t", "/t" + kOpenId, "/t" + kServer}) {
    EXPECT_EQ(get(place), document) << place;
  }
  EXPECT_EQ(get("/t" + kKeys), get(kKeys));
  for (const auto& place :
       {kServer, kOpenId, kServer + "/t/", kServer + "/x", kServer + "/t/x", "/x" + kOpenId}) {
    EXPECT_EQ(status(place), 404) << place << ": another issuer's place";
  }
}

TEST_F(OAuthDocuments, AnIssuerWithoutAPathIsAtTheRootAlone) {
  for (const auto& place : {kServer + "/t", kOpenId + "/t", "/t" + kOpenId, kServer + "/"}) {
    EXPECT_EQ(status(place), 404) << place;
  }
}

TEST_F(OAuthDocuments, AMountIsTakenOffNothingElse) {
  mount();
  EXPECT_EQ(world.send("OPTIONS", "/t/oauth/token").status(), 204);
  EXPECT_EQ(world.send("OPTIONS", "/oauth/token").status(), 204) << "it may stand before, or not";
  EXPECT_EQ(status("/t/auth/v1/jwks.json"), 404);
  EXPECT_EQ(status("/toauth/token"), 404);
  EXPECT_EQ(status("/t"), 404);
  world.settings.oauth.mount = "/oauth";
  EXPECT_EQ(world.send("OPTIONS", "/oauth/token").status(), 204);
  EXPECT_EQ(world.send("OPTIONS", "/oauth/oauth/token").status(), 204);
}

TEST_F(OAuthDocuments, BelowTheMountFailuresHaveTheServersShape) {
  mount();
  const auto response =
      dispatch_failure(test::request("POST", "/t/oauth/token"), 503, &world.settings);
  EXPECT_THAT(response.body(), HasSubstr(R"("error":"temporarily_unavailable")"));
}

TEST_F(OAuthDocuments, MayBeKeptForFiveMinutesAndReadFromAnyOrigin) {
  for (const auto& place : {kServer, kOpenId, kResource, kKeys}) {
    const auto response = world.send("GET", place);
    EXPECT_EQ(response.get("Cache-Control"), "public, max-age=300") << place;
    EXPECT_EQ(world.send("HEAD", place).status(), 200) << place;
    const auto preflight = world.send("OPTIONS", place);
    EXPECT_EQ(preflight.status(), 204) << place;
    EXPECT_EQ(preflight.get("Access-Control-Allow-Origin"), "*") << place;
    const auto posted = world.send("POST", place);
    EXPECT_EQ(posted.status(), 405) << place;
    EXPECT_THAT(std::string(posted.get("Allow")), HasSubstr("GET, HEAD")) << place;
  }
  world.domain.settings.signing.jwks_max_age = domain::seconds(120);
  EXPECT_EQ(world.send("GET", kKeys).get("Cache-Control"), "public, max-age=120");
}

TEST_F(OAuthDocuments, Rfc9728EachResourceSaysWhoIssuesItsTokens) {
  const auto site = get(kResource);
  expect_sound(site, "resource");
  EXPECT_EQ(site["resource"].asString(), "https://www.example.org");
  EXPECT_THAT(texts(site["authorization_servers"]), ElementsAre("https://www.example.org"));
  EXPECT_THAT(texts(site["scopes_supported"]), ElementsAre("read"));
  EXPECT_THAT(texts(site["bearer_methods_supported"]), ElementsAre("header"));
  EXPECT_EQ(site["resource_name"].asString(), "The site");
  const auto other = get(kResource + "/api");
  EXPECT_EQ(other["resource"].asString(), "https://www.example.org/api/") << "as configured";
  EXPECT_EQ(status(kResource + "/other"), 404);
  EXPECT_EQ(status(kResource + "/api/x"), 404);
}

TEST_F(OAuthDocuments, OfTwoResourcesWithOnePathTheHostSaysWhich) {
  auto request = test::request("GET", kResource + "/api");
  request.host = "other.example";
  const auto document = parse_json(world.send(request).body()).value.value();
  EXPECT_EQ(document["resource"].asString(), "https://other.example/api");
  expect_sound(document, "resource");
  EXPECT_FALSE(document.isMember("scopes_supported")) << "it has none";
}

TEST_F(OAuthDocuments, Rfc9728TheRootSaysNothingWhereNoResourceIsThere) {
  auto& resources = world.domain.settings.oauth.resources;
  resources = std::vector(resources.begin() + 1, resources.end());
  EXPECT_EQ(status(kResource), 404);
}

TEST_F(OAuthDocuments, Rfc7517KeysArePublicOnesAndTellWhatTheyAreFor) {
  ASSERT_TRUE(domain::publish_next_signing_key(world.domain.services, world.domain.origin).ok());
  const auto keys = get(kKeys)["keys"];
  ASSERT_EQ(keys.size(), 2U) << "the next one, too";
  std::set<std::string> names;
  for (const auto& key : keys) {
    EXPECT_EQ(key["kty"].asString(), "EC");
    EXPECT_EQ(key["crv"].asString(), "P-256");
    EXPECT_EQ(key["use"].asString(), "sig");
    EXPECT_EQ(key["alg"].asString(), "ES256");
    EXPECT_FALSE(key.isMember("d"));
    names.insert(key["kid"].asString());
  }
  EXPECT_EQ(names.size(), 2U);
  EXPECT_EQ(parse_json(world.send("GET", "/auth/v1/jwks.json").body()).value.value()["keys"], keys);
}

TEST_F(OAuthDocuments, PreflightLetsAnyOriginCallWhatBrowserCodeNeeds) {
  for (const char* place :
       {"/oauth/register", "/oauth/register/x", "/oauth/par", "/oauth/token",
        "/oauth/device_authorization", "/oauth/revoke", "/oauth/introspect", "/oauth/userinfo"}) {
    const auto response = world.send("OPTIONS", place);
    EXPECT_EQ(response.status(), 204) << place;
    EXPECT_EQ(response.get("Access-Control-Allow-Origin"), "*") << place;
    for (const char* name : {"Authorization", "Content-Type", "DPoP", "MCP-Protocol-Version"}) {
      EXPECT_THAT(std::string(response.get("Access-Control-Allow-Headers")), HasSubstr(name));
    }
  }
}

TEST_F(OAuthDocuments, Rfc9700Rule15NoOtherOriginsCodeCallsThePages) {
  for (const char* place :
       {"/oauth/authorize", "/oauth/sign-in", "/oauth/consent", "/oauth/device", "/oauth/logout"}) {
    const auto response = world.send("OPTIONS", place);
    EXPECT_EQ(response.status(), 405) << place;
    EXPECT_EQ(response.get("Access-Control-Allow-Origin"), "") << place;
  }
}

}  // namespace
}  // namespace postern::handlers
