#include "domain/login_limit.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "domain/password_change.hpp"
#include "tests/support/another_worker.hpp"

namespace postern::domain {
namespace {

const Secret kRight(test::DomainWorld::kPassword);
const Secret kWrong("wrong password, long");

class LoginLimit : public ::testing::Test {
 protected:
  LoginLimit() { world_.settings.login_limit.per_account = 3; }

  static Origin from(const char* address) { return {address, "test", "request"}; }
  std::string log_in(const std::string& name, const Secret& password, const char* address) {
    const auto answer = sign_in(world_.services, {name, password}, from(address));
    return answer ? "ok" : name_of(answer.error().code);
  }
  void fail(int times, const std::string& name, const char* address) {
    for (int i = 0; i < times; ++i)
      EXPECT_EQ(log_in(name, kWrong, address), "invalid_credentials") << i;
  }

  /// One attempt of an account's that are used up.
  [[nodiscard]] seconds one_comes_back() const {
    const auto& limit = world_.settings.login_limit;
    return limit.window / limit.per_account;
  }

  test::DomainWorld world_;
  const Account alice_ = world_.account("alice");
};

TEST_F(LoginLimit, FailuresRunOutAndComeBackWithTime) {
  fail(3, "alice", "192.0.2.9");
  const auto refused = sign_in(world_.services, {"alice", kRight}, from("192.0.2.9"));
  ASSERT_EQ(refused.error().code, Errc::TooManyAttempts);
  EXPECT_EQ(refused.error().retry_after, one_comes_back());
  world_.clock.advance(one_comes_back() - std::chrono::milliseconds(1));
  EXPECT_EQ(log_in("alice", kRight, "192.0.2.9"), "too_many_attempts");
  world_.clock.advance(std::chrono::milliseconds(1));
  fail(1, "alice", "192.0.2.9");
  EXPECT_EQ(log_in("alice", kRight, "192.0.2.9"), "too_many_attempts") << "one, not all";
  world_.clock.advance(world_.settings.login_limit.window);
  fail(3, "alice", "192.0.2.9");
  EXPECT_EQ(log_in("alice", kRight, "192.0.2.9"), "too_many_attempts") << "all, not more";
  world_.clock.advance(one_comes_back());
  EXPECT_EQ(log_in("alice", kRight, "192.0.2.9"), "ok");
}

// CVE-2025-24806: username and e-mail address counted apart. CVE-2026-47203: spellings counted
// apart.
TEST_F(LoginLimit, Cve202524806Cve202647203AllNamesOfAnAccountShareOneCount) {
  fail(1, "alice", "192.0.2.9");
  fail(1, "ALICE", "192.0.2.10");
  fail(1, "Alice@Example.org", "192.0.2.11");
  EXPECT_EQ(log_in("alice", kRight, "192.0.2.12"), "too_many_attempts");
}

TEST_F(LoginLimit, Cve202647203UnknownNamesAreCountedByTheirFoldedForm) {
  fail(1, "nobody", "192.0.2.9");
  fail(1, "NoBody", "192.0.2.9");
  fail(1, "NOBODY", "192.0.2.10");
  EXPECT_EQ(log_in("nobody", kWrong, "192.0.2.11"), "too_many_attempts");
}

TEST_F(LoginLimit, R8UnknownNamesAreLimitedAlike) {
  for (const char* name : {"alice", "nobody"}) {
    fail(3, name, "192.0.2.9");
    const auto refused = sign_in(world_.services, {name, kWrong}, from("192.0.2.9"));
    EXPECT_EQ(refused.error().code, Errc::TooManyAttempts);
    EXPECT_EQ(refused.error().retry_after, one_comes_back());
  }
}

TEST_F(LoginLimit, StrangersCannotLockTheOwnerOut) {
  EXPECT_EQ(log_in("alice", kRight, "198.51.100.7"), "ok");
  fail(3, "alice", "192.0.2.9");
  EXPECT_EQ(log_in("alice", kRight, "192.0.2.9"), "too_many_attempts");
  EXPECT_EQ(log_in("alice", kRight, "198.51.100.7"), "ok");
  fail(3, "alice", "198.51.100.7");
  EXPECT_EQ(log_in("alice", kRight, "198.51.100.7"), "too_many_attempts");
}

TEST_F(LoginLimit, AnOldNetworkIsNobodysOwn) {
  EXPECT_EQ(log_in("alice", kRight, "198.51.100.7"), "ok");
  world_.clock.advance(world_.settings.login_limit.known_network + seconds(1));
  fail(3, "alice", "192.0.2.9");
  EXPECT_EQ(log_in("alice", kRight, "198.51.100.7"), "too_many_attempts");
}

TEST_F(LoginLimit, UnknownAddressesAreNobodysOwn) {
  EXPECT_EQ(log_in("alice", kRight, ""), "ok");
  fail(3, "alice", "192.0.2.9");
  EXPECT_EQ(log_in("alice", kRight, "junk"), "too_many_attempts");
}

TEST_F(LoginLimit, SuccessForgetsFailures) {
  for (int round = 0; round < 4; ++round) {
    fail(2, "alice", "192.0.2.9");
    EXPECT_EQ(log_in("alice", kRight, "192.0.2.9"), "ok");
  }
}

TEST_F(LoginLimit, ANetworkHasALimitOverAllNames) {
  world_.settings.login_limit.per_network = 5;
  for (int i = 0; i < 5; ++i) fail(1, "guess" + std::to_string(i), "2001:db8::1");
  EXPECT_EQ(log_in("guess9", kWrong, "2001:db8::2"), "too_many_attempts") << "the same /64";
  EXPECT_EQ(log_in("alice", kRight, "2001:db8:0:1::1"), "ok");
}

TEST_F(LoginLimit, ANetworksLimitCountsFailuresOnly) {
  world_.settings.login_limit.per_network = 2;
  for (int i = 0; i < 6; ++i) EXPECT_EQ(log_in("alice", kRight, "192.0.2.9"), "ok");
}

TEST_F(LoginLimit, AFullNetworkDoesNotUseUpTheAccount) {
  world_.settings.login_limit.per_network = 1;
  fail(1, "nobody", "192.0.2.9");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in("alice", kWrong, "192.0.2.9"), "too_many_attempts");
  EXPECT_EQ(log_in("alice", kRight, "192.0.2.10"), "ok");
}

// CVE-2026-9798: another flow that checks the password without counting.
TEST_F(LoginLimit, Cve20269798EveryPasswordCheckSharesTheCount) {
  const Origin origin = from("192.0.2.9");
  fail(1, "alice", "192.0.2.9");
  EXPECT_FALSE(reauthenticate(world_.services, alice_.id, kWrong, origin));
  EXPECT_FALSE(change_password(world_.services, alice_.id, kWrong, Secret("a new long password"),
                               std::nullopt, origin));
  EXPECT_EQ(reauthenticate(world_.services, alice_.id, kRight, origin).error().code,
            Errc::TooManyAttempts);
  EXPECT_EQ(change_password(world_.services, alice_.id, kRight, Secret("a new long password"),
                            std::nullopt, origin)
                .error()
                .code,
            Errc::TooManyAttempts);
  EXPECT_EQ(log_in("alice", kRight, "192.0.2.9"), "too_many_attempts");
}

TEST_F(LoginLimit, BusyIsNoAttempt) {
  HashSlots others(world_.slots);
  while (others.try_acquire() >= 0) {
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(reauthenticate(world_.services, alice_.id, kRight, from("192.0.2.9")).error().code,
              Errc::Busy);
    EXPECT_EQ(log_in("alice", kRight, "192.0.2.9"), "busy");
  }
  for (int slot = 0; slot < 8; ++slot) others.release(slot);
  EXPECT_TRUE(reauthenticate(world_.services, alice_.id, kRight, from("192.0.2.9")));
}

// CVE-2024-4629
TEST_F(LoginLimit, Cve20244629ParallelGuessesVerifyAtMostTheLimit) {
  constexpr int kWorkers = 10;
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < kWorkers; ++i)
    workers.push_back(std::make_unique<test::AnotherWorker>(world_));
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i)
        (void)sign_in(worker->services, {"alice", kWrong}, from("192.0.2.9"));
    });
  }
  for (auto& thread : threads) thread.join();
  std::uint64_t hashes = 0;
  for (const auto& worker : workers) hashes += worker->passwords.hashes_for_test();
  EXPECT_EQ(hashes, 3U);
}

