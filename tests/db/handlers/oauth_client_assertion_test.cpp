#include <gtest/gtest.h>

#include "handlers/json_body.hpp"
#include "handlers/oauth/client_assertion.hpp"
#include "handlers/oauth/client_authentication.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "tests/support/handler_world.hpp"
#include "tests/support/oauth_clients.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers::oauth {
namespace {

using namespace std::chrono_literals;
using domain::ClientAuth;
using domain::Errc;
using sso::SignatureKind;
using test::TokenSigner;

/// private_key_jwt (RFC 7523).
class OAuthClientAssertion : public testing::Test {
 protected:
  [[nodiscard]] std::string client_with(const std::string& keys) {
    domain::ClientMetadata metadata;
    metadata.jwks = keys;
    return test::oauth_client(world.domain, ClientAuth::PrivateKeyJwt, metadata).client.client_id;
  }
  [[nodiscard]] Json::Value claims() {
    Json::Value claims(Json::objectValue);
    claims["iss"] = id;
    claims["sub"] = id;
    claims["aud"] = world.domain.settings.oauth.issuer;
    claims["iat"] = at(0s);
    claims["exp"] = at(60s);
    claims["jti"] = "jti-" + std::to_string(++count);
    return claims;
  }
  [[nodiscard]] Json::Value at(std::chrono::seconds offset) const {
    return Json::Int64(domain::unix_seconds(world.domain.clock.now() + offset));
  }
  /// "" for a client that was let in, otherwise what the log would say.
  [[nodiscard]] std::string why_not(const std::string& assertion, const std::string& more = "",
                                    const std::string& target = "/oauth/token") {
    const auto request = test::raw_request("POST", target, "application/x-www-form-urlencoded",
                                           "client_assertion_type=" + std::string(kJwtAssertion) +
                                               "&client_assertion=" + assertion + more);
    const auto form = Parameters::of_body(request);
    if (!form) return "form";
    bool basic = false;
    const Call call{request, {}, std::nullopt};
    const auto found = authenticate_client(call, world.services, *form, basic);
    EXPECT_FALSE(basic);
    if (!found) {
      EXPECT_EQ(found.error().code, Errc::ClientInvalid);
      return found.error().detail.empty() ? "client" : found.error().detail;
    }
    EXPECT_TRUE((*found)->proven);
    EXPECT_EQ((*found)->client.client_id, id);
    return "";
  }
  [[nodiscard]] std::string why_not_with(const char* name, const Json::Value& value) {
    auto changed = claims();
    changed[name] = value;
    return why_not(key.sign(changed));
  }
  [[nodiscard]] std::string why_not_without(const char* name) {
    auto changed = claims();
    changed.removeMember(name);
    return why_not(key.sign(changed));
  }

