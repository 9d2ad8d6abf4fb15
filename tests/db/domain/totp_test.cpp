#include "domain/totp.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "domain/mail.hpp"
#include "domain/totp_code.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/authenticator.hpp"
#include "tests/support/fault_points.hpp"

namespace postern::domain {
namespace {

using test::Authenticator;
using test::DomainWorld;

class TotpTest : public testing::Test {
 protected:
  TotpTest() {
    world.settings.mail.enabled = true;
    world.settings.login_limit.per_account = 1000;
  }

  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  std::string events() {
    return sql(
        "select string_agg(event || ':' || detail, ' ' order by ctid) from postern.audit"
        " where event like 'totp%' or event like 'recovery%' or event = 'login_failed'");
  }
  std::string letters() {
    return sql("select coalesce(string_agg(kind::text, ' ' order by id), '') from postern.mail");
  }
  Result<TotpEnrolment> start(const Secret& password = {}) {
    return start_totp(world.services, alice.id, {session, password}, world.origin);
  }
  Authenticator started() { return Authenticator(start(Secret(DomainWorld::kPassword))->secret); }
  Result<std::vector<Secret>> confirm(const Secret& code) {
    return confirm_totp(world.services, alice.id, code, session, world.origin);
  }
  /// As a sign-in would take it.
  std::string take(const SecondFactor& proof) {
    const auto taken = world.database.transaction([&](Transaction& tx) {
      return take_second_factor(tx, world.services, alice.id, proof, world.origin);
    });
    return taken ? "ok" : name_of(taken.error().code);
  }
  std::string take(const Secret& code) { return take(SecondFactor{code, {}}); }
  std::string disable(const SecondFactor& proof) {
    const auto ended = disable_totp(world.services, alice.id, proof, world.origin);
    return ended ? "ok" : name_of(ended.error().code);
  }
  Instant now() const { return world.clock.now(); }

  DomainWorld world;
  Account alice = world.account("alice");
  SessionId session = world.login("alice").session;
};

TEST_F(TotpTest, TheAppIsToldTheSecretUnderTheIssuersNameAndTheOwners) {
  world.settings.mfa.totp_issuer = "Example & Sons";
  const auto bob = world.account("bob+1");
  const auto told =
      start_totp(world.services, bob.id, {world.login(bob.username).session, {}}, world.origin);
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->uri.reveal(), "otpauth://totp/Example%20%26%20Sons:bob%2B1?secret=" +
                                    std::string(told->secret.reveal()) +
                                    "&issuer=Example%20%26%20Sons");
  EXPECT_EQ(told->secret.size(), 32U);
  EXPECT_EQ(test::base32_decode(told->secret.reveal()).size(), kTotpSecretBytes);
}

TEST_F(TotpTest, ASecretIsNotInForceUntilItIsConfirmed) {
  const auto app = started();
  EXPECT_FALSE(find_account(world.services, alice.id)->totp_enabled);
  EXPECT_EQ(take(app.code(now())), "not_enabled");
  EXPECT_TRUE(sign_in(world.services, {"alice", Secret(DomainWorld::kPassword)}, world.origin));
}

TEST_F(TotpTest, TheFirstRightCodePutsItInForceAndEndsTheOtherSessions) {
  const auto other = world.login("alice").session;
  const auto app = started();
  const auto codes = confirm(app.code(now()));
  ASSERT_TRUE(codes.ok());
  EXPECT_EQ(codes->size(), 10U);
  EXPECT_TRUE(find_account(world.services, alice.id)->totp_enabled);
  EXPECT_EQ(sql("select id from postern.session"), session.text()) << other.text();
  EXPECT_EQ(events(), "totp_enabled:");
  EXPECT_EQ(letters(), std::to_string(static_cast<int>(MailKind::FactorChanged)));
}

TEST_F(TotpTest, AWrongFirstCodeChangesNothingAndIsCounted) {
  const auto app = started();
  EXPECT_EQ(confirm(app.wrong_code(now())).error().code, Errc::SecondFactorInvalid);
  EXPECT_EQ(sql("select count(*) from postern.recovery_code"), "0");
  EXPECT_FALSE(find_account(world.services, alice.id)->totp_enabled);
  EXPECT_EQ(events(), "login_failed:second factor");
  EXPECT_TRUE(confirm(app.code(now())).ok());
}

TEST_F(TotpTest, ASecondStartReplacesWhatWasNeverConfirmed) {
  const auto first = started();
  const auto second = started();
  EXPECT_EQ(confirm(first.code(now())).error().code, Errc::SecondFactorInvalid);
  EXPECT_TRUE(confirm(second.code(now())).ok());
}

TEST_F(TotpTest, OneInForceIsNeitherStartedNorConfirmedAnew) {
  ASSERT_TRUE(confirm(started().code(now())).ok());
  const auto sealed = sql("select sealed_secret from postern.totp");
  EXPECT_EQ(start(Secret(DomainWorld::kPassword)).error().code, Errc::AlreadyEnabled);
  EXPECT_EQ(confirm(Secret("123456")).error().code, Errc::AlreadyEnabled);
  EXPECT_EQ(sql("select sealed_secret from postern.totp"), sealed);
}

TEST_F(TotpTest, WithoutAStartThereIsNothingToConfirm) {
  EXPECT_EQ(confirm(Secret("123456")).error().code, Errc::NotEnabled);
  EXPECT_EQ(events(), "") << "no guess";
}

// ASVS 7.5.1
TEST_F(TotpTest, StartingTakesAFreshSignInOrThePresentPassword) {
  EXPECT_TRUE(start().ok());
  world.clock.advance(world.settings.mfa.recent_sign_in);
  EXPECT_TRUE(start().ok()) << "still";
  world.clock.advance(std::chrono::microseconds(1));
  const auto late = start();
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, Errc::ReauthenticationRequired);
  EXPECT_EQ(late.error().field, "current_password");
  EXPECT_EQ(start(Secret("wrong password, this")).error().code, Errc::InvalidCredentials);
  EXPECT_TRUE(start(Secret(DomainWorld::kPassword)).ok());
}