TEST_F(LoginLimit, AnAdministratorsNewPasswordLiftsIt) {
  fail(3, "alice", "192.0.2.9");
  ASSERT_TRUE(set_password(world_.services, alice_.id, Secret("a brand new password"), std::nullopt,
                           world_.origin));
  EXPECT_EQ(log_in("alice", Secret("a brand new password"), "192.0.2.9"), "ok");
}

/// The same door, where clients expect to be locked out soon and let in again soon.
class BriefLimit : public LoginLimit {
 protected:
  BriefLimit() { world_.settings.login_limit.per_account = 100; }

  std::string log_in(const Secret& password, const char* address = "192.0.2.9", bool brief = true,
                     const std::string& name = "alice") {
    SignIn wanted;
    wanted.login = name;
    wanted.password = password;
    wanted.kind = SessionKind::Kitsu;
    wanted.brief = brief;
    const auto before = world_.passwords.hashes_for_test();
    const auto answer = sign_in(world_.services, wanted, from(address));
    const bool limited = !answer && answer.error().code == Errc::TooManyAttempts;
    EXPECT_EQ(world_.passwords.hashes_for_test(), before + (limited ? 0 : 1))
        << "charged before hashing";
    return answer ? "ok" : name_of(answer.error().code);
  }
};

TEST_F(BriefLimit, FiveFailuresShutTheDoorAndAMinuteOpensIt) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in(kWrong), "invalid_credentials");
  EXPECT_EQ(log_in(kRight), "too_many_attempts");
  EXPECT_EQ(log_in(kRight, "198.51.100.7"), "too_many_attempts") << "from everywhere";
  world_.clock.advance(minutes(1));
  EXPECT_EQ(log_in(kRight), "ok");
}

