#include <gtest/gtest.h>

#include "domain/oauth_registration.hpp"
#include "domain/oauth_scope.hpp"
#include "tests/support/granted.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::json;
using test::json_of;

class OAuthRegister : public testing::Test {
 protected:
  OAuthRegister() {
    world_.domain.settings.oauth.issuer = "https://id.example.org/t";
    world_.domain.settings.oauth.resources = {
        {"https://api.example.org", "API", {"posts.read", "posts.write"}, std::nullopt}};
  }
  Response post(const std::string& body) {
    return world_.send("POST", "/oauth/register", json(body));
  }
  Json::Value registered(const std::string& body = R"({"redirect_uris":["http://localhost/cb"],)"
                                                   R"("token_endpoint_auth_method":"none"})") {
    return json_of(post(body));
  }
  static std::string path_of(const Json::Value& client) {
    return "/oauth/register/" + client["client_id"].asString();
  }
  static domain::Secret token_of(const Json::Value& client) {
    return domain::Secret(client["registration_access_token"].asString());
  }
  Response get(const Json::Value& client) {
    return world_.send("GET", path_of(client), token_of(client));
  }
  Response put(const Json::Value& client, const Json::Value& body) {
    return world_.send("PUT", path_of(client), body, token_of(client));
  }
  /// What a client may send back of what it was told.
  static Json::Value as_put(Json::Value client) {
    for (const char* ours : {"registration_access_token", "registration_client_uri",
                             "client_secret_expires_at", "client_id_issued_at"})
      client.removeMember(ours);
    return client;
  }
  static std::string error(const Response& response) {
    return std::to_string(response.status()) + " " + json_of(response)["error"].asString();
  }
  static void expect_private(const Response& response) {
    EXPECT_EQ(response.get("Cache-Control"), "no-store");
    EXPECT_EQ(response.get("Pragma"), "no-cache");
    EXPECT_EQ(response.get("Access-Control-Allow-Origin"), "*");
  }
  static void expect_bad_token(const Response& response) {
    EXPECT_EQ(response.status(), 401);
    EXPECT_EQ(response.get("WWW-Authenticate"),
              R"(Bearer realm="registration", error="invalid_token")");
    EXPECT_EQ(json_of(response)["error"].asString(), "invalid_token");
    expect_private(response);
  }

  test::HandlerWorld world_;
};

