#include <gtest/gtest.h>

#include <functional>

#include "domain/totp.hpp"
#include "tests/support/fault_points.hpp"
#include "tests/support/webauthn_world.hpp"

namespace postern::domain {
namespace {

using test::SecurityKey;
using test::WebauthnWorld;

class FactorFaults : public testing::Test {
 protected:
  void at_each_point(const std::function<bool()>& act,
                     const std::function<void(const std::string& at)>& check) {
    EXPECT_GT(test::fail_at_each_point(world.database, act, check), 10);
  }
  std::string count(const std::string& what) {
    return world.sql("select count(*) from postern." + what);
  }

  WebauthnWorld world;
  SecurityKey key;
};

TEST_F(FactorFaults, R7AKeyIsWhollyRegisteredOrNotAtAll) {
  const auto answer = key.create(world.registration());
  at_each_point([&] { return world.register_answer(answer).ok(); },
                [&](const std::string& at) {
                  const bool there = find_account(world.services, world.owner.id)->webauthn_enabled;
                  const char* one = there ? "1" : "0";
                  EXPECT_EQ(count("webauthn_credential"), one) << at;
                  EXPECT_EQ(count("used_challenge"), one) << at;
                  EXPECT_EQ(count("audit where event = 'factor_added'"), one) << at;
                  EXPECT_EQ(count("recovery_code"), there ? "10" : "0") << at;
                });
  EXPECT_EQ(count("webauthn_credential"), "1");
}

TEST_F(FactorFaults, R7ACodeByMailIsUsedUpOnlyByWhatItDid) {
  ASSERT_TRUE(start_email_otp(world.services, world.owner.id, world.origin).ok());
  const Secret code = world.mailed_code();
  at_each_point(
      [&] {
        return confirm_email_otp(world.services, world.owner.id, code, world.session, world.origin)
            .ok();
      },
      [&](const std::string& at) {
        const bool there = find_account(world.services, world.owner.id)->email_otp_enabled;
        EXPECT_EQ(count("email_code"), there ? "0" : "1") << at;
        EXPECT_EQ(count("recovery_code"), there ? "10" : "0") << at;
        EXPECT_EQ(count("audit where event = 'factor_added'"), there ? "1" : "0") << at;
      });
  EXPECT_TRUE(find_account(world.services, world.owner.id)->email_otp_enabled);
}

TEST_F(FactorFaults, R7AnAnswerIsUsedUpOnlyByTheSessionThatItOpened) {
  world.enrol(key);
  world.sql("delete from postern.used_challenge returning 1");
  world.sql("delete from postern.session returning 1");
  const auto answer = key.get(world.proof());
  const SignIn wanted{.login = "alice",
                      .password = Secret(WebauthnWorld::kPassword),
                      .factor = {.assertion = answer}};
  at_each_point([&] { return sign_in(world.services, wanted, world.origin).ok(); },
                [&](const std::string& at) {
                  const auto sessions = count("session");
                  EXPECT_EQ(count("used_challenge"), sessions) << at;
                  EXPECT_EQ(count("webauthn_credential where sign_count = 1"), sessions) << at;
                });
  EXPECT_EQ(count("session"), "1");
}

TEST_F(FactorFaults, R7AResetTakesAllOffOrNothing) {
  world.enrol(key);
  world.enrol_email();
  at_each_point(
      [&] { return reset_second_factor(world.services, world.owner.id, {}, world.origin).ok(); },
      [&](const std::string& at) {
        const auto owner = find_account(world.services, world.owner.id);
        EXPECT_EQ(owner->webauthn_enabled, owner->email_otp_enabled) << at;
        const bool there = owner->has_second_factor();
        EXPECT_EQ(count("webauthn_credential"), there ? "1" : "0") << at;
        EXPECT_EQ(count("recovery_code"), there ? "10" : "0") << at;
        EXPECT_EQ(count("session"), there ? "1" : "0") << at;
      });
  EXPECT_FALSE(find_account(world.services, world.owner.id)->has_second_factor());
}

}  // namespace
}  // namespace postern::domain