TEST_F(BriefLimit, OtherDoorsNeitherAskItNorFillIt) {
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(log_in(kWrong, "192.0.2.9", false), "invalid_credentials");
  }
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in(kWrong), "invalid_credentials");
  EXPECT_EQ(log_in(kRight), "too_many_attempts");
  EXPECT_EQ(log_in(kWrong, "192.0.2.9", false), "invalid_credentials");
}

TEST_F(BriefLimit, R8UnknownNamesAreLimitedAlike) {
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(log_in(kWrong, "192.0.2.9", true, "nobody"), "invalid_credentials");
  EXPECT_EQ(log_in(kWrong, "192.0.2.9", true, "NOBODY"), "too_many_attempts");
}

TEST_F(BriefLimit, StrangersCannotLockTheOwnerOut) {
  EXPECT_EQ(log_in(kRight, "198.51.100.7"), "ok");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in(kWrong), "invalid_credentials");
  EXPECT_EQ(log_in(kRight), "too_many_attempts");
  EXPECT_EQ(log_in(kRight, "198.51.100.7"), "ok") << "a network of its own";
}

TEST_F(BriefLimit, SuccessForgetsFailures) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(log_in(kWrong), "invalid_credentials");
    EXPECT_EQ(log_in(kRight), "ok");
  }
}

TEST_F(BriefLimit, WhatIsRefusedElsewhereIsNotCountedHere) {
  world_.settings.login_limit.per_account = 2;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(log_in(kWrong), "invalid_credentials");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(log_in(kWrong), "too_many_attempts");
  forgive_login_attempts(world_.services, alice_.id);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(log_in(kWrong), "invalid_credentials") << i;
}

TEST_F(BriefLimit, ADisabledAccountIsToldToWhoKnowsItsPassword) {
  AccountChange change;
  change.is_active = false;
  ASSERT_TRUE(update_account(world_.services, alice_.id, change, {}, world_.origin).ok());
  SignIn wanted;
  wanted.login = "alice";
  wanted.password = kRight;
  wanted.tell_inactive = true;
  EXPECT_EQ(sign_in(world_.services, wanted, world_.origin).error().code, Errc::AccountInactive);
  wanted.password = kWrong;
  EXPECT_EQ(sign_in(world_.services, wanted, world_.origin).error().code, Errc::InvalidCredentials);
  wanted.password = kRight;
  wanted.tell_inactive = false;
  EXPECT_EQ(sign_in(world_.services, wanted, world_.origin).error().code, Errc::InvalidCredentials);
}

}  // namespace
}  // namespace postern::domain
