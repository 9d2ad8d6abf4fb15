#include <gtest/gtest.h>

#include "domain/refresh_token.hpp"
#include "domain/session.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

class RefreshRotation : public testing::Test {
 protected:
  RefreshRotation() : account(world.account()) {}

  Result<Tokens> refresh(const Secret& token, SessionKind kind = SessionKind::Native) {
    return refresh_session(world.services, kind, token.reveal(), world.origin);
  }
  Errc refusal(const Secret& token, SessionKind kind = SessionKind::Native) {
    const auto result = refresh(token, kind);
    EXPECT_FALSE(result.ok());
    return result.ok() ? Errc::Taken : result.error().code;
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  std::string sessions() { return sql("select count(*) from postern.session"); }
  std::string counter() { return sql("select counter from postern.session"); }
  void leeway(std::optional<seconds> value) { world.settings.sessions[0].refresh_leeway = value; }

  DomainWorld world;
  Account account;
};

TEST_F(RefreshRotation, R1TheCurrentTokenAdvancesTheCounterAndAddsNoRow) {
  auto tokens = world.login();
  for (int i = 1; i <= 5; ++i) {
    world.clock.advance(minutes(1));
    const auto next = refresh(tokens.refresh);
    ASSERT_TRUE(next.ok());
    EXPECT_NE(next->refresh.reveal(), tokens.refresh.reveal());
    EXPECT_NE(next->access.reveal(), tokens.access.reveal());
    EXPECT_EQ(next->session, tokens.session);
    EXPECT_EQ(next->account.id, account.id);
    EXPECT_EQ(counter(), std::to_string(i));
    EXPECT_EQ(sessions(), "1");
    EXPECT_TRUE(authenticate_access_token(world.services, next->access.reveal()).ok());
    tokens = *next;
  }
  EXPECT_EQ(sql("select count(*) from postern.audit where subject <> '' and event ~ 'refresh'"),
            "0");
}

TEST_F(RefreshRotation, UsualCaseIsOneStatement) {
  const auto tokens = world.login();
  std::vector<std::string> points;
  world.database.set_fault_hook_for_test(
      [&](std::string_view point) { points.emplace_back(point); });
  ASSERT_TRUE(refresh(tokens.refresh).ok());
  EXPECT_EQ(points, std::vector<std::string>{"rotate_session"});
}

TEST_F(RefreshRotation, R2ThePredecessorInsideTheLeewayAnswersTheSameSuccessor) {
  const auto tokens = world.login();
  const auto first = refresh(tokens.refresh);
  ASSERT_TRUE(first.ok());
  const auto row = sql("select s::text from postern.session s");
  for (int i = 0; i < 3; ++i) {
    world.clock.advance(seconds(3));
    const auto again = refresh(tokens.refresh);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->refresh.reveal(), first->refresh.reveal());
    EXPECT_EQ(again->refresh_expires_at, first->refresh_expires_at);
    EXPECT_TRUE(authenticate_access_token(world.services, again->access.reveal()).ok());
  }
  EXPECT_EQ(sql("select s::text from postern.session s"), row) << "rotated_at must not move";
  EXPECT_TRUE(refresh(first->refresh).ok());
}

TEST_F(RefreshRotation, R2TheLeewayEndsAtItsSecond) {
  const auto tokens = world.login();
  world.clock.advance(hours(1));  // it counts from the rotation, not from the login
  const auto first = refresh(tokens.refresh);
  world.clock.advance(seconds(10) - std::chrono::microseconds(1));
  EXPECT_TRUE(refresh(tokens.refresh).ok());
  world.clock.advance(std::chrono::microseconds(1));
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshReused);
  EXPECT_EQ(sessions(), "0");
  EXPECT_EQ(refusal(first->refresh), Errc::RefreshInvalid);
}

