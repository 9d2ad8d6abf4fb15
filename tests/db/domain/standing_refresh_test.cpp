#include "domain/standing_refresh.hpp"

#include <gtest/gtest.h>

#include "domain/access_token.hpp"
#include "domain/bot_token.hpp"
#include "domain/flat_json.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

constexpr SessionKind kKitsu = SessionKind::Kitsu;

class StandingRefresh : public testing::Test {
 protected:
  static std::string text(const Secret& secret) { return std::string(secret.reveal()); }
  Result<Tokens> refresh(std::string_view token, SessionKind kind = kKitsu) {
    return refresh_standing_session(world.services, kind, token, world.origin);
  }
  std::string word(const Result<Tokens>& answer) {
    return answer ? "ok" : name_of(answer.error().code);
  }
  std::string check(const Secret& access) {
    const auto found = authenticate_access_token(world.services, access.reveal());
    return found ? "ok" : name_of(found.error().code);
  }
  FlatJson claims(const Secret& token) {
    return FlatJson::parse(world.signing_keys.verify(token.reveal()).value()).value();
  }
  /// The claims of the refresh token with `from` exchanged for `to`, properly signed.
  std::string bent(std::string_view from, std::string_view to) {
    auto payload = world.signing_keys.verify(tokens.refresh.reveal()).value();
    const auto at = payload.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    payload.replace(at, from.size(), to);
    return world.signing_keys.sign(payload);
  }
  std::string sql(const std::string& statement) { return world.database_server.sql(statement); }

  test::DomainWorld world;
  Account ann = world.account("ann");
  Tokens tokens = world.login("ann", kKitsu);
};

