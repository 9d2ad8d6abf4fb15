#include <gtest/gtest.h>

#include "handlers/oauth/public_key.hpp"
#include "handlers/sso/digest.hpp"
#include "tests/support/oauth_door.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::ClientAuth;
using test::json_of;
using test::OAuthDoor;
using test::OAuthWorld;

class OAuthTokenEndpoint : public testing::Test {
 protected:
  OAuthTokenEndpoint()
      : account(door.domain.account("alice", "contributor")),
        open(door.site.client()),
        secret(door.site.client(ClientAuth::SecretBasic)) {}

  Response ask(const std::string& form, const std::string& authorization = "") {
    return door.post("/oauth/token", form, authorization);
  }
  std::string redeeming(const domain::MadeClient& client, const OAuthWorld::Wish& wish) {
    return OAuthDoor::redeeming(door.site.code(client.client, account, wish));
  }
  std::string redeeming(const domain::MadeClient& client) {
    return redeeming(client, OAuthWorld::Wish());
  }
  static std::string named(const domain::MadeClient& client) {
    return "&client_id=" + client.client.client_id;
  }
  /// `status error`, and that it is JSON as RFC 6749 section 5.2 has it.
  static std::string refusal(const Response& response) {
    const auto body = json_of(response);
    EXPECT_TRUE(body.isObject() && body["error"].isString()) << response.body();
    EXPECT_TRUE(!body.isMember("error_description") || body["error_description"].isString());
    EXPECT_EQ(response.get("Content-Type"), "application/json");
    EXPECT_EQ(response.get("Cache-Control"), "no-store");
    EXPECT_EQ(response.get("Pragma"), "no-cache");
    EXPECT_EQ(response.get("Access-Control-Allow-Origin"), "*");
    return std::to_string(response.status()) + " " + body["error"].asString();
  }

  OAuthDoor door;
  domain::Account account;
  domain::MadeClient open, secret;
};

TEST_F(OAuthTokenEndpoint, Checklist2dTheAnswerIsWhatClientsWant) {
  const auto response =
      ask(redeeming(open, {.scopes = {"offline_access", "openid", "read"}}) + named(open));
  ASSERT_EQ(response.status(), 200) << response.body();
  EXPECT_EQ(response.get("Content-Type"), "application/json");
  EXPECT_EQ(response.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.get("Pragma"), "no-cache");
  EXPECT_EQ(response.get("Access-Control-Allow-Origin"), "*");
  const auto body = json_of(response);
  EXPECT_TRUE(body["access_token"].isString());
  EXPECT_EQ(body["token_type"], "Bearer");
  EXPECT_EQ(body["expires_in"], 900);
  EXPECT_EQ(body["scope"], "offline_access openid read") << "the full granted scope";
  EXPECT_TRUE(body["refresh_token"].isString());
  EXPECT_TRUE(body["id_token"].isString());
  EXPECT_EQ(body.size(), 6U);
}

TEST_F(OAuthTokenEndpoint, Checklist2dNothingIsNull) {
  const auto body = json_of(ask(redeeming(open) + named(open)));
  EXPECT_FALSE(body.isMember("id_token"));
  EXPECT_EQ(body.size(), 5U);
}

TEST_F(OAuthTokenEndpoint, EveryWayOfProvingAClientLetsItIn) {
  const std::string text(secret.secret->reveal());
  EXPECT_EQ(ask(redeeming(secret), OAuthDoor::basic(secret)).status(), 200);
  EXPECT_EQ(ask(redeeming(secret) + named(secret) + "&client_secret=" + text).status(), 200);
  EXPECT_EQ(ask(redeeming(open), OAuthDoor::basic({open.client, {}})).status(), 200)
      << "requests-oauthlib: an empty password";
}

TEST_F(OAuthTokenEndpoint, Checklist2dAChallengeComesOnlyWithTheHeader) {
  auto forged = secret;
  forged.secret = domain::Secret(std::string(43, 'x'));
  const auto by_header = ask(redeeming(secret), OAuthDoor::basic(forged));
  EXPECT_EQ(refusal(by_header), "401 invalid_client");
  EXPECT_TRUE(by_header.get("WWW-Authenticate").starts_with("Basic realm="));
  const auto by_body = ask(redeeming(secret) + named(secret) + "&client_secret=wrong");
  EXPECT_EQ(refusal(by_body), "401 invalid_client");
  EXPECT_EQ(by_body.get("WWW-Authenticate"), "");
  const auto unproven = ask(redeeming(secret) + named(secret));
  EXPECT_EQ(refusal(unproven), "401 invalid_client");
  EXPECT_EQ(refusal(ask(redeeming(open))), "401 invalid_client") << "names none";
  const auto invalid =
      ask("grant_type=authorization_code&code=x&code_verifier=" + std::string(43, 'x'),
          OAuthDoor::basic(secret));
  EXPECT_EQ(refusal(invalid), "400 invalid_grant");
  EXPECT_EQ(invalid.get("WWW-Authenticate"), "");
}

