#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "domain/totp.hpp"
#include "domain/webauthn_challenge.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/webauthn_world.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::Ceremony;
using test::SecurityKey;
using test::WebauthnWorld;

/// What a refusal that is a security key's says for the audit.
std::string bad(const std::string& why) {
  return "second_factor_invalid security key: " + why;
}

/// W3C Web Authentication, Level 2, section 7.2: the tests are named by its steps.
class WebauthnAssertionTest : public testing::Test {
 protected:
  WebauthnAssertionTest() { world.enrol(key); }

  Result<Tokens> log_in(const WebauthnAssertion& assertion) {
    return sign_in(world.services,
                   {.login = "alice",
                    .password = Secret(WebauthnWorld::kPassword),
                    .factor = {.assertion = assertion}},
                   world.origin);
  }
  std::string stored_count() {
    return world.sql("select sign_count from postern.webauthn_credential");
  }
  std::string failures() {
    return world.sql(
        "select coalesce(string_agg(detail, ', ' order by ctid), '') from postern.audit"
        " where event = 'login_failed'");
  }

  WebauthnWorld world;
  SecurityKey key;
};

TEST_F(WebauthnAssertionTest, APasswordAloneDoesNotLogInAndWithTheKeyItDoes) {
  const auto alone =
      sign_in(world.services, {"alice", Secret(WebauthnWorld::kPassword)}, world.origin);
  EXPECT_EQ(alone.error().code, Errc::SecondFactorRequired);
  EXPECT_EQ(alone.error().reason, "webauthn");
  EXPECT_TRUE(log_in(key.get(world.proof())).ok());
  EXPECT_EQ(stored_count(), "1");
  EXPECT_EQ(world.sql("select last_used_at is not null from postern.webauthn_credential"), "t");
}

TEST_F(WebauthnAssertionTest, Step5TheBrowserIsToldWhichKeysThereAre) {
  const auto told = request_assertion(world.services, "ALICE@example.org", world.origin).value();
  EXPECT_EQ(told.rp_id, "127.0.0.1");
  EXPECT_EQ(told.allow, std::vector<Bytes>{key.id});
  EXPECT_EQ(told.timeout, minutes(5));
}

TEST_F(WebauthnAssertionTest, UnknownDisabledAndWithoutAKeyAreOneAnswer) {
  world.account("bob");
  world.account("shut-out");
  world.sql(
      "update postern.account set webauthn_enabled = true, is_active = false"
      " where username = 'shut-out' returning 1");
  for (const char* login : {"nobody", "bob", "shut-out", ""}) {
    EXPECT_EQ(WebauthnWorld::said(request_assertion(world.services, login, world.origin)),
              "not_enabled")
        << login;
  }
}

TEST_F(WebauthnAssertionTest, AskingIsLimitedByNetwork) {
  world.settings.login_limit.per_network = 3;
  int told = 0;
  for (int i = 0; i < 5; ++i) {
    const auto asked = request_assertion(world.services, "nobody", world.origin);
    if (asked.error().code == Errc::NotEnabled) ++told;
  }
  EXPECT_EQ(told, 3);
  const auto refused = request_assertion(world.services, "alice", world.origin);
  EXPECT_EQ(refused.error().code, Errc::TooManyAttempts);
  EXPECT_GT(refused.error().retry_after.count(), 0);
}

TEST_F(WebauthnAssertionTest, Step6AnothersCredentialProvesNothing) {
  const auto bob = world.account("bob");
  const Ceremony ceremony{make_challenge(world.services, bob.id, ChallengePurpose::Prove)};
  EXPECT_EQ(WebauthnWorld::take(world.services, bob.id, key.get(ceremony)),
            bad("unknown_credential"));
  SecurityKey unknown;
  EXPECT_EQ(world.take(unknown.get(world.proof())), bad("unknown_credential"));
  unknown.id.clear();
  EXPECT_EQ(world.take(unknown.get(world.proof())), bad("unknown_credential"));
  unknown.id.assign(1024, 1);
  EXPECT_EQ(world.take(unknown.get(world.proof())), bad("unknown_credential"));
}