TEST_F(StandingRefresh, BothTokensCarryTheClaimsThatClientsKnow) {
  const auto access = claims(tokens.access);
  const auto refresh = claims(tokens.refresh);
  for (const auto* json : {&access, &refresh}) {
    EXPECT_EQ(json->boolean("fresh"), false);
    EXPECT_EQ(json->text("sub"), ann.id.text());
    EXPECT_EQ(json->text("identity_type"), "person");
    EXPECT_EQ(json->integer("iat"), 1'800'000'000);
    EXPECT_EQ(json->integer("nbf"), 1'800'000'000);
    EXPECT_FALSE(json->has("requires_2fa_setup"));
  }
  EXPECT_EQ(access.text("type"), "access");
  EXPECT_TRUE(Uuid::parse(access.text("jti").value_or("")));
  EXPECT_NE(access.text("jti"), access.text("refresh_jti"));
  EXPECT_EQ(access.text("refresh_jti"), refresh.text("jti"));
  EXPECT_EQ(access.integer("exp"), 1'800'000'000 + 7 * 86400);
  EXPECT_EQ(refresh.text("type"), "refresh");
  EXPECT_EQ(refresh.text("jti"), tokens.session.text());
  EXPECT_EQ(refresh.integer("exp"), 1'800'000'000 + 15 * 86400);
  EXPECT_FALSE(refresh.has("refresh_jti"));
  EXPECT_EQ(tokens.refresh_expires_at, world.clock.now() + days(15));
}

TEST_F(StandingRefresh, OtherDoorsTokensAreAsTheyWere) {
  const auto native = claims(world.login("ann").access);
  for (const char* name : {"fresh", "nbf", "type", "identity_type", "refresh_jti"})
    EXPECT_FALSE(native.has(name)) << name;
  EXPECT_EQ(native.text("jti").value_or("").size(), 32U);
}

TEST_F(StandingRefresh, IsGoodAgainAndAgainAndIsNotExchanged) {
  for (int i = 0; i < 3; ++i) {
    world.clock.advance(days(1));
    const auto answer = refresh(tokens.refresh.reveal());
    ASSERT_TRUE(answer.ok()) << i;
    EXPECT_EQ(text(answer->refresh), text(tokens.refresh));
    EXPECT_EQ(answer->refresh_expires_at, tokens.refresh_expires_at);
    EXPECT_EQ(answer->session, tokens.session);
    EXPECT_EQ(claims(answer->access).text("refresh_jti"), tokens.session.text());
    EXPECT_EQ(check(answer->access), "ok");
  }
  EXPECT_EQ(check(tokens.access), "ok") << "earlier ones go on";
}

TEST_F(StandingRefresh, EndsFifteenDaysAfterTheSignIn) {
  world.clock.advance(days(15) - seconds(1));
  const auto last = refresh(tokens.refresh.reveal());
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(last->access_expires_at, tokens.issued_at + days(22) - seconds(1));
  EXPECT_LE(last->access_expires_at, tokens.issued_at + days(22)) << "the session's end";
  world.clock.advance(seconds(1));
  EXPECT_EQ(word(refresh(tokens.refresh.reveal())), "token_expired");
  world.clock.advance(days(6));
  EXPECT_EQ(check(last->access), "ok") << "what it gave out lives as long as it says";
  world.clock.advance(days(1));
  EXPECT_EQ(check(last->access), "token_expired");
}

TEST_F(StandingRefresh, NeverShortensASession) {
  ASSERT_TRUE(refresh(tokens.refresh.reveal()).ok());
  EXPECT_EQ(sql("select idle_expires_at - created_at from postern.session"), "15 days");
  world.clock.advance(days(10));
  ASSERT_TRUE(refresh(tokens.refresh.reveal()).ok());
  EXPECT_EQ(sql("select idle_expires_at - created_at from postern.session"), "17 days");
}

TEST_F(StandingRefresh, R6EndsWithItsSession) {
  const auto later = refresh(tokens.refresh.reveal());
  ASSERT_TRUE(later.ok());
  ASSERT_TRUE(end_session(world.services, ann.id, tokens.session, AuditEvent::LoggedOut, ann.id,
                          world.origin)
                  .ok());
  EXPECT_EQ(word(refresh(tokens.refresh.reveal())), "token_revoked");
  EXPECT_EQ(check(tokens.access), "token_revoked");
  EXPECT_EQ(check(later->access), "token_revoked");
}

TEST_F(StandingRefresh, R6EndsWithItsAccount) {
  AccountChange change;
  change.is_active = false;
  ASSERT_TRUE(update_account(world.services, ann.id, change, {}, world.origin).ok());
  EXPECT_EQ(word(refresh(tokens.refresh.reveal())), "account_inactive");
  change.is_active = true;
  ASSERT_TRUE(update_account(world.services, ann.id, change, {}, world.origin).ok());
  EXPECT_EQ(word(refresh(tokens.refresh.reveal())), "token_revoked") << "it does not come back";
  ASSERT_TRUE(delete_account(world.services, ann.id, {}, world.origin).ok());
  EXPECT_EQ(word(refresh(tokens.refresh.reveal())), "account_gone");
}

TEST_F(StandingRefresh, ASessionThatMayNotActRefreshesNothing) {
  sql("update postern.account set is_approved = false");
  EXPECT_EQ(word(refresh(tokens.refresh.reveal())), "account_inactive");
}

TEST_F(StandingRefresh, R10NothingElseIsTakenForOne) {
  const auto native = world.login("ann");
  const auto bot = issue_bot_token(world.services, ann.id, {}, {}, world.origin);
  EXPECT_EQ(word(refresh(tokens.access.reveal())), "token_wrong_kind");
  EXPECT_EQ(word(refresh(native.access.reveal())), "token_wrong_kind");
  EXPECT_EQ(word(refresh(bot->text.reveal())), "token_wrong_kind");
  EXPECT_EQ(word(refresh(native.refresh.reveal())), "token_invalid");
  EXPECT_EQ(word(refresh("")), "token_invalid");
  EXPECT_EQ(word(refresh("a.b.c")), "token_invalid");
  EXPECT_EQ(word(refresh(tokens.refresh.reveal(), SessionKind::Native)), "token_wrong_kind")
      << "of another door";
}

TEST_F(StandingRefresh, R10IsTakenForNothingElse) {
  const auto token = tokens.refresh.reveal();
  EXPECT_EQ(check(tokens.refresh), "token_wrong_kind");
  EXPECT_EQ(authenticate_bearer(world.services, token).error().code, Errc::TokenWrongKind);
  EXPECT_EQ(authenticate_key(world.services, token).error().code, Errc::KeyInvalid);
  for (const auto kind : {SessionKind::Native, SessionKind::Dispatcharr, SessionKind::OpenSkip,
                          SessionKind::Scriptix, kKitsu}) {
    EXPECT_FALSE(refresh_session(world.services, kind, token, world.origin).ok());
  }
}

/// Rotating tokens of a session of this kind were never given out; somebody with the ring's keys
/// alone could make one.
TEST_F(StandingRefresh, R10ARotatingTokenOfSuchASessionIsNone) {
  sql("update postern.session set kind = 1");
  const auto native = world.login("ann").refresh;
  sql("update postern.session set kind = 5");
  EXPECT_EQ(refresh_session(world.services, kKitsu, native.reveal(), world.origin).error().code,
            Errc::TokenWrongKind);
  EXPECT_EQ(sql("select count(*) from postern.session"), "2") << "and nothing is killed for it";
}

TEST_F(StandingRefresh, ClaimsThatWeCouldNotHaveWrittenAreRefused) {
  EXPECT_EQ(word(refresh(bent(R"("token_type":"refresh")", R"("token_type":"Refresh")"))),
            "token_wrong_kind");
  EXPECT_EQ(word(refresh(bent(tokens.session.text(), "x"))), "token_invalid");
  EXPECT_EQ(word(refresh(bent(ann.id.text(), "x"))), "token_invalid");
  EXPECT_EQ(word(refresh(bent(R"("exp":)", R"("end":)"))), "token_invalid");
  EXPECT_EQ(word(refresh(bent(R"("iss":")", R"("iss":"x)"))), "token_invalid");
  EXPECT_EQ(word(refresh(bent(R"("aud":")", R"("aud":"x)"))), "token_invalid");
  const auto bob = world.account("bob");
  EXPECT_EQ(word(refresh(bent(ann.id.text(), bob.id.text()))), "token_revoked")
      << "another's session";
}

TEST_F(StandingRefresh, AChangedPasswordEndsOtherSessionsAndTheirTokens) {
  const auto other = world.login("ann", kKitsu);
  ASSERT_TRUE(end_sessions(world.services, ann.id, tokens.session, ann.id, world.origin).ok());
  EXPECT_EQ(word(refresh(tokens.refresh.reveal())), "ok");
  EXPECT_EQ(word(refresh(other.refresh.reveal())), "token_revoked");
}

TEST_F(StandingRefresh, ReissuedTokensAreOfTheSameSession) {
  world.clock.advance(days(2));
  const auto again = reissue_tokens(world.services, ann.id, tokens.session);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->session, tokens.session);
  EXPECT_EQ(check(again->access), "ok");
  EXPECT_EQ(again->refresh_expires_at, tokens.refresh_expires_at) << "no longer than at first";
  EXPECT_EQ(word(refresh(again->refresh.reveal())), "ok");
  EXPECT_EQ(check(tokens.access), "ok");
}

TEST_F(StandingRefresh, WhatIsNotAliveIsNotReissued) {
  const auto bob = world.account("bob");
  const auto of = [&](AccountId account) {
    return word(reissue_tokens(world.services, account, tokens.session));
  };
  EXPECT_EQ(of(bob.id), "not_found") << "another's";
  world.clock.advance(days(15));
  EXPECT_EQ(of(ann.id), "not_found") << "past its end";
  const auto fresh = world.login("ann", kKitsu);
  ASSERT_TRUE(end_session(world.services, ann.id, fresh.session, AuditEvent::LoggedOut, ann.id,
                          world.origin)
                  .ok());
  EXPECT_EQ(word(reissue_tokens(world.services, ann.id, fresh.session)), "not_found");
}

TEST_F(StandingRefresh, R5IsStoredNowhere) {
  const auto signature = text(tokens.refresh).substr(text(tokens.refresh).rfind('.') + 1);
  EXPECT_EQ(sql("select count(*) from postern.session s where s::text like '%" + signature + "%'"),
            "0");
}

TEST_F(StandingRefresh, ASecondFactorThatHasToBeSetUpIsSaidInTheTokensAndByThePrincipal) {
  const auto lacks = [&](const Tokens& of) {
    return authenticate_access_token(world.services, of.access.reveal())->lacks_second_factor;
  };
  EXPECT_FALSE(lacks(tokens));
  world.settings.mfa.required_at_kitsu = true;
  EXPECT_TRUE(lacks(tokens)) << "from now on, whenever it was signed in";
  const auto marked = refresh(tokens.refresh.reveal());
  EXPECT_EQ(claims(marked->access).boolean("requires_2fa_setup"), true);
  EXPECT_FALSE(lacks(world.login("ann"))) << "another door";

  sql("update postern.account set email_otp_enabled = true");
  EXPECT_FALSE(lacks(*marked)) << "the row decides, not the token";
  const auto again = reissue_tokens(world.services, ann.id, tokens.session);
  EXPECT_FALSE(claims(again->access).has("requires_2fa_setup"));
}

}  // namespace
}  // namespace postern::domain