TEST_F(OAuthTokenEndpoint, Checklist2dRequestsThatAreNone) {
  EXPECT_EQ(refusal(ask("")), "400 invalid_request");
  EXPECT_EQ(refusal(ask("grant_type=password" + named(open))), "400 unsupported_grant_type");
  EXPECT_EQ(refusal(ask("grant_type=implicit" + named(open))), "400 unsupported_grant_type");
  const std::string code = "grant_type=authorization_code" + named(open);
  EXPECT_EQ(refusal(ask(code)), "400 invalid_request");
  EXPECT_EQ(refusal(ask(code + "&code=x")), "400 invalid_request") << "rule 4: no verifier";
  EXPECT_EQ(refusal(ask(code + "&code=&code_verifier=x")), "400 invalid_request")
      << "rule 21: empty is absent";
  EXPECT_EQ(refusal(ask("grant_type=refresh_token" + named(open))), "400 invalid_request");
  EXPECT_EQ(refusal(door.send(test::raw_request("POST", "/oauth/token", "application/json",
                                                R"({"grant_type":"refresh_token"})"))),
            "400 invalid_request");
}

TEST_F(OAuthTokenEndpoint, Rfc9700Rule21ParametersComeOnceUnknownOnesAreIgnored) {
  EXPECT_EQ(refusal(ask(redeeming(open) + named(open) + named(open))), "400 invalid_request");
  EXPECT_EQ(refusal(ask(redeeming(open) + named(open) + "&x=1&x=2")), "400 invalid_request");
  EXPECT_EQ(ask(redeeming(open) + named(open) + "&unknown=1&scope=").status(), 200);
}

TEST_F(OAuthTokenEndpoint, Rfc6749TheAnswerNeverRepeatsWhatWasSent) {
  const auto response = ask("grant_type=x&secret-name=1&secret-name=2");
  EXPECT_EQ(response.body().find("secret-name"), std::string::npos) << response.body();
}

TEST_F(OAuthTokenEndpoint, Rfc9700Rule21OnlyByPost) {
  const auto response = door.send("GET", "/oauth/token?grant_type=refresh_token");
  EXPECT_EQ(refusal(response), "405 invalid_request");
  EXPECT_EQ(response.get("Allow"), "POST, OPTIONS");
}

TEST_F(OAuthTokenEndpoint, RefreshesAndRefuses) {
  const auto first = json_of(ask(redeeming(open) + named(open)));
  const auto token = first["refresh_token"].asString();
  const auto second = ask(OAuthDoor::refreshing(token) + named(open) + "&scope=read+submit");
  ASSERT_EQ(second.status(), 200) << second.body();
  EXPECT_EQ(json_of(second)["scope"], "read submit");
  EXPECT_EQ(ask(OAuthDoor::refreshing(token)).status(), 200)
      << "requests-oauthlib leaves a public client's name out";
  EXPECT_EQ(refusal(ask(OAuthDoor::refreshing(token) + named(secret))), "401 invalid_client")
      << "a wrong one is refused";
  EXPECT_EQ(refusal(ask(OAuthDoor::refreshing(token), OAuthDoor::basic(secret))),
            "400 invalid_grant");
  const auto fresh = json_of(second)["refresh_token"].asString();
  EXPECT_EQ(refusal(ask(OAuthDoor::refreshing(fresh) + named(open) + "&scope=moderate")),
            "400 invalid_scope");
  EXPECT_EQ(refusal(ask(OAuthDoor::refreshing(fresh) + named(open) +
                        "&resource=https://elsewhere.example")),
            "400 invalid_target");
  EXPECT_EQ(refusal(ask(OAuthDoor::refreshing("prt_x") + named(open))), "400 invalid_grant");
}

TEST_F(OAuthTokenEndpoint, Checklist2dRepeatedResourcesAreAllowed) {
  const auto form =
      redeeming(open, {.scopes = {"read"}, .resources = {OAuthWorld::kApi, OAuthWorld::kSite}});
  const auto response =
      ask(form + named(open) +
          "&resource=https://www.example.org/&resource=https://api.example.org/v1");
  EXPECT_EQ(response.status(), 200) << response.body();
}

