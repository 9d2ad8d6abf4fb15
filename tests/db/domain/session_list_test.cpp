#include <gtest/gtest.h>

#include <set>

#include "domain/session.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

class SessionList : public testing::Test {
 protected:
  SessionList() : account(world.account()) {}

  Tokens login(const std::string& name = "alice") {
    world.clock.advance(seconds(1));
    return world.login(name);
  }
  std::vector<Session> listed() { return list_sessions(world.services, account.id, {})->items; }
  Outcome end(AccountId owner, SessionId session) {
    return end_session(world.services, owner, session, AuditEvent::SessionRevoked, account.id,
                       world.origin);
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  Account account;
};

TEST_F(SessionList, ShowsLiveOnesNewestFirst) {
  world.account("bob");
  const auto first = login();
  const auto other = login("bob");
  world.origin.user_agent = "second";
  const auto second = login();
  const auto sessions = listed();
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(sessions[0].id, second.session);
  EXPECT_EQ(sessions[0].user_agent, "second");
  EXPECT_EQ(sessions[0].address, "192.0.2.1");
  EXPECT_EQ(sessions[0].account, account.id);
  EXPECT_EQ(sessions[0].kind, SessionKind::Native);
  EXPECT_EQ(sessions[0].created_at, world.clock.now());
  EXPECT_EQ(sessions[0].expires_at, second.refresh_expires_at);
  EXPECT_EQ(sessions[1].id, first.session);
  EXPECT_NE(sessions[1].id, other.session);
}

TEST_F(SessionList, LastUseIsTheLastRotation) {
  const auto tokens = login();
  world.clock.advance(minutes(5));
  ASSERT_TRUE(
      refresh_session(world.services, SessionKind::Native, tokens.refresh.reveal(), world.origin)
          .ok());
  EXPECT_EQ(listed().at(0).last_used_at, world.clock.now());
  EXPECT_EQ(listed().at(0).created_at, world.clock.now() - minutes(5));
}

TEST_F(SessionList, EndedOnesAreNotShownWhetherSweptOrNot) {
  login();
  world.clock.advance(days(14));
  EXPECT_TRUE(listed().empty());
  EXPECT_EQ(sql("select count(*) from postern.session"), "1");
}

TEST_F(SessionList, CVE20236563PagesHoldAllAndNoneTwice) {
  std::set<SessionId> made;
  for (int i = 0; i < 25; ++i) made.insert(login().session);
  std::set<SessionId> seen;
  PageRequest request{.limit = 10, .after = {}};
  std::vector<std::size_t> sizes;
  do {
    const auto page = list_sessions(world.services, account.id, request).value();
    for (const auto& session : page.items) EXPECT_TRUE(seen.insert(session.id).second);
    sizes.push_back(page.items.size());
    request.after = page.next_cursor;
  } while (request.after);
  EXPECT_EQ(seen, made);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 10, 5}));
}

TEST_F(SessionList, CVE202633504ForeignCursorsAndLimitsAreRefused) {
  for (const std::string cursor : {"", "x", "' or 1=1 --", "AAAA"}) {
    const auto page = list_sessions(world.services, account.id, {.limit = 5, .after = cursor});
    ASSERT_FALSE(page.ok()) << cursor;
    EXPECT_EQ(page.error().code, Errc::InvalidInput);
  }
  for (const std::uint32_t limit : {0U, 101U}) {
    EXPECT_FALSE(list_sessions(world.services, account.id, {.limit = limit, .after = {}}).ok());
  }
}

TEST_F(SessionList, R6EndingOneEndsItsTokensAtOnceAndNoOthers) {
  const auto kept = login();
  const auto ended = login();
  ASSERT_TRUE(end(account.id, ended.session).ok());
  EXPECT_EQ(authenticate_access_token(world.services, ended.access.reveal()).error().code,
            Errc::TokenRevoked);
  EXPECT_FALSE(
      refresh_session(world.services, SessionKind::Native, ended.refresh.reveal(), world.origin)
          .ok());
  EXPECT_TRUE(authenticate_access_token(world.services, kept.access.reveal()).ok());
  EXPECT_EQ(sql("select event || ' ' || subject from postern.audit where event ~ 'revoked'"),
            "session_revoked " + ended.session.text());
}

TEST_F(SessionList, WhatIsNotHisOrNotAliveIsNotFound) {
  const auto bob = world.account("bob");
  const auto tokens = login();
  EXPECT_EQ(end(bob.id, tokens.session).error().code, Errc::NotFound);
  EXPECT_TRUE(authenticate_access_token(world.services, tokens.access.reveal()).ok());
  ASSERT_TRUE(end(account.id, tokens.session).ok());
  EXPECT_EQ(end(account.id, tokens.session).error().code, Errc::NotFound);
  const auto old = login();
  world.clock.advance(days(14));
  EXPECT_EQ(end(account.id, old.session).error().code, Errc::NotFound);
}

TEST_F(SessionList, R6EndingAllButOneKeepsThatOne) {
  const auto bob = world.account("bob");
  const auto bobs = login("bob");
  const auto kept = login();
  login();
  login();
  EXPECT_EQ(*end_sessions(world.services, account.id, kept.session, {}, world.origin), 2);
  ASSERT_EQ(listed().size(), 1U);
  EXPECT_EQ(listed()[0].id, kept.session);
  EXPECT_EQ(*end_sessions(world.services, account.id, {}, {}, world.origin), 1);
  EXPECT_EQ(*end_sessions(world.services, account.id, {}, {}, world.origin), 0);
  EXPECT_TRUE(authenticate_access_token(world.services, bobs.access.reveal()).ok());
  EXPECT_EQ(sql("select string_agg(detail, ',' order by detail desc) from postern.audit"
                " where event = 'session_revoked'"),
            "all: 1,all others: 2");
}

}  // namespace
}  // namespace postern::domain
