#include <gtest/gtest.h>

#include <functional>

#include "domain/session.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

/// Every operation on credentials, with the database failing at the first point it is asked at,
/// the second, and so on, until one run meets no fault: at each, the visitor hears of an outage,
/// what is stored is whole, and the next try works.
class CredentialFaults : public testing::Test {
 protected:
  CredentialFaults() : account(world.account()) { world.settings.login_limit.per_account = 1000; }

  struct Trial {
    std::function<void()> prepare;
    std::function<bool()> operation;                       ///< whether it was answered as done
    std::function<void(const std::string& where)> verify;  ///< after each fault
  };

  /// How many points failed.
  int fail_at_every_point(const Trial& trial) {
    for (int n = 1;; ++n) {
      trial.prepare();
      int seen = 0;
      std::string where;
      world.database.set_fault_hook_for_test([&](std::string_view point) {
        if (++seen != n) return;
        where = point;
        throw DatabaseUnavailable("fault");
      });
      bool outage = false;
      bool succeeded = false;
      try {
        succeeded = trial.operation();
      } catch (const DatabaseUnavailable&) {
        outage = true;
      }
      world.database.set_fault_hook_for_test({});
      if (where.empty()) {
        EXPECT_TRUE(succeeded);
        return n - 1;
      }
      EXPECT_TRUE(outage) << where << ": an answer as if nothing had happened";
      trial.verify(where);
    }
  }