TEST_F(OAuthTokenEndpoint, ClientsActForThemselves) {
  const auto service = door.site.service();
  const auto response = ask("grant_type=client_credentials&scope=read", OAuthDoor::basic(service));
  ASSERT_EQ(response.status(), 200) << response.body();
  const auto body = json_of(response);
  EXPECT_EQ(body["scope"], "read");
  EXPECT_FALSE(body.isMember("refresh_token"));
  EXPECT_FALSE(body.isMember("id_token"));
  EXPECT_EQ(refusal(ask("grant_type=client_credentials", OAuthDoor::basic(secret))),
            "400 unauthorized_client");
  EXPECT_EQ(refusal(ask("grant_type=client_credentials&scope=nothing", OAuthDoor::basic(service))),
            "400 invalid_scope");
}

TEST_F(OAuthTokenEndpoint, Checklist2dTheDatabaseAwayIsTemporary) {
  const auto form = redeeming(open) + named(open);
  door.domain.database.set_fault_hook_for_test(
      [](std::string_view) { throw domain::DatabaseUnavailable("a test's fault"); });
  const auto response = ask(form);
  EXPECT_EQ(refusal(response), "503 temporarily_unavailable");
  EXPECT_NE(response.get("Retry-After"), "");
  door.domain.database.set_fault_hook_for_test({});
  EXPECT_EQ(ask(form).status(), 200) << "nothing was used up";
}

class OAuthTokenProofs : public OAuthTokenEndpoint {
 protected:
  std::string proof(const test::TokenSigner& signer, const std::string& url,
                    const std::string& method, const std::string& access_token = "") {
    Json::Value header(Json::objectValue);
    header["typ"] = "dpop+jwt";
    header["jwk"] = signer.jwk();
    header["kid"] = Json::nullValue;
    Json::Value claims(Json::objectValue);
    claims["jti"] = "proof-" + std::to_string(++proofs);
    claims["htm"] = method;
    claims["htu"] = url;
    claims["iat"] = Json::Int64(domain::unix_seconds(door.domain.clock.now()));
    if (!access_token.empty()) claims["ath"] = sso::s256(access_token);
    return signer.sign(claims, header);
  }
  Response ask_with(const std::string& form, const std::string& dpop) {
    return door.send(test::with_header(
        test::raw_request("POST", "/oauth/token", "application/x-www-form-urlencoded", form),
        "dpop", dpop));
  }

  test::TokenSigner key{sso::SignatureKind::Es256, "k"};
  const std::string token_url = "https://www.example.org/oauth/token";
  int proofs = 0;
};

TEST_F(OAuthTokenProofs, Rfc9449TokensAreBoundToTheKeyOfTheProof) {
  const auto response = ask_with(redeeming(open, {.scopes = {"openid"}}) + named(open),
                                 proof(key, token_url, "POST"));
  ASSERT_EQ(response.status(), 200) << response.body();
  const auto body = json_of(response);
  EXPECT_EQ(body["token_type"], "DPoP");
  const auto refresh = OAuthDoor::refreshing(body["refresh_token"].asString()) + named(open);
  EXPECT_EQ(refusal(ask(refresh)), "400 invalid_grant");
  EXPECT_EQ(ask_with(refresh, proof(key, token_url, "POST")).status(), 200);

  const auto access = body["access_token"].asString();
  const std::string info = "https://www.example.org/oauth/userinfo";
  const auto userinfo = [&](const std::string& scheme, const std::string& dpop) {
    auto request = test::with_header(test::request("GET", "/oauth/userinfo"), "authorization",
                                     scheme + " " + access);
    if (!dpop.empty()) request = test::with_header(std::move(request), "dpop", dpop);
    return door.send(request);
  };
  EXPECT_EQ(userinfo("DPoP", proof(key, info, "GET", access)).status(), 200);
  EXPECT_EQ(userinfo("DPoP", proof(key, info, "GET")).status(), 401) << "no ath";
  EXPECT_EQ(userinfo("DPoP", "").status(), 401);
  EXPECT_EQ(userinfo("Bearer", "").status(), 401);
  const test::TokenSigner other(sso::SignatureKind::Es256, "o");
  const auto stolen = userinfo("DPoP", proof(other, info, "GET", access));
  EXPECT_EQ(stolen.status(), 401);
  EXPECT_TRUE(stolen.get("WWW-Authenticate").starts_with("DPoP "))
      << stolen.get("WWW-Authenticate");
}

TEST_F(OAuthTokenProofs, Rfc9449AProofThatDoesNotHoldUsesNothingUp) {
  const auto form = redeeming(open) + named(open);
  EXPECT_EQ(refusal(ask_with(form, "nonsense")), "400 invalid_dpop_proof");
  EXPECT_EQ(refusal(ask_with(form, proof(key, "https://www.example.org/oauth/par", "POST"))),
            "400 invalid_dpop_proof");
  EXPECT_EQ(ask_with(form, proof(key, token_url, "POST")).status(), 200);
}

}  // namespace
}  // namespace postern::handlers::oauth
