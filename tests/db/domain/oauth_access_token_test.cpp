#include "domain/oauth_access_token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/access_token.hpp"
#include "domain/authenticate.hpp"
#include "domain/flat_json.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OAuthAccessTokens : public testing::Test {
 protected:
  OAuthAccessTokens() { world.settings.oauth.issuer = "https://www.example.org/id"; }

  OAuthClaims claims() {
    return {.subject = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",
            .session = *SessionId::parse("0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c"),
            .client_id = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2d",
            .audience = {"https://www.example.org/api"},
            .scopes = {"openid", "read"},
            .issued_at = world.clock.now(),
            .expires_at = world.clock.now() + minutes(15),
            .signed_in_at = world.clock.now() - minutes(3),
            .token_id = "00112233445566778899aabbccddeeff"};
  }
  std::string issue(const OAuthClaims& claims) {
    return std::string(issue_oauth_token(world.services, claims).reveal());
  }
  FlatJson payload(const OAuthClaims& claims) {
    return FlatJson::parse(world.signing_keys.verify(issue(claims)).value()).value();
  }
  Errc refusal(std::string_view token) {
    const auto verified = verify_oauth_token(world.services, token);
    EXPECT_FALSE(verified.ok());
    return verified.ok() ? Errc::Taken : verified.error().code;
  }
  /// The real payload with `from` exchanged for `to`, properly signed.
  Errc bent(std::string_view from, std::string_view to) {
    auto text = world.signing_keys.verify(issue(claims())).value();
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return refusal(world.signing_keys.sign(text));
  }

  test::DomainWorld world;
};

TEST_F(OAuthAccessTokens, AreReadAsTheyWereWritten) {
  auto wanted = claims();
  wanted.dpop_jkt = "thumbprint";
  wanted.audience = {"https://www.example.org/api", "https://other.example/"};
  const auto read = verify_oauth_token(world.services, issue(wanted)).value();
  EXPECT_EQ(read.subject, wanted.subject);
  EXPECT_EQ(read.session, wanted.session);
  EXPECT_EQ(read.client_id, wanted.client_id);
  EXPECT_EQ(read.audience, wanted.audience);
  EXPECT_EQ(read.scopes, wanted.scopes);
  EXPECT_EQ(unix_seconds(read.issued_at), unix_seconds(wanted.issued_at));
  EXPECT_EQ(unix_seconds(read.expires_at), unix_seconds(wanted.expires_at));
  EXPECT_EQ(unix_seconds(read.signed_in_at), unix_seconds(wanted.signed_in_at));
  EXPECT_EQ(read.token_id, wanted.token_id);
  EXPECT_EQ(read.dpop_jkt, wanted.dpop_jkt);
}

TEST_F(OAuthAccessTokens, Rfc9068HoldTheClaimsThatResourcesCheck) {
  const auto json = payload(claims());
  const auto now = unix_seconds(world.clock.now());
  EXPECT_EQ(json.text("iss"), "https://www.example.org/id");
  EXPECT_EQ(json.text("aud"), "https://www.example.org/api") << "one audience is a string";
  EXPECT_EQ(json.text("sub"), claims().subject);
  EXPECT_EQ(json.text("client_id"), claims().client_id);
  EXPECT_EQ(json.text("scope"), "openid read");
  EXPECT_EQ(json.text("jti"), claims().token_id);
  EXPECT_EQ(json.integer("iat"), now);
  EXPECT_EQ(json.integer("nbf"), now - 60) << "clocks that are behind";
  EXPECT_EQ(json.integer("exp"), now + 900);
  EXPECT_EQ(json.integer("auth_time"), now - 180);
  EXPECT_FALSE(json.has("cnf"));
  auto several = claims();
  several.audience.emplace_back("https://other.example");
  EXPECT_THAT(payload(several).texts("aud").value(),
              ElementsAre("https://www.example.org/api", "https://other.example"));
}

TEST_F(OAuthAccessTokens, WhatIsNotThereIsLeftOut) {
  auto own = claims();
  own.subject = "client:" + own.client_id;
  own.scopes = {};
  const auto json = payload(own);
  EXPECT_FALSE(json.has("auth_time")) << "nobody signed in for a client's own";
  EXPECT_FALSE(json.has("scope"));
  EXPECT_THAT(verify_oauth_token(world.services, issue(own)).value().scopes, IsEmpty());
}