  test::HandlerWorld world;
  TokenSigner key{SignatureKind::Es256, "k"};
  std::string id = client_with(test::key_set({&key}));
  int count = 0;
};

TEST_F(OAuthClientAssertion, IsTakenWithEachAlgorithm) {
  EXPECT_EQ(why_not(key.sign(claims())), "");
  EXPECT_EQ(why_not(key.sign(claims()), "&client_id=" + id), "");
  for (const auto kind : {SignatureKind::Rs256, SignatureKind::Ps256}) {
    const TokenSigner rsa(kind, "r");
    id = client_with(test::key_set({&rsa}));
    EXPECT_EQ(why_not(rsa.sign(claims())), "");
  }
}

TEST_F(OAuthClientAssertion, Rfc7523IssuerAndSubjectAreTheClient) {
  for (const char* name : {"iss", "sub"}) {
    for (const Json::Value& wrong :
         {Json::Value("another"), Json::Value(""), Json::Value(1), Json::Value()}) {
      EXPECT_EQ(why_not_with(name, wrong), "client_assertion: iss, sub") << name;
    }
    EXPECT_EQ(why_not_without(name), "client_assertion: iss, sub");
  }
  EXPECT_EQ(why_not(key.sign(claims()), "&client_id=another"), "client_assertion: client_id");
}

TEST_F(OAuthClientAssertion, Rfc7523AnotherClientsKeyDoesNotSignForThisOne) {
  const TokenSigner thief(SignatureKind::Es256, "k");
  (void)client_with(test::key_set({&thief}));
  EXPECT_EQ(why_not(thief.sign(claims())), "client_assertion: signature");
}

TEST_F(OAuthClientAssertion, Cve202026160TheAudienceIsUsAndNobodyElse) {
  const auto& settings = world.domain.settings;
  Json::Value both(Json::arrayValue), other(Json::arrayValue), ours(Json::arrayValue);
  ours.append(settings.oauth.issuer);
  ours.append(endpoint(settings, "/oauth/token"));
  both.append(settings.oauth.issuer);
  both.append("https://elsewhere.example.com");
  other.append("https://elsewhere.example.com");
  for (const Json::Value& good : {Json::Value(settings.oauth.issuer),
                                  Json::Value(endpoint(settings, "/oauth/token")), ours}) {
    EXPECT_EQ(why_not_with("aud", good), "");
  }
  for (const Json::Value& bad :
       {both, other, Json::Value(Json::arrayValue), Json::Value(""), Json::Value(1),
        Json::Value(settings.oauth.issuer + "/"), Json::Value(id),
        Json::Value(endpoint(settings, "/oauth/revoke"))}) {
    EXPECT_EQ(why_not_with("aud", bad), "client_assertion: aud") << write_json(bad);
  }
  EXPECT_EQ(why_not_without("aud"), "client_assertion: aud");
}

TEST_F(OAuthClientAssertion, TheEndpointAskedIsAnAudienceToo) {
  const auto& settings = world.domain.settings;
  auto changed = claims();
  changed["aud"] = endpoint(settings, "/oauth/revoke");
  EXPECT_EQ(why_not(key.sign(changed), "", "/oauth/revoke"), "");
  changed["jti"] = "another";
  EXPECT_EQ(why_not(key.sign(changed), "", "/oauth/introspect"), "client_assertion: aud");
}

TEST_F(OAuthClientAssertion, TheEndpointIsKnownBelowAMountAsWell) {
  world.domain.settings.oauth.issuer = "https://example.org/auth";
  world.settings.oauth.mount = "/auth";
  auto changed = claims();
  changed["aud"] = "https://example.org/auth/oauth/revoke";
  EXPECT_EQ(why_not(key.sign(changed), "", "/auth/oauth/revoke"), "");
}

TEST_F(OAuthClientAssertion, Rfc7523ItEndsSoon) {
  EXPECT_EQ(why_not_with("exp", at(1s)), "");
  EXPECT_EQ(why_not_with("exp", at(300s)), "");
  EXPECT_EQ(why_not_with("exp", at(0s)), "client_assertion: exp");
  EXPECT_EQ(why_not_with("exp", at(-60s)), "client_assertion: exp");
  EXPECT_EQ(why_not_with("exp", at(301s)), "client_assertion: exp");
  EXPECT_EQ(why_not_with("exp", Json::Value(1e300)), "client_assertion: no exp");
  EXPECT_EQ(why_not_with("exp", Json::Value("1800000060")), "client_assertion: no exp");
  EXPECT_EQ(why_not_without("exp"), "client_assertion: no exp");
}

TEST_F(OAuthClientAssertion, Rfc7523ItHasBegunGiveOrTakeAMinute) {
  for (const char* name : {"nbf", "iat"}) {
    EXPECT_EQ(why_not_with(name, at(60s)), "") << name;
    EXPECT_EQ(why_not_with(name, at(-3600s)), "") << name;
    EXPECT_EQ(why_not_with(name, at(61s)), "client_assertion: nbf, iat") << name;
    EXPECT_EQ(why_not_with(name, "soon"), "client_assertion: nbf, iat") << name;
    EXPECT_EQ(why_not_without(name), "") << name;
  }
}

TEST_F(OAuthClientAssertion, Cve202015222AnIdIsUsedOnce) {
  const auto once = claims();
  EXPECT_EQ(why_not(key.sign(once)), "");
  EXPECT_EQ(why_not(key.sign(once)), "client_assertion: jti used before");
  EXPECT_EQ(why_not_without("jti"), "client_assertion: jti");
  EXPECT_EQ(why_not_with("jti", ""), "client_assertion: jti");
  EXPECT_EQ(why_not_with("jti", 7), "client_assertion: jti");
  EXPECT_EQ(why_not_with("jti", std::string(256, 'j')), "client_assertion: jti");
}

TEST_F(OAuthClientAssertion, NobodyUsesUpAnothersIds) {
  const TokenSigner thief(SignatureKind::Es256, "k");
  const auto once = claims();
  EXPECT_EQ(why_not(thief.sign(once)), "client_assertion: signature");
  EXPECT_EQ(why_not(key.sign(once)), "");
  // The same id of another client.
  const TokenSigner other(SignatureKind::Es256, "o");
  id = client_with(test::key_set({&other}));
  auto theirs = claims();
  theirs["jti"] = once["jti"];
  EXPECT_EQ(why_not(other.sign(theirs)), "");
}

TEST_F(OAuthClientAssertion, ItIsAJwtForAuthentication) {
  const auto typed = [&](const Json::Value& type) {
    Json::Value header(Json::objectValue);
    header["typ"] = type;
    return why_not(key.sign(claims(), header));
  };
  EXPECT_EQ(typed("JWT"), "");
  EXPECT_EQ(typed("client-authentication+jwt"), "");
  EXPECT_EQ(typed("dpop+jwt"), "client_assertion: typ");
  EXPECT_EQ(typed("at+jwt"), "client_assertion: typ");
}

TEST_F(OAuthClientAssertion, AnAlgorithmOfTheTokensChoiceIsNotTaken) {
  for (const char* alg : {"none", "HS256", "ES384"}) {
    Json::Value header(Json::objectValue);
    header["alg"] = alg;
    EXPECT_EQ(why_not(key.sign(claims(), header)), "client_assertion: malformed") << alg;
  }
  Json::Value header(Json::objectValue);
  header["alg"] = "RS256";
  EXPECT_EQ(why_not(key.sign(claims(), header)), "client_assertion: signature");
}

TEST_F(OAuthClientAssertion, B7Number29NoOtherSpellingIsGood) {
  const auto good = key.sign(claims());
  for (std::size_t at = 0; at < good.size(); at += 7) {
    auto bad = good;
    bad[at] = bad[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(why_not(bad), "") << at;
    EXPECT_NE(why_not(good.substr(0, at)), "") << at;
  }
  EXPECT_EQ(why_not(good), "");
}

TEST_F(OAuthClientAssertion, OtherTypesOfAssertionsAreNone) {
  const auto assertion = key.sign(claims());
  for (const char* type :
       {"", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "jwt-bearer"}) {
    const auto request = test::raw_request(
        "POST", "/oauth/token", "application/x-www-form-urlencoded",
        "client_assertion=" + assertion + "&client_assertion_type=" + type + "&client_id=" + id);
    const auto form = Parameters::of_body(request);
    ASSERT_TRUE(form.ok());
    const Call call{request, {}, std::nullopt};
    EXPECT_EQ(check_assertion(call, world.services, *form).error().code, Errc::ClientInvalid)
        << type;
  }
}

TEST_F(OAuthClientAssertion, OnlyClientsThatRegisteredItUseIt) {
  for (const auto method : {ClientAuth::None, ClientAuth::SecretBasic}) {
    domain::ClientMetadata metadata;
    metadata.jwks = test::key_set({&key});
    id = test::oauth_client(world.domain, method, metadata).client.client_id;
    EXPECT_EQ(why_not(key.sign(claims())), "client_assertion: method");
  }
  id = "unknown";
  EXPECT_NE(why_not(key.sign(claims())), "");
}

TEST_F(OAuthClientAssertion, AClientWithKeysHasNoOtherWay) {
  const auto request = test::raw_request("POST", "/oauth/token",
                                         "application/x-www-form-urlencoded", "client_id=" + id);
  bool basic = false;
  const Call call{request, {}, std::nullopt};
  const auto found =
      authenticate_client(call, world.services, *Parameters::of_body(request), basic);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, Errc::ClientInvalid);
}

}  // namespace
}  // namespace postern::handlers::oauth