TEST_F(OAuthRegister, Rfc7592Rule1AnswersWithAllThatIsNeeded) {
  const auto response = post(R"({"client_name":"Claude","redirect_uris":["http://localhost:1/cb"],)"
                             R"("token_endpoint_auth_method":"none","grant_types":)"
                             R"(["authorization_code","refresh_token"],"response_types":["code"],)"
                             R"("scope":"posts.read unknown"})");
  EXPECT_EQ(response.status(), 201);
  EXPECT_EQ(response.get("Content-Type"), "application/json");
  expect_private(response);
  const auto body = json_of(response);
  const auto id = body["client_id"].asString();
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(body["client_id_issued_at"].asInt64(), 1'800'000'000);
  EXPECT_EQ(body["registration_client_uri"].asString(),
            "https://id.example.org/t/oauth/register/" + id);
  EXPECT_EQ(body["registration_access_token"].asString().substr(0, 4), "reg_");
  EXPECT_EQ(body["redirect_uris"], json(R"(["http://localhost:1/cb"])"));
  EXPECT_EQ(body["grant_types"], json(R"(["authorization_code","refresh_token"])"));
  EXPECT_EQ(body["response_types"], json(R"(["code"])"));
  EXPECT_EQ(body["client_name"].asString(), "Claude");
  EXPECT_EQ(body["scope"].asString(), "posts.read");
  EXPECT_FALSE(body.isMember("client_secret") || body.isMember("client_secret_expires_at"));
}

TEST_F(OAuthRegister, SecretMethodsGetASecretOfLettersAndDigitsThatDoesNotExpire) {
  for (const char* method : {"client_secret_basic", "client_secret_post"}) {
    const auto body = registered(R"({"redirect_uris":["https://app.example.org/cb"],)"
                                 R"("token_endpoint_auth_method":")" +
                                 std::string(method) + "\"}");
    EXPECT_EQ(body["client_secret"].asString().size(), 43U);
    EXPECT_EQ(body["client_secret"].asString().find_first_not_of(
                  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
              std::string::npos);
    ASSERT_TRUE(body["client_secret_expires_at"].isInt());
    EXPECT_EQ(body["client_secret_expires_at"].asInt(), 0);
  }
}

TEST_F(OAuthRegister, Rfc7592Rule7DefaultsAreFilledIn) {
  const auto body = registered(R"({"redirect_uris":["https://app.example.org/cb"]})");
  EXPECT_EQ(body["token_endpoint_auth_method"].asString(), "client_secret_basic");
  EXPECT_EQ(body["grant_types"], json(R"(["authorization_code","refresh_token"])"));
  EXPECT_EQ(body["response_types"], json(R"(["code"])"));
  EXPECT_EQ(body["scope"].asString(), "email offline_access openid posts.read posts.write profile");
}

TEST_F(OAuthRegister, NothingIsNullOrEmpty) {
  for (const auto& value : registered()) {
    EXPECT_FALSE(value.isNull());
    EXPECT_FALSE(value.isString() && value.asString().empty());
    EXPECT_FALSE(value.isArray() && value.empty());
  }
}

TEST_F(OAuthRegister, Rfc9700Rule17NobodyChoosesAClientId) {
  const auto body = registered(R"({"client_id":"root","client_secret":"chosen",)"
                               R"("redirect_uris":["https://app.example.org/cb"]})");
  EXPECT_NE(body["client_id"].asString(), "root");
  EXPECT_NE(body["client_secret"].asString(), "chosen");
}

TEST_F(OAuthRegister, RefusalsAreThoseOfRfc7591) {
  EXPECT_EQ(error(post("{}")), "400 invalid_redirect_uri");
  EXPECT_EQ(error(post(R"({"redirect_uris":["http://app.example.org/cb"]})")),
            "400 invalid_redirect_uri");
  const std::string with = R"({"redirect_uris":["https://app.example.org/cb"],)";
  EXPECT_EQ(error(post(with + R"("token_endpoint_auth_method":"tls_client_auth"})")),
            "400 invalid_client_metadata");
  EXPECT_EQ(error(post(with + R"("grant_types":["client_credentials"]})")),
            "400 invalid_client_metadata");
  EXPECT_EQ(error(post(with + R"("jwks":{"keys":[]},"jwks_uri":"https://a.example/k"})")),
            "400 invalid_client_metadata");
  EXPECT_EQ(error(post(with + R"("software_statement":"a.b.c"})")),
            "400 invalid_software_statement");
  const auto refused = post(with + R"("client_name":7})");
  EXPECT_EQ(json_of(refused)["error_description"].asString(), "client_name: wrong_type");
  EXPECT_EQ(refused.get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(refused.get("WWW-Authenticate"), "");
}

TEST_F(OAuthRegister, TheBodyIsAJsonObject) {
  const auto sending = [&](std::string_view type, std::string_view body) {
    return error(world_.send(test::raw_request("POST", "/oauth/register", type, body)));
  };
  EXPECT_EQ(sending("application/x-www-form-urlencoded", "redirect_uris=x"),
            "400 invalid_client_metadata");
  EXPECT_EQ(sending("", "{}"), "400 invalid_client_metadata");
  for (const char* body : {"", "[]", "7", "{", R"({"a":1,"a":2})", "{\"a\":\"\xFF\"}"})
    EXPECT_EQ(sending("application/json", body), "400 invalid_client_metadata") << body;
}

TEST_F(OAuthRegister, LimitsAreATemporaryRefusal) {
  world_.domain.settings.oauth.registrations_per_network_per_hour = 1;
  EXPECT_EQ(post(R"({"redirect_uris":["https://app.example.org/1"]})").status(), 201);
  const auto refused = post(R"({"redirect_uris":["https://app.example.org/2"]})");
  EXPECT_EQ(error(refused), "429 temporarily_unavailable");
  EXPECT_NE(refused.get("Retry-After"), "");
}

TEST_F(OAuthRegister, ClosedItSaysSo) {
  world_.domain.settings.oauth.registration = false;
  EXPECT_EQ(error(post(R"({"redirect_uris":["https://app.example.org/cb"]})")),
            "403 access_denied");
  EXPECT_EQ(error(post("{}")), "403 access_denied") << "whatever is sent";
}

TEST_F(OAuthRegister, Rfc7592Rule3GetTellsThePresentMetadata) {
  auto client =
      registered(R"({"client_name":"App","redirect_uris":["https://app.example.org/cb"]})");
  const auto response = get(client);
  EXPECT_EQ(response.status(), 200);
  expect_private(response);
  // A secret is told once: only its hash is kept.
  client.removeMember("client_secret");
  client.removeMember("client_secret_expires_at");
  EXPECT_EQ(json_of(response), client);
  EXPECT_EQ(json_of(get(client)), client) << "reading rotates nothing";
}

TEST_F(OAuthRegister, Rfc7592Rule2OnlyItsOwnBearerTokenOpensIt) {
  const auto client = registered();
  const auto other = registered();
  for (const std::string method : {"GET", "PUT", "DELETE"}) {
    const auto sending = [&](const std::string& path, std::string_view authorization) {
      auto sent = test::raw_request(method, path, "application/json", "{}");
      if (!authorization.empty()) sent = test::with_header(sent, "authorization", authorization);
      return world_.send(sent);
    };
    const auto bearer = "Bearer " + client["registration_access_token"].asString();
    expect_bad_token(sending(path_of(other), bearer));
    expect_bad_token(sending(path_of(client), "Bearer reg_nonsense"));
    expect_bad_token(sending("/oauth/register/0198c5a2-0000-7000-8000-000000000000", bearer));
    expect_bad_token(sending("/oauth/register/nobody", bearer));
    const auto without = sending(path_of(client), "");
    EXPECT_EQ(without.status(), 401);
    EXPECT_EQ(without.get("WWW-Authenticate"), R"(Bearer realm="registration")");
    EXPECT_EQ(sending(path_of(client), "Basic " + bearer.substr(7)).status(), 401);
    EXPECT_EQ(sending(path_of(client), "ApiKey " + bearer.substr(7)).status(), 401);
  }
  EXPECT_EQ(get(client).status(), 200);
}

TEST_F(OAuthRegister, R10NoOtherCredentialOpensARegistration) {
  const auto session = world_.signed_in("chief", "admin");
  const auto client = registered(R"({"redirect_uris":["https://app.example.org/cb"]})");
  expect_bad_token(world_.send("GET", path_of(client), session.access));
  expect_bad_token(
      world_.send("GET", path_of(client), domain::Secret(client["client_secret"].asString())));
  EXPECT_EQ(world_.send("GET", "/auth/v1/me", token_of(client)).status(), 401);
}

TEST_F(OAuthRegister, Rfc7592Rule4PutReplacesAndAnswersWithANewToken) {
  const auto client = registered(
      R"({"client_name":"App","tos_uri":"https://app.example.org/tos",)"
      R"("redirect_uris":["https://app.example.org/cb"],"token_endpoint_auth_method":"none"})");
  auto wanted = as_put(client);
  wanted.removeMember("tos_uri");
  wanted["client_name"] = Json::Value();
  wanted["redirect_uris"][0] = "https://app.example.org/other";
  const auto response = put(client, wanted);
  EXPECT_EQ(response.status(), 200) << response.body();
  expect_private(response);
  const auto body = json_of(response);
  EXPECT_FALSE(body.isMember("client_name") || body.isMember("tos_uri"));
  EXPECT_EQ(body["redirect_uris"], wanted["redirect_uris"]);
  EXPECT_EQ(body["client_id"], client["client_id"]);
  EXPECT_EQ(body["client_id_issued_at"], client["client_id_issued_at"]);
  EXPECT_EQ(body["registration_client_uri"], client["registration_client_uri"]);
  EXPECT_NE(body["registration_access_token"], client["registration_access_token"]);
  EXPECT_EQ(json_of(get(body)), body);
}

TEST_F(OAuthRegister, Rfc7592Rule4PutHoldsTheMatchingClientId) {
  const auto client = registered();
  auto wanted = as_put(client);
  wanted["client_id"] = registered()["client_id"];
  EXPECT_EQ(error(put(client, wanted)), "400 invalid_client_metadata");
  wanted.removeMember("client_id");
  EXPECT_EQ(error(put(client, wanted)), "400 invalid_client_metadata");
}

TEST_F(OAuthRegister, Rfc7592Rule4PutHoldsNothingThatOnlyWeSay) {
  const auto client = registered();
  for (const char* ours : {"registration_access_token", "registration_client_uri",
                           "client_secret_expires_at", "client_id_issued_at"}) {
    auto wanted = as_put(client);
    wanted[ours] = client.isMember(ours) ? client[ours] : Json::Value(0);
    const auto refused = put(client, wanted);
    EXPECT_EQ(error(refused), "400 invalid_client_metadata");
    EXPECT_EQ(json_of(refused)["error_description"].asString(),
              std::string(ours) + ": not_permitted");
  }
  EXPECT_EQ(get(client).status(), 200) << "nothing was rotated";
}

TEST_F(OAuthRegister, Rfc7592Rule4PutHoldsNoOtherSecret) {
  const auto client = registered(R"({"redirect_uris":["https://app.example.org/cb"]})");
  auto wanted = as_put(client);
  EXPECT_EQ(wanted["client_secret"], client["client_secret"]);
  const auto taken = put(client, wanted);
  EXPECT_EQ(taken.status(), 200) << taken.body();
  EXPECT_FALSE(json_of(taken).isMember("client_secret")) << "it stays";
  for (const Json::Value& wrong : {Json::Value("chosen"), Json::Value(""), Json::Value(7)}) {
    wanted["client_secret"] = wrong;
    EXPECT_EQ(error(put(client, wanted)), "400 invalid_client_metadata");
  }
}

TEST_F(OAuthRegister, Rfc7592Rule4BecomingConfidentialGivesASecret) {
  const auto client = registered();
  auto wanted = as_put(client);
  wanted["token_endpoint_auth_method"] = "client_secret_basic";
  const auto body = json_of(put(client, wanted));
  EXPECT_EQ(body["client_secret"].asString().size(), 43U);
  EXPECT_EQ(body["client_secret_expires_at"].asInt(), 0);
  EXPECT_TRUE(domain::find_client_by_secret(world_.domain.services, client["client_id"].asString(),
                                            body["client_secret"].asString())
                  .ok());
}

TEST_F(OAuthRegister, Rfc7592Rule4PutIsJudgedAsRegisteringIs) {
  const auto client = registered();
  auto wanted = as_put(client);
  wanted["redirect_uris"][0] = "http://app.example.org/cb";
  EXPECT_EQ(error(put(client, wanted)), "400 invalid_redirect_uri");
  wanted = as_put(client);
  wanted["grant_types"] = json(R"(["client_credentials"])");
  EXPECT_EQ(error(put(client, wanted)), "400 invalid_client_metadata");
  EXPECT_EQ(json_of(get(client)), client);
}

TEST_F(OAuthRegister, Rfc7592Rule6ALostAnswerLocksNobodyOut) {
  const auto client = registered();
  const auto first = json_of(put(client, as_put(client)));
  const auto again = json_of(put(client, as_put(client)));
  EXPECT_EQ(first["registration_access_token"], again["registration_access_token"]);
  EXPECT_EQ(get(client).status(), 200) << "until the new one is shown";
  EXPECT_EQ(get(again).status(), 200);
  expect_bad_token(get(client));
}

TEST_F(OAuthRegister, Rfc7592Rule5DeleteEndsEverythingAtOnce) {
  world_.domain.account("alice");
  const auto client = registered();
  const auto id = domain::find_client(world_.domain.services, client["client_id"].asString())->id;
  const auto tokens = test::grant_to(world_.domain, id, "alice");
  EXPECT_EQ(world_.send("GET", "/auth/v1/me", tokens.access).status(), 200);
  const auto response = world_.send("DELETE", path_of(client), token_of(client));
  EXPECT_EQ(response.status(), 204);
  EXPECT_EQ(response.body(), "");
  expect_private(response);
  EXPECT_EQ(world_.send("GET", "/auth/v1/me", tokens.access).status(), 401);
  expect_bad_token(get(client));
  expect_bad_token(put(client, as_put(client)));
  expect_bad_token(world_.send("DELETE", path_of(client), token_of(client)));
}

TEST_F(OAuthRegister, ClientsOfOthersAreNotManagedHere) {
  domain::ClientMetadata metadata;
  metadata.redirect_uris = {"https://app.example.org/cb"};
  const auto made =
      domain::create_client(world_.domain.services, {metadata}, {}, world_.domain.origin);
  expect_bad_token(world_.send("GET", "/oauth/register/" + made->client.client_id, *made->secret));
}

}  // namespace
}  // namespace postern::handlers
