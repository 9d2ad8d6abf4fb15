#include "domain/oauth_code.hpp"

#include <gtest/gtest.h>

#include "domain/oauth_access_token.hpp"
#include "domain/oauth_consent.hpp"
#include "domain/pkce.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

class AuthorizationCode : public testing::Test {
 protected:
  AuthorizationCode()
      : account(world.account("alice", "contributor")), client(site.client().client) {}

  Errc refusal(const OAuthWorld::Code& code) {
    return refusal(site.redeem(world.services, client, code));
  }
  static Errc refusal(const Result<OAuthTokens>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Errc::Taken : result.error().code;
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  std::string grants() { return sql("select count(*) from postern.oauth_grant"); }
  std::string events(const std::string& event) {
    return sql("select count(*) from postern.audit where event = '" + event + "'");
  }
  CodeRequest request(const OAuthWorld::Code& code) {
    return {.client = client,
            .code = code.text.reveal(),
            .verifier = code.verifier,
            .redirect_uri = code.redirect_uri};
  }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
};

TEST_F(AuthorizationCode, GivesWhatWasConsented) {
  const auto tokens = site.tokens(client, account);
  EXPECT_EQ(tokens.scopes, (std::vector<std::string>{"read", "submit"}));
  EXPECT_TRUE(tokens.refresh);
  EXPECT_FALSE(tokens.id_token) << "openid was not asked for";
  EXPECT_FALSE(tokens.dpop);
  const auto claims = verify_oauth_token(world.services, tokens.access.reveal());
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->subject, account.id.text());
  EXPECT_EQ(claims->client_id, client.client_id);
  EXPECT_EQ(claims->audience, std::vector<std::string>{OAuthWorld::kSite});
  EXPECT_EQ(claims->scopes, tokens.scopes);
  EXPECT_EQ(claims->signed_in_at, world.clock.now());
  EXPECT_EQ(claims->expires_at, tokens.access_expires_at);
  EXPECT_EQ(tokens.access_expires_at - tokens.issued_at, minutes(15));
  EXPECT_TRUE(site.is_alive(tokens.access));
  EXPECT_EQ(events("grant_issued"), "1");
}

TEST_F(AuthorizationCode, R5IsStoredAsItsHash) {
  const auto code = site.code(client, account);
  EXPECT_EQ(code.text.size(), 43U);
  EXPECT_EQ(
      code.text.reveal().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                           "0123456789"),
      std::string_view::npos);
  const auto row = sql("select o::text from postern.oauth_code o");
  EXPECT_EQ(row.find(code.text.reveal()), std::string::npos);
  EXPECT_EQ(row.find(challenge_of(code.verifier).value()), std::string::npos);
}

TEST_F(AuthorizationCode, R5IsGoodAcrossAChangeOfTheMasterKey) {
  const auto first = KeyRing::make_line(7, world.random);
  const auto second = KeyRing::make_line(8, world.random);
  world.ring = KeyRing::parse(first).value();
  const auto code = site.code(client, account);
  world.ring = KeyRing::parse(second + "\n" + first).value();
  EXPECT_TRUE(site.redeem(world.services, client, code).ok());
  EXPECT_EQ(refusal(code), Errc::GrantInvalid);
  EXPECT_EQ(grants(), "0") << "a second use is known, too";
}

TEST_F(AuthorizationCode, UsualCaseIsOneStatement) {
  const auto code = site.code(client, account);
  static_cast<void>(site.tokens(client, account));  // the client's use is noted once an hour
  client = find_client(world.services, client.client_id).value();
  std::vector<std::string> points;
  world.database.set_fault_hook_for_test(
      [&](std::string_view point) { points.emplace_back(point); });
  ASSERT_TRUE(site.redeem(world.services, client, code).ok());
  EXPECT_EQ(points, std::vector<std::string>{"redeem_code"});
}

