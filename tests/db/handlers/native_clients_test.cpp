#include <gtest/gtest.h>

#include "domain/oauth_client.hpp"
#include "tests/support/granted.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::json;
using test::json_of;

class NativeClients : public testing::Test {
 protected:
  Response send(std::string_view method, const std::string& more = "") {
    return world_.send(method, "/auth/v1/admin/clients" + more, chief_.access);
  }
  Response create(const Json::Value& body) {
    return world_.send("POST", "/auth/v1/admin/clients", body, chief_.access);
  }
  static std::string faults(const Response& response) {
    std::string all = std::to_string(response.status());
    const auto body = json_of(response);
    for (const auto& error : body["errors"])
      all += " " + error["path"].asString() + ":" + error["code"].asString();
    return all;
  }

  test::HandlerWorld world_;
  domain::Tokens chief_ = world_.signed_in("chief", "admin");
};

TEST_F(NativeClients, TheSecretIsShownOnceAndIsTheirs) {
  const auto made =
      create(json(R"({"name":"Wiki","redirect_uris":["https://wiki.example.org/cb"]})"));
  ASSERT_EQ(made.status(), 201) << made.body();
  auto body = json_of(made);
  const auto secret = body["client_secret"].asString();
  EXPECT_TRUE(
      domain::find_client_by_secret(world_.domain.services, body["client_id"].asString(), secret)
          .ok());
  body.removeMember("client_secret");
  EXPECT_EQ(body["client_id"], body["id"]);
  EXPECT_EQ(body["origin"].asString(), "administrator");
  EXPECT_EQ(body["created_at"].asString(), "2027-01-15T08:00:00Z");
  EXPECT_TRUE(body["last_used_at"].isNull() && body["scopes"].isNull());
  EXPECT_EQ(json_of(send("GET", "/" + body["id"].asString())), body);
  EXPECT_EQ(json_of(send("GET"))["items"][0], body);
}

TEST_F(NativeClients, TakesEverythingThatAClientHas) {
  const auto backup = world_.domain.account("backup");
  auto wanted =
      json(R"({"name":"Backup","redirect_uris":["https://b.example.org/cb"],"grant_types":)"
           R"(["authorization_code","client_credentials"],"scopes":["read"],)"
           R"("token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"EC"}]},)"
           R"("jwks_uri":null,"post_logout_redirect_uris":["https://b.example.org/"],)"
           R"("backchannel_logout_uri":"https://b.example.org/logout",)"
           R"("id_token_signed_response_alg":"ES256",)"
           R"("dpop_bound_access_tokens":true,"require_pushed_authorization_requests":true})");
  wanted["account_id"] = backup.id.text();
  const auto made = json_of(create(wanted));
  EXPECT_TRUE(made["client_secret"].isNull());
  EXPECT_EQ(made["account_id"].asString(), backup.id.text());
  const auto client = domain::find_client(world_.domain.services, made["client_id"].asString());
  ASSERT_TRUE(client.ok());
  EXPECT_EQ(client->metadata.jwks, R"({"keys":[{"kty":"EC"}]})");
  EXPECT_EQ(client->metadata.logout_uri, "https://b.example.org/logout");
  EXPECT_EQ(client->metadata.post_logout_redirect_uris.size(), 1U);
  EXPECT_EQ(client->metadata.id_token_alg, domain::SigningAlgorithm::Es256);
  EXPECT_TRUE(client->metadata.dpop_bound && client->metadata.require_pushed);
}