TEST_F(TotpTest, AnothersFreshSessionProvesNothing) {
  world.clock.advance(hours(1));
  world.account("bob");
  const auto bobs = world.login("bob").session;
  EXPECT_EQ(start_totp(world.services, alice.id, {bobs, {}}, world.origin).error().code,
            Errc::ReauthenticationRequired);
}

// RFC 6238 section 5.2
TEST_F(TotpTest, TheDriftHasTwoEdges) {
  const auto app = test::enrol(world, alice).app;
  world.clock.advance(minutes(10));
  EXPECT_EQ(take(app.code(now() - seconds(60))), "second_factor_invalid");
  EXPECT_EQ(take(app.code(now() + seconds(60))), "second_factor_invalid");
  EXPECT_EQ(take(app.code(now() - seconds(30))), "ok");
  EXPECT_EQ(take(app.code(now() + seconds(30))), "ok");

  world.settings.mfa.drift_steps = 0;
  world.clock.advance(minutes(10));
  EXPECT_EQ(take(app.code(now() - seconds(30))), "second_factor_invalid");
  EXPECT_EQ(take(app.code(now() + seconds(30))), "second_factor_invalid");
  EXPECT_EQ(take(app.code(now())), "ok");
}

// ASVS 6.5.1
TEST_F(TotpTest, NoCodeIsTakenTwiceNorOneFromBeforeTheLast) {
  const auto app = test::enrol(world, alice).app;
  const Secret earlier = app.code(now() - seconds(30));
  EXPECT_EQ(take(earlier), "second_factor_invalid") << "confirmed with it";
  EXPECT_EQ(take(app.code(now() + seconds(30))), "ok");
  EXPECT_EQ(take(app.code(now() + seconds(30))), "second_factor_invalid");
  EXPECT_EQ(take(app.code(now())), "second_factor_invalid") << "before the last";
  world.clock.advance(seconds(60));
  EXPECT_EQ(take(app.code(now())), "ok");
}

TEST_F(TotpTest, ACodeIsNotSpentWhereTheTransactionIsRolledBack) {
  const auto app = test::enrol(world, alice).app;
  const auto refused = world.database.transaction([&](Transaction& tx) -> Outcome {
    EXPECT_TRUE(
        take_second_factor(tx, world.services, alice.id, {app.code(now()), {}}, world.origin));
    return Errc::NotFound;
  });
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(take(app.code(now())), "ok");
}

TEST_F(TotpTest, OneOfTwentySimultaneousTakersOfACodeGetsIt) {
  const auto app = test::enrol(world, alice).app;
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < 20; ++i) workers.push_back(std::make_unique<test::AnotherWorker>(world));
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&, &services = worker->services] {
      const auto outcome = test::patiently([&] {
        return services.database.transaction([&](Transaction& tx) {
          return take_second_factor(tx, services, alice.id, {app.code(now()), {}}, world.origin);
        });
      });
      if (outcome) ++taken;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
}

TEST_F(TotpTest, DisablingTakesOneOfItsOwnProofs) {
  const auto enrolled = test::enrol(world, alice);
  EXPECT_EQ(disable({}), "second_factor_required");
  EXPECT_EQ(disable({enrolled.app.wrong_code(now()), {}}), "second_factor_invalid");
  EXPECT_EQ(disable({{}, Secret("AAAA-AAAA-AAAA")}), "second_factor_invalid");
  EXPECT_EQ(disable({enrolled.app.code(now()), {}}), "ok");
  EXPECT_FALSE(find_account(world.services, alice.id)->totp_enabled);
  EXPECT_EQ(sql("select count(*) from postern.totp"), "0");
  EXPECT_EQ(sql("select count(*) from postern.recovery_code"), "0");
  EXPECT_EQ(disable({enrolled.app.code(now()), {}}), "not_enabled");
  EXPECT_EQ(events(),
            "totp_enabled: login_failed:second factor login_failed:second factor totp_disabled:");
}

