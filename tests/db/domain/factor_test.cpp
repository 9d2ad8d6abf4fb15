#include "domain/factor.hpp"

#include <gtest/gtest.h>

#include "domain/password_change.hpp"
#include "domain/totp.hpp"
#include "tests/support/authenticator.hpp"
#include "tests/support/webauthn_world.hpp"

namespace postern::domain {
namespace {

using test::Authenticator;
using test::SecurityKey;
using test::WebauthnWorld;

/// Factors beside each other: what holds as long as there is one, and what goes with the last.
class FactorTest : public testing::Test {
 protected:
  Authenticator enrol_totp() {
    Authenticator app(
        start_totp(world.services, world.owner.id, {.session = world.session}, world.origin)
            ->secret);
    EXPECT_TRUE(confirm_totp(world.services, world.owner.id, app.code(world.clock.now()),
                             world.session, world.origin)
                    .ok());
    world.clock.advance(seconds(30));
    return app;
  }
  std::string prefer(std::string_view word) {
    return WebauthnWorld::said(set_preferred_factor(world.services, world.owner.id, word));
  }
  Account account() { return find_account(world.services, world.owner.id).value(); }
  Secret mailed() {
    world.sent.clear();
    EXPECT_TRUE(request_email_code(world.services, "alice", world.origin).ok());
    return world.mailed_code();
  }
  std::string codes() { return world.sql("select count(*) from postern.recovery_code"); }
  std::string disable_totp_with(const SecondFactor& proof) {
    return WebauthnWorld::said(disable_totp(world.services, world.owner.id, proof, world.origin));
  }
  std::string remove_key(const SecondFactor& proof) {
    return WebauthnWorld::said(
        remove_webauthn(world.services, world.owner.id, "blue", proof, world.origin));
  }

  WebauthnWorld world;
  SecurityKey key;
};

TEST_F(FactorTest, TheirNamesAreReadBack) {
  for (const Factor factor : kFactors) EXPECT_EQ(factor_of(name_of(factor)), factor);
  EXPECT_FALSE(factor_of("fido"));
  EXPECT_FALSE(factor_of(""));
}

TEST_F(FactorTest, TheFirstIsPreferredUntilItsOwnerSaysOtherwise) {
  world.enrol_email();
  enrol_totp();
  EXPECT_EQ(account().preferred_factor, "email_otp");
  EXPECT_EQ(prefer("totp"), "ok");
  EXPECT_EQ(account().preferred_factor, "totp");
  EXPECT_EQ(prefer("webauthn"), "invalid_input preferred_factor not_enabled");
  EXPECT_EQ(prefer("fido"), "invalid_input preferred_factor unknown");
  EXPECT_EQ(prefer(""), "invalid_input preferred_factor unknown");
  EXPECT_EQ(WebauthnWorld::said(set_preferred_factor(world.services, AccountId{}, "totp")),
            "not_found");
  EXPECT_EQ(account().preferred_factor, "totp");
}

TEST_F(FactorTest, WhatIsPreferredIsNoneOnceItWent) {
  world.enrol_email();
  const auto app = enrol_totp();
  EXPECT_EQ(prefer("totp"), "ok");
  EXPECT_EQ(disable_totp_with({.totp = app.code(world.clock.now())}), "ok");
  EXPECT_EQ(account().preferred_factor, "");
  EXPECT_EQ(prefer("email_otp"), "ok");
  enrol_totp();
  EXPECT_EQ(account().preferred_factor, "email_otp");
}

TEST_F(FactorTest, RecoveryCodesAreMadeWithTheFirstAndGoWithTheLast) {
  EXPECT_EQ(world.enrol_email().size(), 10U);
  const auto app = enrol_totp();
  EXPECT_TRUE(world.enrol(key).empty());
  EXPECT_EQ(codes(), "10");
  EXPECT_EQ(disable_totp_with({.totp = app.code(world.clock.now())}), "ok");
  EXPECT_EQ(WebauthnWorld::said(disable_email_otp(world.services, world.owner.id,
                                                  {.email_code = mailed()}, world.origin)),
            "ok");
  EXPECT_EQ(codes(), "10");
  EXPECT_EQ(remove_key({.assertion = key.get(world.proof())}), "ok");
  EXPECT_EQ(codes(), "0");
  EXPECT_FALSE(account().has_second_factor());
  EXPECT_TRUE(sign_in(world.services, {"alice", Secret(WebauthnWorld::kPassword)}, world.origin));
}

TEST_F(FactorTest, WhereAllCodesAreUsedTheNextFactorMakesNewOnes) {
  const auto first = world.enrol_email();
  world.sql("update postern.recovery_code set used_at = '2027-01-01' returning 1");
  EXPECT_EQ(world.enrol(key).size(), first.size());
}

TEST_F(FactorTest, EachIsEndedWithAProofOfAnyOther) {
  world.enrol_email();
  enrol_totp();
  world.enrol(key);
  EXPECT_EQ(disable_totp_with({.assertion = key.get(world.proof())}), "ok");
  EXPECT_EQ(remove_key({.email_code = mailed()}), "ok");
  EXPECT_EQ(disable_totp_with({.email_code = mailed()}), "not_enabled");
  EXPECT_TRUE(account().email_otp_enabled);
  EXPECT_EQ(account().totp_enabled, account().webauthn_enabled);
}

TEST_F(FactorTest, AProofOfAFactorThatIsNotInForceIsAWrongOne) {
  world.enrol(key);
  EXPECT_EQ(remove_key({.totp = Secret("123456")}), "second_factor_invalid");
  EXPECT_EQ(remove_key({.email_code = Secret("123456")}), "second_factor_invalid");
  EXPECT_EQ(remove_key({.recovery_code = Secret("ABCDEFGHIJ")}), "second_factor_invalid");
  EXPECT_EQ(remove_key({}), "second_factor_required webauthn");
  // A secret that was started and never confirmed is no factor.
  const auto told =
      start_totp(world.services, world.owner.id, {.session = world.session}, world.origin);
  const Authenticator app(told->secret);
  EXPECT_EQ(remove_key({.totp = app.code(world.clock.now())}), "second_factor_invalid");
}

TEST_F(FactorTest, OfSeveralKeysOneGoesAndTheFactorStays) {
  SecurityKey green;
  world.enrol(key);
  world.enrol(green, "green");
  const auto bob = world.account("bob");
  EXPECT_EQ(WebauthnWorld::said(remove_webauthn(world.services, bob.id, "blue", {}, world.origin)),
            "not_enabled");
  EXPECT_EQ(
      WebauthnWorld::said(remove_webauthn(world.services, world.owner.id, "red", {}, world.origin)),
      "not_enabled");
  EXPECT_EQ(remove_key({.assertion = green.get(world.proof())}), "ok");
  EXPECT_TRUE(account().webauthn_enabled);
  const auto left = list_webauthn_credentials(world.database, world.owner.id);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].name, "green");
  EXPECT_EQ(left[0].id, green.id);
  EXPECT_TRUE(left[0].last_used_at.has_value());
  EXPECT_EQ(world.take(key.get(world.proof())),
            "second_factor_invalid security key: unknown_credential");
  EXPECT_EQ(world.sql("select detail from postern.audit where event = 'factor_removed'"),
            "webauthn: one of several");
}

