#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "domain/webauthn_client_data.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/webauthn_world.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::Ceremony;
using test::SecurityKey;
using test::WebauthnWorld;

/// W3C Web Authentication, Level 2, section 7.1: the tests are named by its steps.
class WebauthnRegistration : public testing::Test {
 protected:
  std::string credentials() {
    return world.sql("select count(*) from postern.webauthn_credential");
  }
  bool enabled() { return find_account(world.services, world.owner.id)->webauthn_enabled; }

  WebauthnWorld world;
  SecurityKey key;
};

TEST_F(WebauthnRegistration, TheFirstKeyPutsTheFactorInForceAndEndsTheOtherSessions) {
  const auto other = world.login("alice").session;
  const auto codes = world.enrol(key);
  EXPECT_EQ(codes.size(), 10U);
  const auto account = find_account(world.services, world.owner.id);
  EXPECT_TRUE(account->webauthn_enabled);
  EXPECT_EQ(account->preferred_factor, "webauthn");
  EXPECT_EQ(world.sql("select id from postern.session"), world.session.text()) << other.text();
  EXPECT_EQ(world.sql("select detail from postern.audit where event = 'factor_added'"), "webauthn");
  EXPECT_EQ(world.next_letter(MailKind::FactorChanged).values["change"], "enabled");
}

TEST_F(WebauthnRegistration, EveryAlgorithmThatIsAskedForIsTaken) {
  const auto told = start_webauthn(world.services, world.owner.id);
  EXPECT_EQ(told->algorithms, (std::vector<int>{-7, -8, -257}));
  int number = 0;
  for (const auto kind :
       {SecurityKey::Kind::Es256, SecurityKey::Kind::EdDsa, SecurityKey::Kind::Rs256}) {
    SecurityKey any(kind);
    EXPECT_EQ(world.try_register(any.create(world.registration()), std::to_string(++number)), "ok");
    EXPECT_EQ(world.take(any.get(world.proof())), "ok");
  }
  EXPECT_EQ(world.sql("select string_agg(algorithm::text, ' ' order by name)"
                      " from postern.webauthn_credential"),
            "-7 -8 -257");
}

TEST_F(WebauthnRegistration, WhatTheBrowserIsToldNamesThePartyTheOwnerAndTheKeysThereAre) {
  world.settings.webauthn.rp_name = "Studio";
  world.enrol(key);
  const auto told = start_webauthn(world.services, world.owner.id).value();
  EXPECT_EQ(told.rp_id, "127.0.0.1");
  EXPECT_EQ(told.rp_name, "Studio");
  EXPECT_EQ(std::string(told.user_handle.begin(), told.user_handle.end()), world.owner.id.text());
  EXPECT_EQ(told.username, "alice");
  EXPECT_EQ(told.exclude, std::vector<Bytes>{key.id});
  EXPECT_EQ(told.timeout, minutes(5));
}

TEST_F(WebauthnRegistration, Step7TheTypeIsThatOfARegistration) {
  auto ceremony = world.registration();
  for (const char* type : {"webauthn.get", "webauthn.create ", "Webauthn.create", "payment.get"}) {
    ceremony.type = type;
    EXPECT_EQ(world.try_register(key.create(ceremony)), "invalid_input client_data wrong_type")
        << type;
  }
  auto none = key.create(world.registration());
  none.client.type.clear();
  EXPECT_EQ(world.try_register(none), "invalid_input client_data wrong_type");
}