TEST_F(OAuthAccessTokens, Rfc9449BindingIsInTheToken) {
  auto bound = claims();
  bound.dpop_jkt = "thumb";
  EXPECT_EQ(payload(bound).text_within("cnf", "jkt"), "thumb");
}

TEST_F(OAuthAccessTokens, ABindingThatCannotBeReadIsNotTakenForNone) {
  for (const char* other : {R"("cnf":"thumb","sub")", R"("cnf":{},"sub")",
                            R"("cnf":{"jkt":""},"sub")", R"("cnf":{"x5t":"thumb"},"sub")"}) {
    EXPECT_EQ(bent("\"sub\"", other), Errc::TokenInvalid) << other;
  }
}

TEST_F(OAuthAccessTokens, EndAtTheirTimeWithoutLeeway) {
  const auto token = issue(claims());
  world.clock.advance(minutes(15) - seconds(1));
  EXPECT_TRUE(verify_oauth_token(world.services, token).ok());
  world.clock.advance(seconds(1));
  EXPECT_EQ(refusal(token), Errc::TokenExpired);
}

TEST_F(OAuthAccessTokens, EachClaimHasToBeWhatItShouldBe) {
  EXPECT_EQ(bent("www.example.org/id", "www.example.org"), Errc::TokenInvalid) << "issuer";
  EXPECT_EQ(bent("\"aud\":\"https://www.example.org/api\"", "\"aud\":[]"), Errc::TokenInvalid);
  EXPECT_EQ(bent("\"aud\"", "\"aux\""), Errc::TokenInvalid);
  EXPECT_EQ(bent("\"sid\":\"0190", "\"sid\":\"x190"), Errc::TokenInvalid);
  EXPECT_EQ(bent("\"client_id\":\"", "\"client\":\""), Errc::TokenInvalid);
  EXPECT_EQ(bent("\"jti\":\"0011", "\"jti\":\"001"), Errc::TokenInvalid);
  EXPECT_EQ(bent("\"exp\":", "\"exp\":-"), Errc::TokenInvalid);
  EXPECT_EQ(bent("\"token_type\":\"oauth\"", "\"token_type\":\"access\""), Errc::TokenWrongKind);
  EXPECT_EQ(bent("\"token_type\"", "\"kind\""), Errc::TokenWrongKind);
}

TEST_F(OAuthAccessTokens, R10AreNotTakenForOwnTokensNorOwnOnesForThem) {
  world.settings.oauth.issuer = world.settings.issuer;
  auto same_audience = claims();
  same_audience.audience = {world.settings.issuer};
  const auto token = issue(same_audience);
  const auto own = verify_access_token(world.services, token);
  ASSERT_FALSE(own.ok());
  EXPECT_EQ(own.error().code, Errc::TokenWrongKind);
  const auto bearer = authenticate_bearer(world.services, token);
  ASSERT_FALSE(bearer.ok());
  EXPECT_EQ(bearer.error().code, Errc::TokenWrongKind);
  world.account("alice");
  const auto tokens = world.login("alice");
  EXPECT_EQ(refusal(tokens.access.reveal()), Errc::TokenWrongKind);
  EXPECT_EQ(refusal(tokens.refresh.reveal()), Errc::TokenInvalid);
}

TEST_F(OAuthAccessTokens, R10IdTokensAndLogoutTokensAreNoAccessTokens) {
  const auto text = world.signing_keys.verify(issue(claims())).value();
  for (const auto type : {TokenType::IdToken, TokenType::LogoutToken}) {
    EXPECT_EQ(refusal(world.signing_keys.sign(text, type)), Errc::TokenInvalid);
    EXPECT_FALSE(world.signing_keys.verify(issue(claims()), type).ok());
  }
}

TEST_F(OAuthAccessTokens, ManyScopesAtManyResourcesFit) {
  auto large = claims();
  large.scopes.clear();
  for (int i = 0; i < 100; ++i) large.scopes.push_back("scope.number." + std::to_string(i));
  large.audience.clear();
  for (int i = 0; i < 10; ++i) {
    large.audience.push_back("https://resource-" + std::to_string(i) + ".example/some/place");
  }
  const auto read = verify_oauth_token(world.services, issue(large)).value();
  EXPECT_EQ(read.scopes, large.scopes);
  EXPECT_EQ(read.audience, large.audience);
}

}  // namespace
}  // namespace postern::domain