TEST_F(WebauthnAssertionTest, Step6AHandleThatIsToldIsTheOwners) {
  const auto text = world.owner.id.text();
  key.user_handle.assign(text.begin(), text.end());
  EXPECT_EQ(world.take(key.get(world.proof())), "ok");
  key.user_handle.back() ^= 1;
  EXPECT_EQ(world.take(key.get(world.proof())), bad("wrong_user"));
}

TEST_F(WebauthnAssertionTest, Step11TheTypeIsThatOfAnAssertion) {
  auto ceremony = world.proof();
  ceremony.type = "webauthn.create";
  EXPECT_EQ(world.take(key.get(ceremony)), bad("wrong_type"));
}

TEST_F(WebauthnAssertionTest, Step12TheChallengeIsOneOfOursForThisAccountAndPurpose) {
  EXPECT_EQ(world.take(key.get({"bm90IG9uZSBvZiBvdXJz"})), bad("challenge"));
  EXPECT_EQ(world.take(key.get(world.registration())), bad("challenge"));
  const auto bob = world.account("bob");
  const auto bobs = make_challenge(world.services, bob.id, ChallengePurpose::Prove);
  EXPECT_EQ(world.take(key.get({bobs})), bad("challenge"));
  const auto late = world.proof();
  world.clock.advance(minutes(5));
  EXPECT_EQ(world.take(key.get(late)), bad("challenge"));
}

TEST_F(WebauthnAssertionTest, Step12AnAnswerIsTakenOnce) {
  const auto assertion = key.get(world.proof());
  EXPECT_TRUE(log_in(assertion).ok());
  EXPECT_EQ(log_in(assertion).error().code, Errc::SecondFactorInvalid);
  EXPECT_EQ(failures(), "wrong second factor: security key: challenge");
  key.counts = false;
  const auto ceremony = world.proof();
  world.sql("update postern.webauthn_credential set sign_count = 0 returning 1");
  key.sign_count = 0;
  EXPECT_EQ(world.take(key.get(ceremony)), "ok");
  EXPECT_EQ(world.take(key.get(ceremony)), bad("challenge")) << "another answer to it";
}

TEST_F(WebauthnAssertionTest, Step13TheOriginIsOneOfOurs) {
  auto ceremony = world.proof();
  ceremony.origin = "https://elsewhere.example";
  EXPECT_EQ(world.take(key.get(ceremony)), bad("wrong_origin"));
  ceremony = world.proof();
  ceremony.cross_origin = true;
  EXPECT_EQ(world.take(key.get(ceremony)), bad("cross_origin"));
}

TEST_F(WebauthnAssertionTest, Step15TheHashIsOfOurPartyId) {
  auto ceremony = world.proof();
  ceremony.rp_id = "elsewhere.example";
  EXPECT_EQ(world.take(key.get(ceremony)), bad("wrong_rp"));
}

TEST_F(WebauthnAssertionTest, Step16TheUserIsPresent) {
  key.user_present = false;
  EXPECT_EQ(world.take(key.get(world.proof())), bad("user_absent"));
}

TEST_F(WebauthnAssertionTest, Step18EveryTruncationOfTheAuthenticatorsDataIsRefused) {
  const auto whole = key.get(world.proof());
  for (std::size_t length = 0; length < whole.authenticator_data.size(); ++length) {
    auto cut = whole;
    cut.authenticator_data.resize(length);
    EXPECT_EQ(world.take(cut), bad("malformed")) << length;
  }
  auto longer = whole;
  longer.authenticator_data.push_back(0);
  EXPECT_EQ(world.take(longer), bad("malformed"));
  EXPECT_EQ(world.take(whole), "ok");
}

TEST_F(WebauthnAssertionTest, Step20ATamperedSignatureOrMessageIsRefused) {
  const auto good = key.get(world.proof());
  auto tampered = good;
  tampered.signature[tampered.signature.size() / 2] ^= 1;
  EXPECT_EQ(world.take(tampered), bad("signature"));
  tampered = good;
  tampered.signature.clear();
  EXPECT_EQ(world.take(tampered), bad("signature"));
  tampered = good;
  tampered.client.raw.push_back(' ');
  EXPECT_EQ(world.take(tampered), bad("signature"));
  tampered = good;
  tampered.authenticator_data.back() = 99;  // the counter
  EXPECT_EQ(world.take(tampered), bad("signature"));
  SecurityKey other;
  other.id = key.id;
  EXPECT_EQ(world.take(other.get(world.proof())), bad("signature"));
  EXPECT_EQ(world.take(good), "ok") << "none of them used anything up";
}