  Result<Tokens> refresh(const Secret& token) {
    return refresh_session(world.services, SessionKind::Native, token.reveal(), world.origin);
  }
  bool works(const Secret& credential) {
    return authenticate_bearer(world.services, credential.reveal()).ok();
  }
  IssuedKey generate() {
    return generate_personal_key(world.services, account.id, {}, world.origin).value();
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  int count(const std::string& what) { return std::stoi(sql("select count(*) from " + what)); }
  int audited(const std::string& event) {
    return count("postern.audit where event = '" + event + "'");
  }

  DomainWorld world;
  Account account;
};

TEST_F(CredentialFaults, B3RefreshNeverHasTwoGenerationsAndGoesOn) {
  auto tokens = world.login();
  int generation = 0;
  const auto step = [&](const std::string& where) {
    const auto next = refresh(tokens.refresh);
    ASSERT_TRUE(next.ok()) << where;
    tokens = *next;
    EXPECT_EQ(sql("select string_agg(counter::text, ',') from postern.session"),
              std::to_string(++generation))
        << where;
  };
  const int points = fail_at_every_point({.prepare = [] {},
                                          .operation = [&] { return refresh(tokens.refresh).ok(); },
                                          .verify = step});
  EXPECT_EQ(points, 1);
}

TEST_F(CredentialFaults, B3ARetriedRefreshKeepsItsAnswer) {
  const auto tokens = world.login();
  const auto successor = refresh(tokens.refresh).value();
  const int points = fail_at_every_point(
      {.prepare = [] {},
       .operation = [&] { return refresh(tokens.refresh).ok(); },
       .verify =
           [&](const std::string& where) {
             EXPECT_EQ(refresh(tokens.refresh)->refresh.reveal(), successor.refresh.reveal())
                 << where;
           }});
  EXPECT_EQ(points, 2);
}

TEST_F(CredentialFaults, B3AFaultDoesNotSaveAReusedToken) {
  Tokens stolen, current;
  const auto reuse = [&] {
    const auto answer = refresh(stolen.refresh);
    return !answer.ok() && answer.error().code == Errc::RefreshReused;
  };
  const int points =
      fail_at_every_point({.prepare =
                               [&] {
                                 sql("delete from postern.session");
                                 sql("delete from postern.audit");
                                 stolen = world.login();
                                 current = refresh(refresh(stolen.refresh)->refresh).value();
                               },
                           .operation = reuse,
                           .verify =
                               [&](const std::string& where) {
                                 EXPECT_EQ(count("postern.session") + audited("refresh_reused"), 1)
                                     << where << ": ended and written down, or neither";
                                 EXPECT_FALSE(refresh(stolen.refresh).ok()) << where;
                                 EXPECT_FALSE(works(current.access)) << where;
                                 EXPECT_EQ(audited("refresh_reused"), 1) << where;
                               }});
  EXPECT_GE(points, 6);
}

TEST_F(CredentialFaults, B3SignInLeavesASessionOrNothing) {
  const auto login = [&] {
    return sign_in(world.services, {"alice", Secret(DomainWorld::kPassword)}, world.origin);
  };
  const int points =
      fail_at_every_point({.prepare = [] {},
                           .operation = [&] { return login().ok(); },
                           .verify =
                               [&](const std::string& where) {
                                 EXPECT_EQ(count("postern.session"), audited("login_succeeded"))
                                     << where;
                                 const int before = count("postern.session");
                                 const auto tokens = login();
                                 ASSERT_TRUE(tokens.ok()) << where;
                                 EXPECT_TRUE(works(tokens->access)) << where;
                                 EXPECT_EQ(count("postern.session"), before + 1) << where;
                               }});
  EXPECT_GE(points, 8);
  EXPECT_EQ(audited("login_failed"), 0);
}

TEST_F(CredentialFaults, B3AFaultDuringAWrongPasswordLetsNobodyIn) {
  const auto wrong = [&] {
    return !sign_in(world.services, {"alice", Secret("wrong password, this")}, world.origin).ok();
  };
  const int points = fail_at_every_point(
      {.prepare = [] {},
       .operation = wrong,
       .verify =
           [&](const std::string& where) { EXPECT_EQ(count("postern.session"), 0) << where; }});
  EXPECT_GE(points, 3);
}

TEST_F(CredentialFaults, B3R4GeneratingLeavesTheOldKeyOrTheNewOne) {
  IssuedKey old;
  const int points = fail_at_every_point(
      {.prepare = [&] { old = generate(); },
       .operation =
           [&] { return generate_personal_key(world.services, account.id, {}, world.origin).ok(); },
       .verify =
           [&](const std::string& where) {
             EXPECT_EQ(count("postern.api_key where kind = 2 and revoked_at is null"), 1) << where;
             EXPECT_EQ(works(old.text), where != "after_commit") << where;
             EXPECT_EQ(count("postern.api_key"), audited("key_issued")) << where;
             EXPECT_TRUE(works(generate().text)) << where;
             EXPECT_FALSE(works(old.text)) << where;
           }});
  EXPECT_GE(points, 8);
}

TEST_F(CredentialFaults, CVE202015223AFailedLogoutIsNotReportedAsDone) {
  Tokens tokens;
  const auto end = [&] {
    return end_session(world.services, account.id, tokens.session, AuditEvent::LoggedOut, {},
                       world.origin);
  };
  const int points = fail_at_every_point({.prepare = [&] { tokens = world.login(); },
                                          .operation = [&] { return end().ok(); },
                                          .verify =
                                              [&](const std::string& where) {
                                                const bool alive = count("postern.session") == 1;
                                                EXPECT_EQ(alive, where != "after_commit") << where;
                                                EXPECT_EQ(works(tokens.access), alive) << where;
                                                EXPECT_EQ(end().ok(), alive) << where;
                                                EXPECT_FALSE(works(tokens.access)) << where;
                                              }});
  EXPECT_GE(points, 6);
  EXPECT_EQ(audited("logged_out"), points + 1);
}

TEST_F(CredentialFaults, CVE202015223AFailedRevocationOfAKeyIsNotReportedAsDone) {
  IssuedKey issued;
  int number = 0;
  const auto revoke = [&] {
    return revoke_account_key(world.services, account.id, issued.key.id, {}, world.origin);
  };
  const int points = fail_at_every_point(
      {.prepare =
           [&] {
             const NewKey wanted{std::to_string(++number), {}, {}};
             issued = issue_key(world.services, account.id, wanted, {}, world.origin).value();
           },
       .operation = [&] { return revoke().ok(); },
       .verify =
           [&](const std::string& where) {
             EXPECT_EQ(works(issued.text), where != "after_commit") << where;
             EXPECT_EQ(revoke().ok(), where != "after_commit") << where;
             EXPECT_FALSE(works(issued.text)) << where;
           }});
  EXPECT_GE(points, 6);
}

TEST_F(CredentialFaults, B3RotatingAKeyLeavesOneOfTheTwo) {
  IssuedKey old;
  int number = 0;
  const int points = fail_at_every_point(
      {.prepare =
           [&] {
             const NewKey wanted{std::to_string(++number), {}, {}};
             old = issue_key(world.services, account.id, wanted, {}, world.origin).value();
           },
       .operation =
           [&] {
             return rotate_key(world.services, account.id, old.key.id, seconds(0), world.origin)
                 .ok();
           },
       .verify =
           [&](const std::string& where) {
             EXPECT_EQ(works(old.text), where != "after_commit") << where;
             EXPECT_EQ(count("postern.api_key where revoked_at is null and name = '" +
                             std::to_string(number) + "'"),
                       1)
                 << where;
           }});
  EXPECT_GE(points, 8);
}

}  // namespace
}  // namespace postern::domain
