#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "domain/mail.hpp"
#include "domain/mail_content.hpp"
#include "domain/password_change.hpp"
#include "domain/session.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/authenticator.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

const Secret kRight(DomainWorld::kPassword);
const Secret kWrong("wrong password, this");

class FactorSignIn : public testing::Test {
 protected:
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  std::string sessions() { return sql("select count(*) from postern.session"); }

  Result<Tokens> attempt(const Secret& password, const SecondFactor& factor,
                         SessionKind kind = SessionKind::Native) {
    return sign_in(world.services, {"alice", password, kind, true, factor}, world.origin);
  }
  std::string log_in(const Secret& password, const SecondFactor& factor,
                     SessionKind kind = SessionKind::Native) {
    const auto tokens = attempt(password, factor, kind);
    return tokens ? "ok" : name_of(tokens.error().code);
  }
  SecondFactor right() { return {enrolled.app.code(world.clock.now()), {}}; }
  SecondFactor wrong() { return {enrolled.app.wrong_code(world.clock.now()), {}}; }
  /// For a code of its own: each step has one.
  void next_step() { world.clock.advance(seconds(30)); }
  void set(const std::string& what) {
    sql("update postern.account set " + what + " where username = 'alice'");
  }
  std::string last_failure() {
    return sql(
        "select detail from postern.audit where event = 'login_failed'"
        " order by ctid desc limit 1");
  }

  DomainWorld world;
  Account alice = world.account("alice");
  test::Enrolled enrolled = test::enrol(world, alice);
};

TEST_F(FactorSignIn, APasswordAloneDoesNotLogInAtAnyDoor) {
  for (const auto kind : {SessionKind::Native, SessionKind::Dispatcharr, SessionKind::OpenSkip,
                          SessionKind::Scriptix}) {
    EXPECT_EQ(log_in(kRight, {}, kind), "second_factor_required");
    EXPECT_EQ(last_failure(), "second factor missing");
    EXPECT_EQ(log_in(kRight, wrong(), kind), "second_factor_invalid");
    EXPECT_EQ(last_failure(), "wrong second factor");
  }
  EXPECT_EQ(sessions(), "1") << "the one it was set up in";
}

TEST_F(FactorSignIn, WithACodeItDoesAndOnceACode) {
  EXPECT_EQ(log_in(kRight, right()), "ok");
  EXPECT_EQ(log_in(kRight, right()), "second_factor_invalid");
  next_step();
  EXPECT_EQ(log_in(kRight, right()), "ok");
}

TEST_F(FactorSignIn, OfTwoProofsTheCodeIsLookedAt) {
  EXPECT_EQ(log_in(kRight, {wrong().totp, enrolled.recovery_codes[0]}), "second_factor_invalid");
  EXPECT_EQ(log_in(kRight, {right().totp, Secret("no such code")}), "ok");
  EXPECT_EQ(log_in(kRight, {{}, enrolled.recovery_codes[0]}), "ok") << "it was not used up";
}

TEST_F(FactorSignIn, AFactorIsIgnoredWhereNoneIsAskedFor) {
  world.account("bob");
  EXPECT_TRUE(
      sign_in(world.services, {"bob", kRight, SessionKind::Native, true, wrong()}, world.origin));
}

// Rule R8: before the right password, the factor tells nothing, and costs nothing.
TEST_F(FactorSignIn, R8WrongUnknownAndDisabledAreOneAnswerWhateverTheFactor) {
  world.settings.login_limit.per_account = 1000;
  const auto answer = [&](const std::string& login, const Secret& password,
                          const SecondFactor& factor) {
    const auto hashes = world.passwords.hashes_for_test();
    const auto refused =
        sign_in(world.services, {login, password, SessionKind::Native, true, factor}, world.origin);
    EXPECT_EQ(world.passwords.hashes_for_test(), hashes + 1);
    return refused ? "ok" : std::string(name_of(refused.error().code)) + refused.error().field;
  };
  for (const auto& factor : {SecondFactor{}, wrong(), right()}) {
    EXPECT_EQ(answer("alice", kWrong, factor), "invalid_credentials");
    EXPECT_EQ(answer("nobody", kRight, factor), "invalid_credentials");
  }
  set("is_active = false");
  for (const auto& factor : {SecondFactor{}, wrong(), right()}) {
    EXPECT_EQ(answer("alice", kRight, factor), "invalid_credentials");
  }
  set("is_active = true");
  EXPECT_EQ(log_in(kRight, right()), "ok") << "no refusal has spent the code";
}

TEST_F(FactorSignIn, PendingIsSaidBeforeTheFactor) {
  set("is_approved = false");
  EXPECT_EQ(log_in(kRight, {}), "approval_pending");
  EXPECT_EQ(log_in(kRight, right()), "approval_pending");
  set("is_approved = true");
  EXPECT_EQ(log_in(kRight, right()), "ok") << "and spends no code";
}