TEST_F(WebauthnAssertionTest, Step21ACounterGrows) {
  key.sign_count = 10;
  EXPECT_EQ(world.take(key.get(world.proof())), "ok");
  EXPECT_EQ(stored_count(), "11");
  for (const std::uint32_t behind : {10U, 9U, 0U}) {
    key.counts = false;
    key.sign_count = behind;
    EXPECT_EQ(world.take(key.get(world.proof())), bad("counter_went_back")) << behind;
  }
  key.sign_count = 11;
  EXPECT_EQ(world.take(key.get(world.proof())), bad("counter_went_back"));
  key.sign_count = 4'294'967'295U;
  EXPECT_EQ(world.take(key.get(world.proof())), "ok");
  EXPECT_EQ(stored_count(), "4294967295");
}

TEST_F(WebauthnAssertionTest, Step21ACopyOfAKeyIsWrittenDownAndCounted) {
  SecurityKey copy = key;
  ASSERT_TRUE(log_in(key.get(world.proof())).ok());
  EXPECT_EQ(log_in(copy.get(world.proof())).error().code, Errc::SecondFactorInvalid);
  EXPECT_EQ(failures(), "wrong second factor: security key: counter_went_back");
  EXPECT_EQ(disable_totp(world.services, world.owner.id, {}, world.origin).error().code,
            Errc::NotEnabled);
  EXPECT_EQ(WebauthnWorld::said(remove_webauthn(world.services, world.owner.id, "blue",
                                                {.assertion = copy.get({"none"})}, world.origin)),
            "second_factor_invalid");
  EXPECT_EQ(failures(),
            "wrong second factor: security key: counter_went_back, "
            "second factor: security key: challenge");
}

TEST_F(WebauthnAssertionTest, Step21AKeyThatDoesNotCountStaysAtZero) {
  key.counts = false;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(world.take(key.get(world.proof())), "ok");
  EXPECT_EQ(stored_count(), "0");
}

TEST_F(WebauthnAssertionTest, Step21OfTwentyUsesOfOneCounterOneIsTaken) {
  key.counts = false;
  key.sign_count = 7;
  std::vector<WebauthnAssertion> answers;
  for (int i = 0; i < 20; ++i) answers.push_back(key.get(world.proof()));
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (const auto& answer : answers) {
    threads.emplace_back([&] {
      AnotherWorker worker(world);
      const auto result = test::patiently(
          [&] { return WebauthnWorld::take(worker.services, world.owner.id, answer); });
      if (result == "ok") ++taken;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(stored_count(), "7");
}

TEST_F(WebauthnAssertionTest, OfTwentyLoginsWithOneAnswerOneIsLetIn) {
  const auto answer = key.get(world.proof());
  world.sql("delete from postern.session returning 1");
  std::atomic<int> let_in = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      AnotherWorker worker(world);
      const auto tokens = test::patiently([&] {
        return sign_in(worker.services,
                       {.login = "alice",
                        .password = Secret(WebauthnWorld::kPassword),
                        .factor = {.assertion = answer}},
                       world.origin);
      });
      if (tokens) ++let_in;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(let_in, 1);
  EXPECT_EQ(world.sql("select count(*) from postern.session"), "1");
}

TEST_F(WebauthnAssertionTest, WrongAnswersCountAsFailedLogins) {
  world.settings.login_limit.per_account = 3;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(log_in(key.get({"none"})).error().code, Errc::SecondFactorInvalid);
  }
  EXPECT_EQ(log_in(key.get(world.proof())).error().code, Errc::TooManyAttempts);
}

TEST_F(WebauthnAssertionTest, AKeyRegisteredUnderAnotherMasterKeysChallengeStillAnswers) {
  const auto before = world.proof();
  world.ring = KeyRing::parse(KeyRing::make_line(9, world.random) + "\n").value();
  EXPECT_EQ(world.take(key.get(before)), bad("challenge")) << "its key is gone";
  EXPECT_EQ(world.take(key.get(world.proof())), "ok");
}

}  // namespace
}  // namespace postern::domain