TEST_F(AuthorizationCode, Rfc9700Rule5ASecondUseEndsWhatTheFirstOneGot) {
  const auto code = site.code(client, account);
  const auto tokens = site.redeem(world.services, client, code);
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(refusal(code), Errc::GrantInvalid);
  EXPECT_EQ(grants(), "0");
  EXPECT_FALSE(site.is_alive(tokens->access));
  EXPECT_EQ(refusal(site.refresh(world.services, client, *tokens->refresh)), Errc::GrantInvalid);
  EXPECT_EQ(events("code_replayed"), "1");
  EXPECT_EQ(refusal(code), Errc::GrantInvalid);
  EXPECT_EQ(events("code_replayed"), "1") << "a flood of them does not fill the audit";
}

TEST_F(AuthorizationCode, Rfc9700Rule5ASecondUseIsKnownAfterTheCodeExpiredToo) {
  const auto code = site.code(client, account);
  const auto tokens = site.redeem(world.services, client, code);
  world.clock.advance(hours(1));
  EXPECT_EQ(refusal(code), Errc::GrantInvalid);
  EXPECT_EQ(grants(), "0");
}

TEST_F(AuthorizationCode, Rfc9700Rule5AnotherClientsUseEndsNothing) {
  const auto code = site.code(client, account);
  ASSERT_TRUE(site.redeem(world.services, client, code).ok());
  const auto other = site.client().client;
  EXPECT_EQ(refusal(site.redeem(world.services, other, code)), Errc::GrantInvalid);
  EXPECT_EQ(grants(), "1");
}

TEST_F(AuthorizationCode, Rfc9700Rule5LastsSixtySeconds) {
  const auto late = site.code(client, account);
  world.clock.advance(seconds(60));
  EXPECT_EQ(refusal(late), Errc::GrantInvalid);
  const auto code = site.code(client, account);
  world.clock.advance(seconds(59));
  EXPECT_TRUE(site.redeem(world.services, client, code).ok());
}

TEST_F(AuthorizationCode, Rfc9700Rule5WrongVerifierThreeTimesAndTheCodeIsDead) {
  const auto code = site.code(client, account);
  auto wrong = code;
  wrong.verifier.back() = wrong.verifier.back() == 'a' ? 'b' : 'a';
  for (int i = 0; i < 2; ++i) EXPECT_EQ(refusal(wrong), Errc::GrantInvalid);
  auto second = site.code(client, account);
  EXPECT_TRUE(site.redeem(world.services, client, second).ok()) << "each code counts for itself";
  EXPECT_EQ(refusal(wrong), Errc::GrantInvalid);
  EXPECT_EQ(refusal(code), Errc::GrantInvalid) << "the right one is too late";
}

TEST_F(AuthorizationCode, Rfc9700Rule5AThiefWithoutTheVerifierDoesNotBurnIt) {
  const auto code = site.code(client, account);
  auto wrong = code;
  wrong.verifier = std::string(43, 'a');
  EXPECT_EQ(refusal(wrong), Errc::GrantInvalid);
  EXPECT_EQ(refusal(wrong), Errc::GrantInvalid);
  EXPECT_TRUE(site.redeem(world.services, client, code).ok());
}