TEST_F(TotpTest, ARecoveryCodeDisablesToo) {
  const auto enrolled = test::enrol(world, alice);
  EXPECT_EQ(disable({{}, enrolled.recovery_codes.front()}), "ok");
  EXPECT_EQ(events(), "totp_enabled: recovery_code_used: totp_disabled:");
}

TEST_F(TotpTest, AnAdministratorResetsItAndEverySessionEnds) {
  const auto admin = world.account("root", "admin");
  test::enrol(world, alice);
  ASSERT_TRUE(reset_second_factor(world.services, alice.id, admin.id, world.origin));
  EXPECT_EQ(sql("select count(*) from postern.session"), "0");
  EXPECT_FALSE(find_account(world.services, alice.id)->totp_enabled);
  EXPECT_EQ(events(), "totp_enabled: totp_disabled:reset");
  EXPECT_NO_THROW(world.login("alice")) << "a password that stands alone is left";
  EXPECT_EQ(reset_second_factor(world.services, alice.id, admin.id, world.origin).error().code,
            Errc::NotEnabled);
  EXPECT_EQ(reset_second_factor(world.services, AccountId{}, admin.id, world.origin).error().code,
            Errc::NotFound);
}

// Rule R5
TEST_F(TotpTest, R5TheSecretIsNotInTheDatabaseInClear) {
  const auto app = test::enrol(world, alice).app;
  const auto sealed = sql("select encode(sealed_secret, 'hex') from postern.totp");
  EXPECT_GT(sealed.size(), 2 * app.bytes().size());
  EXPECT_EQ(sealed.find(hex_encode(as_bytes(app.bytes()))), std::string::npos);
}

// Rule R5
TEST_F(TotpTest, R5AnotherMasterKeyOrAnothersRowOpensNothing) {
  const auto app = test::enrol(world, alice).app;
  const auto bob = world.account("bob");
  sql("insert into postern.totp select '" + bob.id.text() +
      "', sealed_secret, created_at, confirmed_at, 0 from postern.totp");
  sql("update postern.account set totp_enabled = true where username = 'bob'");
  const auto take_of = [&](Services& services, AccountId account) {
    return services.database.transaction([&](Transaction& tx) {
      return take_second_factor(tx, services, account, {app.code(now()), {}}, world.origin);
    });
  };
  EXPECT_THROW((void)take_of(world.services, bob.id), std::runtime_error);

  const auto other = KeyRing::parse(KeyRing::make_line(1, world.random)).value();
  Services elsewhere{world.settings, world.database,     world.clock,     world.random,
                     other,          world.signing_keys, world.passwords, world.limiter};
  EXPECT_THROW((void)take_of(elsewhere, alice.id), std::runtime_error);
  EXPECT_EQ(take(app.code(now())), "ok");
}

TEST_F(TotpTest, R7AFaultAnywhereLeavesAllOrNothing) {
  const auto app = started();
  const auto whole = [&](const std::string& at) {
    const bool enabled = find_account(world.services, alice.id)->totp_enabled;
    EXPECT_EQ(sql("select count(*) from postern.recovery_code"), enabled ? "10" : "0") << at;
    EXPECT_EQ(sql("select count(*) from postern.totp where confirmed_at is not null"),
              enabled ? "1" : "0")
        << at;
    EXPECT_EQ(events(), enabled ? "totp_enabled:" : "") << at;
  };
  EXPECT_GT(test::fail_at_each_point(
                world.database, [&] { return confirm(app.code(now())).ok(); }, whole),
            15);
}

// CVE-2026-9798: whoever holds a session must not guess codes here beside the sign-in's limit.
TEST_F(TotpTest, CVE20269798WrongProofsRunOutLikeWrongPasswords) {
  const auto enrolled = test::enrol(world, alice);
  world.settings.login_limit.per_account = 3;
  const SecondFactor wrong{enrolled.app.wrong_code(now()), {}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(disable(wrong), "second_factor_invalid") << i;
  EXPECT_EQ(disable({enrolled.app.code(now()), {}}), "too_many_attempts");
  EXPECT_EQ(
      sign_in(world.services, {"alice", Secret(DomainWorld::kPassword)}, world.origin).error().code,
      Errc::TooManyAttempts);
}

// CVE-2026-9798: a factor of one's own making must not give new attempts at the password.
TEST_F(TotpTest, CVE20269798ARightProofForgivesNoWrongPassword) {
  world.settings.login_limit.per_account = 3;
  const auto wrong_password = [&] { return start(Secret("wrong password, this")).error().code; };
  EXPECT_EQ(wrong_password(), Errc::InvalidCredentials);
  EXPECT_EQ(wrong_password(), Errc::InvalidCredentials);
  const Authenticator app(start()->secret);
  ASSERT_TRUE(confirm(app.code(now())).ok());
  world.clock.advance(seconds(30));
  EXPECT_EQ(disable({app.code(now()), {}}), "ok");
  EXPECT_EQ(wrong_password(), Errc::InvalidCredentials);
  EXPECT_EQ(wrong_password(), Errc::TooManyAttempts);
}

}  // namespace
}  // namespace postern::domain
