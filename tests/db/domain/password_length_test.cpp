#include <gtest/gtest.h>

#include "domain/password_change.hpp"
#include "domain/totp.hpp"
#include "tests/support/authenticator.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

const Secret kRight(DomainWorld::kPassword);
const Secret kShort("8 chars!");
const Secret kLong("fifteen or more of them");

/// NIST SP 800-63B-4: 15 characters where the password stands alone, 8 beside a second factor.
class PasswordLength : public testing::Test {
 protected:
  std::string change(const Secret& current, const Secret& replacement) {
    const auto changed =
        change_password(world.services, alice.id, current, replacement, {}, world.origin);
    return changed ? "ok"
                   : std::string(name_of(changed.error().code)) + " " + changed.error().field +
                         " " + changed.error().reason;
  }
  std::string set(const Secret& replacement) {
    const auto changed = set_password(world.services, alice.id, replacement, {}, world.origin);
    return changed ? "ok"
                   : std::string(name_of(changed.error().code)) + " " + changed.error().field +
                         " " + changed.error().reason;
  }
  std::string disable(const Secret& code) {
    const auto ended = disable_totp(world.services, alice.id, {code, {}}, world.origin);
    return ended ? "ok"
                 : std::string(name_of(ended.error().code)) + " " + ended.error().field + " " +
                       ended.error().reason;
  }
  std::string needs_mfa() { return sql("select password_needs_mfa from postern.account"); }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  Account alice = world.account("alice");
};

TEST_F(PasswordLength, AloneItIsTheLongOne) {
  EXPECT_EQ(change(kRight, kShort), "invalid_input new_password too_short");
  EXPECT_EQ(set(kShort), "invalid_input password too_short");
  EXPECT_EQ(change(kRight, kLong), "ok");
  EXPECT_EQ(needs_mfa(), "f");
}

TEST_F(PasswordLength, BesideASecondFactorAShortOneWillDo) {
  test::enrol(world, alice);
  EXPECT_EQ(change(kRight, Secret("7 chars")), "invalid_input new_password too_short");
  EXPECT_EQ(change(kRight, kShort), "ok");
  EXPECT_EQ(needs_mfa(), "t");
  EXPECT_EQ(change(kShort, kLong), "ok");
  EXPECT_EQ(needs_mfa(), "f");
  EXPECT_EQ(set(kShort), "ok");
  EXPECT_EQ(needs_mfa(), "t");
  EXPECT_EQ(set(kLong), "ok");
  EXPECT_EQ(needs_mfa(), "f");
}

TEST_F(PasswordLength, AFactorThatIsNotConfirmedIsNone) {
  const auto session = world.login("alice").session;
  ASSERT_TRUE(start_totp(world.services, alice.id, {session, {}}, world.origin));
  EXPECT_EQ(change(kRight, kShort), "invalid_input new_password too_short");
}

TEST_F(PasswordLength, AShortOneKeepsTheFactor) {
  const auto app = test::enrol(world, alice).app;
  ASSERT_EQ(change(kRight, kShort), "ok");
  EXPECT_EQ(disable(app.code(world.clock.now())), "invalid_input password too_short");
  EXPECT_TRUE(find_account(world.services, alice.id)->totp_enabled);
  ASSERT_EQ(change(kShort, kLong), "ok");
  EXPECT_EQ(disable(app.code(world.clock.now())), "ok") << "the refusal has not spent the code";
}

TEST_F(PasswordLength, AShortOneEndsWithAFactorThatIsReset) {
  test::enrol(world, alice);
  ASSERT_EQ(change(kRight, kShort), "ok");
  ASSERT_TRUE(reset_second_factor(world.services, alice.id, {}, world.origin));
  EXPECT_EQ(sign_in(world.services, {"alice", kShort}, world.origin).error().code,
            Errc::InvalidCredentials);
  EXPECT_EQ(sql("select detail from postern.audit where event = 'totp_disabled'"),
            "reset; its short password is void");
  EXPECT_EQ(set(kShort), "invalid_input password too_short");
  EXPECT_EQ(set(kLong), "ok");
  EXPECT_TRUE(sign_in(world.services, {"alice", kLong}, world.origin));
}

TEST_F(PasswordLength, AFactorThatWentMeanwhileLeavesNoShortPasswordBehind) {
  test::enrol(world, alice);
  world.database.set_fault_hook_for_test([&](std::string_view point) {
    if (point == "replace_password" || point == "set_password")
      sql("update postern.account set totp_enabled = false");
  });
  EXPECT_EQ(change(kRight, kShort), "invalid_credentials  ");
  sql("update postern.account set totp_enabled = true");
  EXPECT_EQ(set(kShort), "not_found  ");
  world.database.set_fault_hook_for_test({});
  EXPECT_TRUE(sign_in(world.services, {"alice", kRight}, world.origin)) << "the old one";
}

}  // namespace
}  // namespace postern::domain