TEST_F(NativeClients, WhatIsNotAcceptedIsNamedInOurWords) {
  const std::string uris = R"("redirect_uris":["https://a.example/cb"])";
  EXPECT_EQ(faults(create(json("{" + uris + "}"))), "422 name:required");
  EXPECT_EQ(faults(create(json(R"({"name":"a\nb",)" + uris + "}"))), "422 name:invalid_characters");
  EXPECT_EQ(faults(create(json(R"({"name":"a"})"))), "422 redirect_uris:required");
  EXPECT_EQ(faults(create(json(R"({"name":"a","scopes":["a b"],)" + uris + "}"))),
            "422 scopes:invalid_characters");
  EXPECT_EQ(faults(create(json(R"({"name":"a","grant_types":["client_credentials"]})"))),
            "422 account_id:required");
  EXPECT_EQ(faults(create(json(R"({"name":"a","account_id":"x","jwks":{"keys":[{"k":"s"}]},)"
                               R"("token_endpoint_auth_method":"x",)" +
                               uris + "}"))),
            "422 token_endpoint_auth_method:unknown jwks:invalid account_id:invalid_format");
  EXPECT_EQ(faults(create(json(R"({"name":"a","colour":"red",)" + uris + "}"))),
            "422 colour:unknown_member");
}

TEST_F(NativeClients, DeletedItIsGone) {
  const auto id = json_of(create(
      json(R"({"name":"Wiki","redirect_uris":["https://wiki.example.org/cb"]})")))["id"]
                      .asString();
  EXPECT_EQ(send("DELETE", "/" + id).status(), 204);
  EXPECT_EQ(send("DELETE", "/" + id).status(), 404);
  EXPECT_EQ(send("GET", "/" + id).status(), 404);
  EXPECT_EQ(send("GET", "/nonsense").status(), 404);
  EXPECT_EQ(send("DELETE", "/nonsense").status(), 404);
}

TEST_F(NativeClients, OnlyAdministratorsAndChangesOnlyInASession) {
  const auto member = world_.signed_in("member");
  EXPECT_EQ(world_.send("GET", "/auth/v1/admin/clients", member.access).status(), 403);
  const auto key = world_.key_of(chief_.account.id);
  EXPECT_EQ(world_.send("GET", "/auth/v1/admin/clients", key).status(), 200);
  EXPECT_EQ(world_.send("POST", "/auth/v1/admin/clients", json("{}"), key).status(), 403);
}

TEST_F(NativeClients, WhoLetAnApplicationInSeesItAndShutsItOut) {
  const auto id = *domain::OAuthClientId::parse(json_of(create(
      json(R"({"name":"Wiki","redirect_uris":["https://wiki.example.org/cb"]})")))["id"]
                                                    .asString());
  const auto alice = world_.signed_in("alice");
  const auto granted = test::grant_to(world_.domain, id, "alice", "read,write");
  const auto listed = json_of(world_.send("GET", "/auth/v1/grants", alice.access));
  ASSERT_EQ(listed["items"].size(), 1U);
  const auto& grant = listed["items"][0];
  EXPECT_EQ(grant["client"]["client_id"].asString(), id.text());
  EXPECT_EQ(grant["client"]["name"].asString(), "Wiki");
  EXPECT_EQ(grant["scopes"], json(R"(["read","write"])"));
  EXPECT_EQ(grant["live"].asInt(), 1);
  EXPECT_EQ(grant["created_at"].asString(), "2027-01-15T08:00:00Z");
  const auto path = "/auth/v1/grants/" + grant["id"].asString();
  const auto bob = world_.signed_in("bob");
  EXPECT_EQ(world_.send("DELETE", path, bob.access).status(), 404) << "it is not his";
  EXPECT_EQ(world_.send("DELETE", path, world_.key_of(alice.account.id)).status(), 403);
  EXPECT_EQ(world_.send("GET", "/auth/v1/me", granted.access).status(), 200);
  EXPECT_EQ(world_.send("DELETE", path, alice.access).status(), 204);
  EXPECT_EQ(world_.send("GET", "/auth/v1/me", granted.access).status(), 401);
  EXPECT_EQ(world_.send("GET", "/auth/v1/me", alice.access).status(), 200);
  EXPECT_EQ(world_.send("DELETE", path, alice.access).status(), 404);
  EXPECT_EQ(world_.send("DELETE", "/auth/v1/grants/nonsense", alice.access).status(), 404);
  EXPECT_EQ(json_of(world_.send("GET", "/auth/v1/grants", alice.access))["items"].size(), 0U);
}

}  // namespace
}  // namespace postern::handlers