TEST_F(AuthorizationCode, Rfc9700Rule4VerifiersHave43To128UnreservedCharacters) {
  EXPECT_FALSE(challenge_of(std::string(42, 'a')));
  EXPECT_TRUE(challenge_of(std::string(43, 'a')));
  EXPECT_TRUE(challenge_of(std::string(128, '~')));
  EXPECT_FALSE(challenge_of(std::string(129, 'a')));
  EXPECT_FALSE(challenge_of(std::string(42, 'a') + "+"));
  EXPECT_FALSE(challenge_of(""));
  // RFC 7636 appendix B
  EXPECT_EQ(challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  auto code = site.code(client, account);
  code.verifier.resize(42);
  EXPECT_EQ(refusal(code), Errc::GrantInvalid);
}

TEST_F(AuthorizationCode, Rfc9700Rule4IsBoundToItsClient) {
  const auto code = site.code(client, account);
  const auto other = site.client().client;
  EXPECT_EQ(refusal(site.redeem(world.services, other, code)), Errc::GrantInvalid);
  EXPECT_TRUE(site.redeem(world.services, client, code).ok()) << "nothing was used up";
}

TEST_F(AuthorizationCode, Rfc9700Rule6TheRedirectUriMatchesWhereItIsSent) {
  const auto code = site.code(client, account);
  auto elsewhere = code;
  elsewhere.redirect_uri += "/";
  EXPECT_EQ(refusal(elsewhere), Errc::GrantInvalid);
  auto without = request(code);
  without.redirect_uri.reset();
  EXPECT_TRUE(redeem_code(world.services, without, world.origin).ok());
}

TEST_F(AuthorizationCode, Rfc9700Rule23ResourcesMayBeFewerNeverMore) {
  const auto code =
      site.code(client, account, {.resources = {OAuthWorld::kApi, OAuthWorld::kSite}});
  auto narrow = request(code);
  narrow.resources = {std::string(OAuthWorld::kApi) + "/"};
  const auto tokens = redeem_code(world.services, narrow, world.origin);
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(verify_oauth_token(world.services, tokens->access.reveal())->audience,
            std::vector<std::string>{OAuthWorld::kApi});

  const auto small = site.code(client, account);
  auto wide = request(small);
  wide.resources = {OAuthWorld::kSite, OAuthWorld::kApi};
  EXPECT_EQ(refusal(redeem_code(world.services, wide, world.origin)), Errc::TargetInvalid);
  wide.resources = {"https://elsewhere.example"};
  EXPECT_EQ(refusal(redeem_code(world.services, wide, world.origin)), Errc::TargetInvalid);
  EXPECT_TRUE(site.redeem(world.services, client, small).ok()) << "a mistake uses nothing up";
}

TEST_F(AuthorizationCode, AClientWithoutTheGrantTypeHasNone) {
  const auto code = site.code(client, account);
  auto former = client;
  former.metadata.grant_types = {std::string(grant_type::kRefresh)};
  EXPECT_EQ(refusal(site.redeem(world.services, former, code)), Errc::ClientNotAllowed);
}

TEST_F(AuthorizationCode, ScopesThatTheClientLostSinceAreNotIssued) {
  const auto code = site.code(client, account);
  client.metadata.scopes = std::vector<std::string>{"read"};
  const auto tokens = site.redeem(world.services, client, code);
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(tokens->scopes, std::vector<std::string>{"read"});
}

TEST_F(AuthorizationCode, R6NothingForADisabledAccountAndNothingWhenItIsEnabledAgain) {
  const auto before = site.tokens(client, account);
  const auto code = site.code(client, account);
  ASSERT_TRUE(
      update_account(world.services, account.id, {.is_active = false}, {}, world.origin).ok());
  EXPECT_EQ(refusal(code), Errc::GrantInvalid);
  ASSERT_TRUE(
      update_account(world.services, account.id, {.is_active = true}, {}, world.origin).ok());
  EXPECT_EQ(refusal(code), Errc::GrantInvalid);
  EXPECT_EQ(grants(), "0");
  EXPECT_FALSE(site.is_alive(before.access));
}

TEST_F(AuthorizationCode, R6NothingAfterTheConsentWasWithdrawn) {
  const auto code = site.code(client, account);
  ASSERT_TRUE(
      withdraw_consent(world.services, account.id, code.consent, account.id, world.origin).ok());
  EXPECT_EQ(refusal(code), Errc::GrantInvalid);
  EXPECT_EQ(grants(), "0");
}

TEST_F(AuthorizationCode, R6NothingForADeletedClient) {
  const auto code = site.code(client, account);
  ASSERT_TRUE(delete_client(world.services, client.id, {}, world.origin).ok());
  EXPECT_EQ(refusal(code), Errc::GrantInvalid);
}

TEST_F(AuthorizationCode, Rfc9700Rule26IsBoundToTheKeyThatItWasAskedWith) {
  const auto code = site.code(client, account, {.dpop_jkt = "key-one"});
  EXPECT_EQ(refusal(code), Errc::GrantInvalid) << "no proof";
  EXPECT_EQ(refusal(site.redeem(world.services, client, code, {"key-two"})), Errc::GrantInvalid);
  const auto tokens = site.redeem(world.services, client, code, {"key-one"});
  ASSERT_TRUE(tokens.ok());
  EXPECT_TRUE(tokens->dpop);
  EXPECT_EQ(verify_oauth_token(world.services, tokens->access.reveal())->dpop_jkt, "key-one");
}

TEST_F(AuthorizationCode, Rfc9449AClientWhoseTokensAreBoundNeedsAProof) {
  client.metadata.dpop_bound = true;
  const auto code = site.code(client, account);
  const auto refused = site.redeem(world.services, client, code);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::InvalidInput);
  EXPECT_EQ(refused.error().field, "dpop");
  EXPECT_TRUE(site.redeem(world.services, client, code, {"a-key"}).ok());
}