// ASVS 6.3.4
TEST_F(FactorSignIn, CVE20269798WrongFactorsRunOutLikeWrongPasswords) {
  world.settings.login_limit.per_account = 4;
  EXPECT_EQ(log_in(kRight, wrong()), "second_factor_invalid");
  EXPECT_EQ(log_in(kWrong, right()), "invalid_credentials");
  EXPECT_EQ(log_in(kRight, wrong()), "second_factor_invalid");
  EXPECT_EQ(log_in(kRight, {{}, Secret("AAAA-AAAA-AAAA")}), "second_factor_invalid");
  EXPECT_EQ(log_in(kRight, right()), "too_many_attempts");
}

TEST_F(FactorSignIn, CVE20269798TheRightPasswordAloneForgivesNothing) {
  world.settings.login_limit.per_account = 3;
  EXPECT_EQ(log_in(kRight, wrong()), "second_factor_invalid");
  EXPECT_EQ(log_in(kRight, wrong()), "second_factor_invalid");
  EXPECT_EQ(log_in(kRight, {}), "second_factor_required");
  EXPECT_TRUE(reauthenticate(world.services, alice.id, kRight, world.origin));
  set("is_approved = false");
  EXPECT_EQ(log_in(kRight, {}), "approval_pending");
  set("is_approved = true");
  EXPECT_EQ(log_in(kRight, wrong()), "second_factor_invalid");
  EXPECT_EQ(log_in(kRight, wrong()), "too_many_attempts");
}

TEST_F(FactorSignIn, BothTogetherForgiveAll) {
  world.settings.login_limit.per_account = 3;
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(log_in(kRight, wrong()), "second_factor_invalid");
    EXPECT_EQ(log_in(kWrong, {}), "invalid_credentials");
    EXPECT_EQ(log_in(kRight, right()), "ok");
    next_step();
  }
}

TEST_F(FactorSignIn, TwoStepsFitEvenIntoALimitOfOne) {
  world.settings.login_limit.per_account = 1;
  EXPECT_EQ(log_in(kRight, {}), "second_factor_required");
  EXPECT_EQ(log_in(kRight, right()), "ok");
}

