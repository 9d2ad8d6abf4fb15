#include <gtest/gtest.h>

#include <thread>

#include "domain/refresh_token.hpp"
#include "domain/session.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

class SignInTest : public testing::Test {
 protected:
  Result<Tokens> attempt(const std::string& login, const std::string& password,
                         SessionKind kind = SessionKind::Native) {
    return sign_in(world.services, {login, Secret(password), kind}, world.origin);
  }
  Errc refusal(const std::string& login, const std::string& password) {
    const auto result = attempt(login, password);
    EXPECT_FALSE(result.ok());
    return result.ok() ? Errc::Taken : result.error().code;
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  std::string sessions() { return sql("select count(*) from postern.session"); }

  DomainWorld world;
};

TEST_F(SignInTest, AnswersTokensThatWork) {
  const auto account = world.account();
  const auto tokens = attempt("alice", DomainWorld::kPassword);
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(tokens->account.id, account.id);
  EXPECT_EQ(tokens->account.last_login_at, world.clock.now());
  EXPECT_EQ(tokens->issued_at, world.clock.now());
  EXPECT_EQ(tokens->access_expires_at, world.clock.now() + minutes(10));
  EXPECT_EQ(tokens->refresh_expires_at, world.clock.now() + days(14));
  const auto principal = authenticate_access_token(world.services, tokens->access.reveal());
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->account.username, "alice");
  EXPECT_EQ(principal->session, tokens->session);
  EXPECT_EQ(decode_refresh_token(world.ring, tokens->refresh.reveal())->counter, 0U);
}

TEST_F(SignInTest, EveryCaseAndTheAddressAreTheSameLogin) {
  const auto account = world.account("Alice");
  for (const std::string login :
       {"Alice", "alice", "ALICE", "alice@example.org", "ALICE@Example.org"}) {
    const auto tokens = attempt(login, DomainWorld::kPassword);
    ASSERT_TRUE(tokens.ok()) << login;
    EXPECT_EQ(tokens->account.id, account.id);
  }
}

TEST_F(SignInTest, DispatcharrsTokensCarryTheNumberOfTheAccount) {
  const auto account = world.account();
  const auto tokens = world.login("alice", SessionKind::Dispatcharr);
  const auto claims = verify_access_token(world.services, tokens.access.reveal());
  EXPECT_EQ(claims->user_id, std::to_string(account.number));
  EXPECT_EQ(tokens.access_expires_at, world.clock.now() + minutes(30));
  EXPECT_EQ(tokens.refresh_expires_at, world.clock.now() + days(1));
}

TEST_F(SignInTest, TheAccessTokenDoesNotOutliveTheSession) {
  world.settings.sessions[0].absolute_lifetime = seconds(90);
  world.account();
  const auto tokens = world.login();
  EXPECT_EQ(tokens.access_expires_at, world.clock.now() + seconds(90));
  EXPECT_EQ(tokens.refresh_expires_at, world.clock.now() + seconds(90));
}