TEST_F(RefreshRotation, R2WithoutAnEndTheLeewayLastsUntilTheSuccessorIsUsed) {
  const auto tokens = world.login("alice", SessionKind::Dispatcharr);
  const auto kind = SessionKind::Dispatcharr;
  const auto first = refresh(tokens.refresh, kind);
  ASSERT_TRUE(first.ok());
  for (int i = 0; i < 20; ++i) {
    world.clock.advance(minutes(60));
    const auto again = refresh(tokens.refresh, kind);
    ASSERT_TRUE(again.ok()) << "hour " << i;
    EXPECT_EQ(again->refresh.reveal(), first->refresh.reveal());
    EXPECT_EQ(verify_access_token(world.services, again->access.reveal())->user_id,
              std::to_string(account.number));
  }
  ASSERT_TRUE(refresh(first->refresh, kind).ok());
  EXPECT_EQ(refusal(tokens.refresh, kind), Errc::RefreshReused);
  EXPECT_EQ(sessions(), "0");
}

TEST_F(RefreshRotation, R2LeewayOfZeroTakesEachTokenOnce) {
  leeway(seconds(0));
  const auto tokens = world.login();
  ASSERT_TRUE(refresh(tokens.refresh).ok());
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshReused);
  EXPECT_EQ(sessions(), "0");
}

TEST_F(RefreshRotation, R3GrandparentKillsTheSession) {
  const auto tokens = world.login();
  const auto child = refresh(tokens.refresh);
  const auto grandchild = refresh(child->refresh);
  ASSERT_TRUE(grandchild.ok());
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshReused) << "inside the leeway all the same";
  EXPECT_EQ(sessions(), "0");
  for (const auto* token : {&tokens.refresh, &child->refresh, &grandchild->refresh}) {
    EXPECT_EQ(refusal(*token), Errc::RefreshInvalid);
  }
  EXPECT_EQ(authenticate_access_token(world.services, grandchild->access.reveal()).error().code,
            Errc::TokenRevoked);
}

TEST_F(RefreshRotation, R3IsCommittedAlthoughTheAnswerIsARefusal) {
  leeway(std::nullopt);
  const auto tokens = world.login();
  const auto child = refresh(tokens.refresh);
  ASSERT_TRUE(refresh(child->refresh).ok());
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshReused);
  test::AnotherWorker other(world);  // another connection sees it
  EXPECT_EQ(list_sessions(other.services, account.id, {})->items.size(), 0U);
  EXPECT_EQ(sql("select string_agg(event || ' ' || subject || ' ' || account_id, ',')"
                " from postern.audit where event = 'refresh_reused'"),
            "refresh_reused " + tokens.session.text() + " " + account.id.text());
}

TEST_F(RefreshRotation, R3LeavesOtherSessionsAlone) {
  const auto other = world.login();
  const auto tokens = world.login();
  const auto child = refresh(tokens.refresh);
  ASSERT_TRUE(refresh(child->refresh).ok());
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshReused);
  EXPECT_EQ(sessions(), "1");
  EXPECT_TRUE(refresh(other.refresh).ok());
}

TEST_F(RefreshRotation, R3ATokenAheadOfARestoredBackupIsInvalidAndKillsNothing) {
  const auto tokens = world.login();
  const auto child = refresh(tokens.refresh);
  const auto grandchild = refresh(child->refresh);
  sql("update postern.session set counter = 0");
  EXPECT_EQ(refusal(grandchild->refresh), Errc::RefreshInvalid);
  EXPECT_EQ(refusal(child->refresh), Errc::RefreshInvalid);
  EXPECT_EQ(sessions(), "1");
  EXPECT_TRUE(refresh(tokens.refresh).ok());
}

TEST_F(RefreshRotation, R10OtherDoorsRefuseAndTouchNothing) {
  const auto native = world.login();
  const auto dispatcharr = world.login("alice", SessionKind::Dispatcharr);
  const auto before = sql("select string_agg(s::text, ',' order by id) from postern.session s");
  EXPECT_EQ(refusal(native.refresh, SessionKind::Dispatcharr), Errc::TokenWrongKind);
  EXPECT_EQ(refusal(dispatcharr.refresh, SessionKind::Native), Errc::TokenWrongKind);
  EXPECT_EQ(refusal(native.access), Errc::TokenWrongKind);
  EXPECT_EQ(sql("select string_agg(s::text, ',' order by id) from postern.session s"), before);
}