TEST_F(WebauthnRegistration, Step8TheChallengeIsOneOfOursForThisAccountAndPurpose) {
  const auto ours = world.registration().challenge;
  for (std::size_t at = 0; at < ours.size(); at += 7) {
    std::string other = ours;
    other[at] = other[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(world.try_register(key.create({other})), "challenge_invalid") << at;
  }
  EXPECT_EQ(world.try_register(key.create({""})), "challenge_invalid");
  EXPECT_EQ(world.try_register(key.create({ours + "A"})), "challenge_invalid");
  const auto bob = world.account("bob");
  const auto bobs = start_webauthn(world.services, bob.id)->challenge;
  EXPECT_EQ(world.try_register(key.create({bobs})), "challenge_invalid");
  const auto to_prove = make_challenge(world.services, world.owner.id, ChallengePurpose::Prove);
  EXPECT_EQ(world.try_register(key.create({to_prove})), "challenge_invalid");
  EXPECT_EQ(world.try_register(key.create({ours})), "ok");
}

TEST_F(WebauthnRegistration, Step8AChallengeIsGoodForItsTimeAndNotLonger) {
  const auto early = world.registration();
  world.clock.advance(minutes(5) - seconds(1));
  EXPECT_EQ(world.try_register(key.create(early)), "ok");
  const auto late = world.registration();
  world.clock.advance(minutes(5));
  SecurityKey other;
  EXPECT_EQ(world.try_register(other.create(late), "other"), "challenge_invalid");
}

TEST_F(WebauthnRegistration, Step8AnAnsweredChallengeIsNotAnsweredAgain) {
  const auto ceremony = world.registration();
  ASSERT_EQ(world.try_register(key.create(ceremony)), "ok");
  SecurityKey other;
  EXPECT_EQ(world.try_register(other.create(ceremony), "other"), "challenge_invalid");
  EXPECT_EQ(credentials(), "1");
}

TEST_F(WebauthnRegistration, Step8ARefusedAnswerLeavesTheChallengeGood) {
  const auto ceremony = world.registration();
  auto elsewhere = ceremony;
  elsewhere.origin = "https://elsewhere.example";
  ASSERT_NE(world.try_register(key.create(elsewhere)), "ok");
  ASSERT_NE(world.try_register(key.create(ceremony), ""), "ok");
  EXPECT_EQ(world.sql("select count(*) from postern.used_challenge"), "0");
  EXPECT_EQ(world.try_register(key.create(ceremony)), "ok");
}

TEST_F(WebauthnRegistration, Step9TheOriginIsOneOfOurs) {
  for (const char* origin : {"https://elsewhere.example", "https://127.0.0.1:8080",
                             "http://127.0.0.1", "http://127.0.0.1:8081", "http://127.0.0.1:8080/",
                             "http://127.0.0.1:8080.elsewhere.example", "null", ""}) {
    auto ceremony = world.registration();
    ceremony.origin = origin;
    EXPECT_EQ(world.try_register(key.create(ceremony)), "invalid_input client_data wrong_origin")
        << origin;
  }
  world.settings.webauthn.origins = {"https://site.example", "https://app.site.example"};
  auto ceremony = world.registration();
  EXPECT_NE(world.try_register(key.create(ceremony)), "ok");
  ceremony.origin = "https://app.site.example";
  EXPECT_EQ(world.try_register(key.create(ceremony)), "ok");
}

TEST_F(WebauthnRegistration, Step9AFrameOfAnotherOriginDoesNotRegister) {
  auto ceremony = world.registration();
  ceremony.cross_origin = true;
  EXPECT_EQ(world.try_register(key.create(ceremony)), "invalid_input client_data cross_origin");
}

TEST_F(WebauthnRegistration, Step12EveryTruncationOfTheAttestationIsRefused) {
  const auto whole = key.create(world.registration());
  for (std::size_t length = 0; length < whole.attestation_object.size(); ++length) {
    auto cut = whole;
    cut.attestation_object.resize(length);
    EXPECT_EQ(world.try_register(cut), "invalid_input attestation malformed") << length;
  }
  EXPECT_EQ(world.try_register(whole), "ok");
}

TEST_F(WebauthnRegistration, Step13TheHashIsOfOurPartyId) {
  auto ceremony = world.registration();
  ceremony.rp_id = "elsewhere.example";
  EXPECT_EQ(world.try_register(key.create(ceremony)), "invalid_input attestation wrong_rp");
}

TEST_F(WebauthnRegistration, Step14TheUserIsPresent) {
  key.user_present = false;
  EXPECT_EQ(world.try_register(key.create(world.registration())),
            "invalid_input attestation user_absent");
}

TEST_F(WebauthnRegistration, Step16AKeyThatIsNoneOfItsAlgorithmIsRefused) {
  auto answer = key.create(world.registration());
  answer.attestation_object.back() ^= 1;  // of the point's y
  EXPECT_EQ(world.try_register(answer), "invalid_input attestation algorithm");
}

TEST_F(WebauthnRegistration, Step19AnAttestationIsNotJudged) {
  auto answer = key.create(world.registration());
  answer.attestation_object =
      SecurityKey::attestation_object(key.authenticator_data("127.0.0.1", true), "packed");
  EXPECT_EQ(world.try_register(answer), "ok");
}

TEST_F(WebauthnRegistration, Step22ACredentialIsRegisteredOnceForWhomever) {
  world.enrol(key);
  EXPECT_EQ(world.try_register(key.create(world.registration()), "again"), "taken credential");
  const auto bob = world.account("bob");
  const auto session = world.login("bob").session;
  const Ceremony ceremony{start_webauthn(world.services, bob.id)->challenge};
  const auto taken = register_webauthn(world.services, bob.id, {key.create(ceremony), "mine"},
                                       session, world.origin);
  EXPECT_EQ(WebauthnWorld::said(taken), "taken credential");
  EXPECT_FALSE(find_account(world.services, bob.id)->webauthn_enabled);
}

TEST_F(WebauthnRegistration, NamesAreCleanShortAndTheAccountsOnlyOnes) {
  world.enrol(key, "blue");
  SecurityKey other;
  const auto register_as = [&](const std::string& name) {
    return world.try_register(other.create(world.registration()), name);
  };
  EXPECT_EQ(register_as("blue"), "taken name");
  EXPECT_EQ(register_as("").substr(0, 18), "invalid_input name");
  EXPECT_EQ(register_as("two\nlines").substr(0, 18), "invalid_input name");
  EXPECT_EQ(register_as(std::string("nul\0", 4)).substr(0, 18), "invalid_input name");
  EXPECT_EQ(register_as("\xff").substr(0, 18), "invalid_input name");
  EXPECT_EQ(register_as(std::string(101, 'n')).substr(0, 18), "invalid_input name");
  EXPECT_EQ(register_as(std::string(100, 'n')), "ok");
}

TEST_F(WebauthnRegistration, ASecondKeyMakesNoCodesAndEndsNoSession) {
  world.enrol(key);
  SecurityKey other;
  const SignIn again{.login = "alice",
                     .password = Secret(WebauthnWorld::kPassword),
                     .factor = {.assertion = key.get(world.proof())}};
  ASSERT_TRUE(sign_in(world.services, again, world.origin).ok());
  const auto sessions = world.sql("select count(*) from postern.session");
  EXPECT_TRUE(world.enrol(other, "green").empty());
  EXPECT_EQ(world.sql("select count(*) from postern.session"), sessions);
  EXPECT_EQ(world.sql("select count(*) from postern.recovery_code"), "10");
  EXPECT_EQ(world.sql("select string_agg(detail, ', ' order by ctid) from postern.audit"
                      " where event = 'factor_added'"),
            "webauthn, webauthn: another");
}

TEST_F(WebauthnRegistration, AnAccountHasSoManyKeysAndNoMore) {
  world.settings.webauthn.per_account = 2;
  SecurityKey second, third;
  world.enrol(key, "one");
  const auto early = world.registration();
  world.enrol(second, "two");
  EXPECT_EQ(WebauthnWorld::said(start_webauthn(world.services, world.owner.id)),
            "invalid_input credentials too_many");
  EXPECT_EQ(world.try_register(third.create(early), "three"), "invalid_input credentials too_many");
  EXPECT_EQ(credentials(), "2");
}

TEST_F(WebauthnRegistration, OfTwentyAnswersToOneChallengeOneIsTaken) {
  const auto ceremony = world.registration();
  std::vector<SecurityKey> keys(20);
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    threads.emplace_back([&, i] {
      AnotherWorker worker(world);
      const auto answer = test::patiently([&] {
        return register_webauthn(worker.services, world.owner.id,
                                 {keys[i].create(ceremony), std::to_string(i)}, world.session,
                                 world.origin);
      });
      if (answer) ++taken;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(credentials(), "1");
  EXPECT_TRUE(enabled());
}

TEST_F(WebauthnRegistration, AskingForChallengesStoresNothing) {
  for (int i = 0; i < 20; ++i) (void)world.registration();
  EXPECT_EQ(world.sql("select count(*) from postern.used_challenge"), "0");
  EXPECT_NE(world.registration().challenge, world.registration().challenge);
}

}  // namespace
}  // namespace postern::domain