TEST_F(SignInTest, R8UnknownWrongDisabledAndWithoutPasswordAreOneRefusalAndOneHashEach) {
  world.account();
  const auto disabled = world.account("disabled");
  const auto gone =
      AccountChange{.username = {}, .email = {}, .role = {}, .is_active = false, .is_approved = {}};
  ASSERT_TRUE(update_account(world.services, disabled.id, gone, {}, world.origin).ok());
  NewAccount bot;
  bot.username = "bot";
  bot.is_bot = true;
  ASSERT_TRUE(create_account(world.services, bot, {}, world.origin).ok());

  const std::vector<std::pair<std::string, std::string>> attempts{
      {"nobody", DomainWorld::kPassword},
      {"alice", "wrong password, this"},
      {"disabled", DomainWorld::kPassword},
      {"bot", ""},
      {"bot", "no password"},
      {"alice", ""},
      {"", ""},
      {"", DomainWorld::kPassword},
      {std::string("alice\0", 6), DomainWorld::kPassword},
      {"\xff\xfe", DomainWorld::kPassword},
      {"alice", std::string(100'000, 'x')},
      {"alice", std::string(DomainWorld::kPassword) + std::string(1, '\0')},
      {std::string(5000, 'a'), DomainWorld::kPassword},
      {" alice", DomainWorld::kPassword}};
  world.settings.login_limit.per_account = 1000;
  for (const auto& [login, password] : attempts) {
    const auto before = world.passwords.hashes_for_test();
    const auto result = attempt(login, password);
    ASSERT_FALSE(result.ok()) << login;
    EXPECT_EQ(result.error().code, Errc::InvalidCredentials) << login;
    EXPECT_EQ(result.error().field + result.error().reason + result.error().detail, "") << login;
    EXPECT_EQ(world.passwords.hashes_for_test(), before + 1) << login;
  }
  EXPECT_EQ(sessions(), "0");
}

TEST_F(SignInTest, ApprovalPendingIsSaidAfterARightPasswordAlone) {
  const auto account = world.account();
  sql("update postern.account set is_approved = false");
  EXPECT_EQ(refusal("alice", "wrong password, this"), Errc::InvalidCredentials);
  for (int i = 0; i < 15; ++i) {
    EXPECT_EQ(refusal("alice", DomainWorld::kPassword), Errc::ApprovalPending) << "no attack";
  }
  EXPECT_EQ(sessions(), "0");
}

TEST_F(SignInTest, CVE20244629TooManyAttemptsAreRefusedBeforeHashingAndAlikeForUnknownNames) {
  world.account();
  world.settings.login_limit.per_account = 3;
  for (const std::string login : {"alice", "nobody"}) {
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(refusal(login, "wrong password, this"), Errc::InvalidCredentials);
    }
    const auto hashes = world.passwords.hashes_for_test();
    const auto limited = attempt(login, DomainWorld::kPassword);
    ASSERT_FALSE(limited.ok());
    EXPECT_EQ(limited.error().code, Errc::TooManyAttempts) << login;
    EXPECT_EQ(limited.error().retry_after, seconds(minutes(5))) << login;
    EXPECT_EQ(world.passwords.hashes_for_test(), hashes) << login;
  }
}

TEST_F(SignInTest, CVE20244629SimultaneousWrongPasswordsAreVerifiedUpToTheLimit) {
  world.account();
  world.settings.login_limit.per_account = 5;
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < 10; ++i) workers.push_back(std::make_unique<test::AnotherWorker>(world));
  std::vector<std::thread> threads;
  std::atomic<int> verified = 0;
  for (auto& worker : workers) {
    threads.emplace_back([&verified, &world = world, &services = worker->services] {
      for (int i = 0; i < 10; ++i) {
        const auto result =
            sign_in(services, {"alice", Secret("wrong password, this")}, world.origin);
        if (!result.ok() && result.error().code == Errc::InvalidCredentials) ++verified;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(verified, 5);
}

TEST_F(SignInTest, AFloodOfRefusedAttemptsDoesNotFillTheAudit) {
  world.account();
  world.settings.login_limit.per_account = 2;
  for (int i = 0; i < 50; ++i) static_cast<void>(attempt("alice", "wrong password, this"));
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'login_failed'"), "2");
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'login_limited'"), "1");
}

TEST_F(SignInTest, BusyTakesTheAttemptBack) {
  world.account();
  world.settings.login_limit.per_account = 2;
  for (auto& slot : world.slots) slot = 1;  // init lives
  for (int i = 0; i < 3; ++i) EXPECT_EQ(refusal("alice", DomainWorld::kPassword), Errc::Busy);
  for (auto& slot : world.slots) slot = 0;
  EXPECT_TRUE(attempt("alice", DomainWorld::kPassword).ok());
}

TEST_F(SignInTest, HashesOfOldParametersAreReplaced) {
  world.account();
  auto stronger = test::cheap_passwords();
  stronger.iterations = 2;
  PasswordHasher hasher(stronger, HashSlots(world.slots));
  Services services{world.settings, world.database,     world.clock, world.random,
                    world.ring,     world.signing_keys, hasher,      world.limiter};
  const auto before = sql("select password_hash from postern.account");
  ASSERT_TRUE(sign_in(services, {"alice", Secret(DomainWorld::kPassword)}, world.origin).ok());
  const auto after = sql("select password_hash from postern.account");
  EXPECT_NE(before, after);
  EXPECT_NE(after.find("t=2"), std::string::npos);
  ASSERT_TRUE(sign_in(services, {"alice", Secret(DomainWorld::kPassword)}, world.origin).ok());
  EXPECT_EQ(sql("select password_hash from postern.account"), after);
}

TEST_F(SignInTest, TwoLoginsThatBothRenewTheHashBothSucceed) {
  world.account();
  auto stronger = test::cheap_passwords();
  stronger.iterations = 2;
  PasswordHasher hasher(stronger, HashSlots(world.slots));
  Services services{world.settings, world.database,     world.clock, world.random,
                    world.ring,     world.signing_keys, hasher,      world.limiter};
  test::AnotherWorker other(world);
  PasswordHasher other_hasher(stronger, HashSlots(world.slots));
  Services other_services{world.settings, other.database,     world.clock,  other.random,
                          world.ring,     other.signing_keys, other_hasher, world.limiter};
  bool first = true;
  world.database.set_fault_hook_for_test([&](std::string_view point) {
    if (point != "begin" || !first) return;
    first = false;
    ASSERT_TRUE(
        sign_in(other_services, {"alice", Secret(DomainWorld::kPassword)}, world.origin).ok());
  });
  EXPECT_TRUE(sign_in(services, {"alice", Secret(DomainWorld::kPassword)}, world.origin).ok());
  EXPECT_EQ(sessions(), "2");
}

TEST_F(SignInTest, CVE202322492ALoginThatMeetsADisablingGetsNoSession) {
  const auto account = world.account();
  test::AnotherWorker other(world);
  bool first = true;
  world.database.set_fault_hook_for_test([&](std::string_view point) {
    if (point != "begin" || !first) return;  // the password was checked, nothing written yet
    first = false;
    AccountChange change;
    change.is_active = false;
    ASSERT_TRUE(update_account(other.services, account.id, change, {}, world.origin).ok());
  });
  EXPECT_EQ(refusal("alice", DomainWorld::kPassword), Errc::InvalidCredentials);
  EXPECT_EQ(sessions(), "0");
}

TEST_F(SignInTest, CVE20267507EveryLoginIsANewSession) {
  world.account();
  EXPECT_NE(world.login().session, world.login().session);
  EXPECT_EQ(sessions(), "2");
}

TEST_F(SignInTest, IsAuditedWithoutThePasswordOrAnUnknownName) {
  world.account();
  static_cast<void>(attempt("alice", "wrong password, this"));
  world.clock.advance(seconds(1));
  static_cast<void>(attempt("my-real-password", "wrong password, this"));
  world.clock.advance(seconds(1));
  const auto tokens = world.login();
  EXPECT_EQ(sql("select string_agg(event || ':' || detail, ',' order by id) from postern.audit"
                " where event like 'login%'"),
            "login_failed:wrong password,login_failed:unknown account,login_succeeded:");
  EXPECT_EQ(sql("select subject from postern.audit where event = 'login_succeeded'"),
            tokens.session.text());
  EXPECT_EQ(sql("select count(*) from postern.audit a where a::text ~ 'my-real-password|wrong "
                "password, this'"),
            "0");
}

}  // namespace
}  // namespace postern::domain