TEST_F(AuthorizationCode, AClientThatCannotRefreshLeavesNothingBehindItsAccessToken) {
  ClientMetadata metadata;
  auto plain = site.client(ClientAuth::SecretBasic, metadata).client;
  plain.metadata.grant_types = {std::string(grant_type::kCode)};
  const auto tokens = site.tokens(plain, account);
  EXPECT_FALSE(tokens.refresh);
  EXPECT_EQ(sql("select expires_at - created_at from postern.session where kind = 6"), "00:15:00");
  plain.metadata.logout_uri = "https://app.example.com/logout";
  static_cast<void>(site.tokens(plain, account));
  EXPECT_EQ(sql("select max(expires_at - created_at) from postern.session where kind = 6"),
            "14 days")
      << "it is told of the end of the browser's session";
}

TEST_F(AuthorizationCode, Oidc22TheIdTokenSaysWhoSignedInAndWhen) {
  const auto tokens = site.tokens(
      client, account, {.scopes = {"email", "openid", "profile", "read"}, .nonce = "n-0S6_WzA2Mj"});
  ASSERT_TRUE(tokens.id_token);
  const auto payload = world.signing_keys.verify(tokens.id_token->reveal(), TokenType::IdToken);
  ASSERT_TRUE(payload.ok());
  EXPECT_FALSE(world.signing_keys.verify(tokens.id_token->reveal()).ok())
      << "R10: it is no access token";
  const auto now = std::to_string(unix_seconds(world.clock.now()));
  for (const std::string& part :
       {std::string(R"("iss":"https://www.example.org")"), R"("sub":")" + account.id.text() + '"',
        R"("aud":")" + client.client_id + '"', R"("auth_time":)" + now,
        std::string(R"("nonce":"n-0S6_WzA2Mj")"), std::string(R"("amr":["pwd"])"),
        std::string(R"("preferred_username":"alice")"),
        std::string(R"("email":"alice@example.org","email_verified":false)"),
        std::string(R"("at_hash":")")}) {
    EXPECT_NE(payload->find(part), std::string::npos) << part << " in " << *payload;
  }
}

TEST_F(AuthorizationCode, Oidc22WithoutTheScopesThereIsNobodysNameInIt) {
  const auto tokens = site.tokens(client, account, {.scopes = {"openid"}});
  ASSERT_TRUE(tokens.id_token);
  const auto payload = world.signing_keys.verify(tokens.id_token->reveal(), TokenType::IdToken);
  ASSERT_TRUE(payload.ok());
  for (const auto* part : {"alice", "email", "nonce"}) {
    EXPECT_EQ(payload->find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace postern::domain