TEST_F(FactorTest, AShortPasswordKeepsTheLastFactorOfAnyKind) {
  world.enrol(key);
  world.enrol_email();
  const Secret short_one("tulip-9q");
  ASSERT_TRUE(change_password(world.services, world.owner.id, Secret(WebauthnWorld::kPassword),
                              short_one, world.session, world.origin)
                  .ok());
  EXPECT_EQ(remove_key({.assertion = key.get(world.proof())}), "ok") << "another one is left";
  const auto disable = [&] {
    return WebauthnWorld::said(
        disable_email_otp(world.services, world.owner.id, {.email_code = mailed()}, world.origin));
  };
  EXPECT_EQ(disable(), "invalid_input password too_short");
  ASSERT_TRUE(change_password(world.services, world.owner.id, short_one,
                              Secret("quite long enough to stand alone"), world.session,
                              world.origin)
                  .ok());
  EXPECT_EQ(disable(), "ok");
}

TEST_F(FactorTest, AResetTakesAllOfThemOff) {
  world.enrol_email();
  enrol_totp();
  world.enrol(key);
  world.handle_all();
  world.sent.clear();
  ASSERT_TRUE(reset_second_factor(world.services, world.owner.id, {}, world.origin).ok());
  EXPECT_FALSE(account().has_second_factor());
  EXPECT_EQ(account().preferred_factor, "");
  for (const char* table :
       {"totp", "email_code", "webauthn_credential", "recovery_code", "session"}) {
    EXPECT_EQ(world.sql(std::string("select count(*) from postern.") + table), "0") << table;
  }
  EXPECT_EQ(world.sql("select string_agg(event || ':' || detail, ' ' order by event, detail)"
                      " from postern.audit where detail like '%reset'"),
            "factor_removed:email_otp: reset factor_removed:webauthn: reset totp_disabled:reset");
  EXPECT_EQ(world.next_letter(MailKind::FactorChanged).values["change"], "reset");
  EXPECT_EQ(
      WebauthnWorld::said(reset_second_factor(world.services, world.owner.id, {}, world.origin)),
      "not_enabled");
}

TEST_F(FactorTest, NewRecoveryCodesAreMadeWithAProofOfAnyFactor) {
  world.enrol(key);
  const auto renew = [&](const SecondFactor& proof, RecoveryCodeStyle style) {
    return renew_recovery_codes(world.services, world.owner.id, proof, world.origin, style);
  };
  const auto plain = renew({.assertion = key.get(world.proof())}, RecoveryCodeStyle::Plain);
  ASSERT_TRUE(plain.ok());
  ASSERT_EQ(plain->size(), 16U);
  for (const Secret& code : *plain) {
    EXPECT_EQ(code.size(), 10U);
    EXPECT_EQ(code.reveal().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
              std::string_view::npos);
  }
  const auto grouped = renew({.recovery_code = plain->front()}, RecoveryCodeStyle::Grouped);
  ASSERT_TRUE(grouped.ok());
  EXPECT_EQ(grouped->size(), 10U);
  EXPECT_EQ(grouped->front().size(), 14U);
  EXPECT_EQ(renew({.recovery_code = plain->back()}, RecoveryCodeStyle::Plain).error().code,
            Errc::SecondFactorInvalid);
}

TEST_F(FactorTest, AWaivedReauthenticationNeedsNoYoungSession) {
  world.clock.advance(hours(2));
  const auto start = [&](bool waived) {
    return WebauthnWorld::said(start_totp(world.services, world.owner.id,
                                          {.session = world.session, .waived = waived},
                                          world.origin));
  };
  EXPECT_EQ(start(false), "reauthentication_required current_password");
  EXPECT_EQ(start(true), "ok");
}

}  // namespace
}  // namespace postern::domain