TEST_F(FactorSignIn, CVE20244629SimultaneousWrongFactorsAreCheckedUpToTheLimit) {
  world.settings.login_limit.per_account = 5;
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < 10; ++i) workers.push_back(std::make_unique<test::AnotherWorker>(world));
  std::atomic<int> checked = 0;
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&, &services = worker->services] {
      for (int i = 0; i < 4; ++i) {
        try {
          const auto refused = sign_in(
              services, {"alice", kRight, SessionKind::Native, true, wrong()}, world.origin);
          if (refused.error().code == Errc::SecondFactorInvalid) ++checked;
        } catch (const DatabaseUnavailable&) {
          ++checked;  // it was counted, and waited too long for the row
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(checked, 5);
}

TEST_F(FactorSignIn, TwentySimultaneousSignInsWithACodeOpenOneSession) {
  world.settings.login_limit.per_account = 1000;
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < 20; ++i) workers.push_back(std::make_unique<test::AnotherWorker>(world));
  const SecondFactor code = right();
  std::atomic<int> in = 0;
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&, &services = worker->services] {
      const auto tokens = test::patiently([&] {
        return sign_in(services, {"alice", kRight, SessionKind::Native, true, code}, world.origin);
      });
      if (tokens) ++in;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(in, 1);
  EXPECT_EQ(sessions(), "2");
}

TEST_F(FactorSignIn, ACodeSurvivesAConflictThatTheTransactionIsRepeatedFor) {
  sql("create sequence public.tries; grant all on sequence public.tries to public;"
      "create function public.conflict_once() returns trigger language plpgsql as $$ begin"
      "  if nextval('public.tries') = 1 then"
      "    raise exception 'conflict' using errcode = '40001';"
      "  end if; return new; end $$;"
      "create trigger conflict before insert on postern.session for each row"
      "  execute function public.conflict_once()");
  EXPECT_EQ(log_in(kRight, right()), "ok");
  EXPECT_EQ(sql("select last_value from public.tries"), "2");
  EXPECT_EQ(log_in(kRight, right()), "second_factor_invalid");
}

TEST_F(FactorSignIn, ACodeSurvivesAPasswordHashThatChangedMeanwhile) {
  const auto fresh = *world.passwords.hash(kRight);
  int times = 0;
  world.database.set_fault_hook_for_test([&](std::string_view point) {
    if (point == "record_login" && ++times == 1) set("password_hash = '" + fresh + "'");
  });
  EXPECT_EQ(log_in(kRight, right()), "ok");
  EXPECT_EQ(times, 2);
}

TEST_F(FactorSignIn, AFactorThatCameMeanwhileIsAskedFor) {
  sql("update postern.account set totp_enabled = false");
  world.database.set_fault_hook_for_test([&](std::string_view point) {
    if (point == "record_login") sql("update postern.account set totp_enabled = true");
  });
  EXPECT_EQ(log_in(kRight, {}), "second_factor_required");
}

class NewNetwork : public FactorSignIn {
 protected:
  NewNetwork() { world.settings.mail.enabled = true; }

  void log_in_from(const std::string& name, const std::string& address) {
    ASSERT_TRUE(sign_in(world.services, {name, kRight}, {address, "an agent", "request"}));
  }
  std::string letters() { return sql("select count(*) from postern.mail"); }
};

TEST_F(NewNetwork, IsToldToTheOwnerButNotOnTheVeryFirstSignIn) {
  const auto bob = world.account("bob");
  log_in_from("bob", "192.0.2.20");
  EXPECT_EQ(letters(), "0") << "the very first";
  log_in_from("bob", "192.0.2.20");
  EXPECT_EQ(letters(), "0") << "his own by now";
  log_in_from("bob", "198.51.100.7");
  EXPECT_EQ(letters(), "1");
  log_in_from("bob", "198.51.100.7");
  EXPECT_EQ(letters(), "1");
  EXPECT_EQ(sql("select kind || account_id::text from postern.mail"),
            std::to_string(static_cast<int>(MailKind::NewSignIn)) + bob.id.text());
  const auto id = *MailId::parse(sql("select id from postern.mail"));
  const auto sealed = *hex_decode(sql("select encode(sealed, 'hex') from postern.mail"));
  const auto content = open_mail(world.ring, id, sealed);
  EXPECT_EQ(content->values.at("address"), "198.51.100.7");
  EXPECT_EQ(content->values.at("user_agent"), "an agent");
}

TEST_F(NewNetwork, IsOneAgainAfterItsTime) {
  world.account("bob");
  log_in_from("bob", "192.0.2.20");
  world.clock.advance(world.settings.login_limit.known_network - seconds(1));
  log_in_from("bob", "192.0.2.20");
  EXPECT_EQ(letters(), "0");
  world.clock.advance(world.settings.login_limit.known_network);
  log_in_from("bob", "192.0.2.20");
  EXPECT_EQ(letters(), "1");
}

TEST_F(NewNetwork, NobodyIsToldOfWhatIsNotKnownOrDidNotHappen) {
  world.account("bob");
  log_in_from("bob", "192.0.2.20");
  log_in_from("bob", "");
  EXPECT_FALSE(sign_in(world.services, {"alice", kRight}, {"198.51.100.7", "", ""}));
  EXPECT_FALSE(sign_in(world.services, {"bob", kWrong}, {"198.51.100.7", "", ""}));
  EXPECT_EQ(letters(), "0");
  world.settings.mail.notices = false;
  log_in_from("bob", "198.51.100.8");
  EXPECT_EQ(letters(), "0");
}

class VouchedSignInTest : public FactorSignIn {
 protected:
  std::string vouch(AccountId account, bool factor_checked) {
    const auto tokens = world.database.transaction([&](Transaction& tx) {
      return sign_in_vouched(tx, world.services,
                             {.account = account,
                              .kind = SessionKind::Scriptix,
                              .factor_checked = factor_checked,
                              .method = "sso"},
                             world.origin);
    });
    return tokens ? tokens->account.username : name_of(tokens.error().code);
  }
};

TEST_F(VouchedSignInTest, OpensTheSameSessionAndSaysHow) {
  const auto bob = world.account("bob");
  EXPECT_EQ(vouch(bob.id, false), "bob");
  EXPECT_EQ(sql("select kind from postern.session where account_id = '" + bob.id.text() + "'"),
            "4");
  EXPECT_EQ(sql("select detail from postern.audit where event = 'login_succeeded'"
                " and account_id = '" +
                bob.id.text() + "'"),
            "sso");
  EXPECT_EQ(find_account(world.services, bob.id)->last_login_at, world.clock.now());
}

TEST_F(VouchedSignInTest, NeedsTheFactorThatNobodyHasChecked) {
  EXPECT_EQ(vouch(alice.id, false), "second_factor_required");
  EXPECT_EQ(vouch(alice.id, true), "alice");
}

TEST_F(VouchedSignInTest, OpensNoneForWhoMayNotAct) {
  set("is_approved = false");
  EXPECT_EQ(vouch(alice.id, true), "approval_pending");
  set("is_active = false");
  EXPECT_EQ(vouch(alice.id, true), "invalid_credentials");
  EXPECT_EQ(vouch(AccountId{}, true), "invalid_credentials");
}

}  // namespace
}  // namespace postern::domain