TEST_F(RefreshRotation, IdleEndMovesWithEachRotation) {
  auto tokens = world.login();
  for (int i = 0; i < 6; ++i) {
    world.clock.advance(days(13));
    const auto next = refresh(tokens.refresh);
    ASSERT_TRUE(next.ok()) << i;
    tokens = *next;
  }
  EXPECT_EQ(tokens.refresh_expires_at, from_unix_seconds(1'800'000'000) + days(90))
      << "never past the absolute end";
}

TEST_F(RefreshRotation, IdleSessionsEnd) {
  const auto tokens = world.login();
  world.clock.advance(days(14) - std::chrono::microseconds(1));
  ASSERT_TRUE(refresh(tokens.refresh).ok());
  const auto other = world.login();
  world.clock.advance(days(14));
  EXPECT_EQ(refusal(other.refresh), Errc::RefreshExpired);
}

TEST_F(RefreshRotation, AllSessionsEndAtTheAbsoluteEnd) {
  world.settings.sessions[0].absolute_lifetime = hours(1);
  auto tokens = world.login();
  world.clock.advance(minutes(59));
  tokens = refresh(tokens.refresh).value();
  EXPECT_EQ(tokens.access_expires_at, world.clock.now() + minutes(1));
  EXPECT_EQ(tokens.refresh_expires_at, world.clock.now() + minutes(1));
  world.clock.advance(minutes(1) - std::chrono::microseconds(1));
  EXPECT_TRUE(authenticate_access_token(world.services, tokens.access.reveal()).ok());
  world.clock.advance(std::chrono::microseconds(1));
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshExpired);
  EXPECT_EQ(authenticate_access_token(world.services, tokens.access.reveal()).error().code,
            Errc::TokenExpired);
}

TEST_F(RefreshRotation, CVE202564708ExpiryIsJudgedAtUseNotByACleaner) {
  const auto tokens = world.login();
  world.clock.advance(days(91));
  EXPECT_EQ(sessions(), "1");
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshExpired);
}

TEST_F(RefreshRotation, CVE202322492EveryPathChecksTheAccount) {
  const auto current = world.login();
  const auto spent = world.login();
  ASSERT_TRUE(refresh(spent.refresh).ok());
  for (const std::string column : {"is_active", "is_approved"}) {
    sql("update postern.account set " + column + " = false");
    EXPECT_EQ(refusal(current.refresh), Errc::AccountInactive) << column;
    EXPECT_EQ(refusal(spent.refresh), Errc::AccountInactive) << column << ", predecessor";
    sql("update postern.account set " + column + " = true");
  }
  EXPECT_TRUE(refresh(current.refresh).ok());
  EXPECT_TRUE(refresh(spent.refresh).ok());
}

TEST_F(RefreshRotation, CVE202655670ADeletedAccountsTokensStayDeadWhenItsNameIsTakenAgain) {
  const auto tokens = world.login();
  ASSERT_TRUE(delete_account(world.services, account.id, {}, world.origin).ok());
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshInvalid);
  EXPECT_NE(world.account().id, account.id);
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshInvalid);
  EXPECT_EQ(authenticate_access_token(world.services, tokens.access.reveal()).error().code,
            Errc::TokenRevoked);
}

TEST_F(RefreshRotation, CVE2026126280NoRowUpdatedIsNoToken) {
  const auto tokens = world.login();
  sql("delete from postern.session");
  EXPECT_EQ(refusal(tokens.refresh), Errc::RefreshInvalid);
}

TEST_F(RefreshRotation, CVE202445160EmptyAndBlankTokensAreRefused) {
  for (const std::string text : {"", " ", "null", "prt_", "undefined"}) {
    EXPECT_EQ(refusal(Secret(text)), Errc::RefreshInvalid) << text;
  }
}

TEST_F(RefreshRotation, ASessionThatChangedUnderOurFeetIsAnOutageNotALogout) {
  const auto tokens = world.login();
  sql("update postern.account set is_active = false");
  world.database.set_fault_hook_for_test([&](std::string_view point) {
    if (point == "look_at_session") sql("update postern.account set is_active = true");
  });
  EXPECT_THROW(static_cast<void>(refresh(tokens.refresh)), DatabaseUnavailable);
  EXPECT_TRUE(refresh(tokens.refresh).ok());
}

}  // namespace
}  // namespace postern::domain
