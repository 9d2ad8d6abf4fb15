#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "domain/api_key.hpp"
#include "domain/mail_link.hpp"
#include "domain/password_change.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/mail_world.hpp"

namespace postern::domain {
namespace {

using test::told;

const Secret kOld(test::DomainWorld::kPassword);
const Secret kNew("a new and longer password");

class PasswordReset : public ::testing::Test {
 protected:
  std::string asking(std::string_view email) {
    return told(request_password_reset(world_.services, email, world_.origin));
  }
  /// The secret that comes by mail when `email` is asked for.
  Secret token_for(std::string_view email) {
    EXPECT_EQ(asking(email), "ok");
    return world_.next_letter(MailKind::ResetPassword).token;
  }
  std::string resetting(const Secret& token, const Secret& password = kNew) {
    return told(reset_password(world_.services, token, password, world_.origin));
  }
  bool logs_in(const Secret& password) {
    return sign_in(world_.services, {"ann", password}, world_.origin).ok();
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }

  test::MailWorld world_;
  const Account ann_ = world_.account("ann");
};

TEST_F(PasswordReset, TheLinkSetsANewOne) {
  EXPECT_EQ(resetting(token_for("ann@example.org")), "ok");
  EXPECT_FALSE(logs_in(kOld));
  EXPECT_TRUE(logs_in(kNew));
  EXPECT_EQ(world_.audited("password_reset_requested"), "1");
  EXPECT_EQ(world_.audited("password_reset"), "1");
}

TEST_F(PasswordReset, TheAddressCountsAsConfirmed) {
  EXPECT_FALSE(find_account(world_.services, ann_.id)->email_verified);
  EXPECT_EQ(resetting(token_for("ann@example.org")), "ok");
  EXPECT_TRUE(find_account(world_.services, ann_.id)->email_verified);
}

TEST_F(PasswordReset, TheOwnerIsTold) {
  EXPECT_EQ(resetting(token_for("ann@example.org")), "ok");
  const auto letter = world_.next_letter(MailKind::PasswordChanged);
  EXPECT_EQ(letter.to, "ann@example.org");
  EXPECT_EQ(letter.values.at("how"), "reset");
  EXPECT_EQ(letter.values.at("address"), world_.origin.address);
}

// CVE-2026-73431: a reset link that was good more than once (B7.9).
TEST_F(PasswordReset, B79ALinkIsGoodOnce) {
  const Secret token = token_for("ann@example.org");
  EXPECT_EQ(resetting(token), "ok");
  EXPECT_EQ(resetting(token, Secret("another good password")), "link_invalid");
  EXPECT_TRUE(logs_in(kNew));
}

TEST_F(PasswordReset, B79ALinkIsGoodOnceUnderTwentyThreads) {
  const Secret token = token_for("ann@example.org");
  std::atomic<int> good{0}, other{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&, i] {
      test::AnotherWorker worker(world_);
      const auto outcome = reset_password(
          worker.services, token, Secret("password of thread " + std::to_string(i)), world_.origin);
      if (outcome) ++good;
      if (!outcome && outcome.error().code != Errc::LinkInvalid &&
          outcome.error().code != Errc::Busy)
        ++other;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 1);
  EXPECT_EQ(other, 0);
  EXPECT_EQ(world_.audited("password_reset"), "1");
}

// CVE-2026-39923: an expiry that was looked at on the form and not where it has its effect (B7.10).
TEST_F(PasswordReset, B710AnExpiredLinkIsRefusedWhereItHasItsEffect) {
  const Secret token = token_for("ann@example.org");
  world_.clock.advance(world_.settings.mail.reset_lifetime - seconds(1));
  EXPECT_EQ(resetting(token, Secret("x")), "invalid_input new_password") << "still good";
  world_.clock.advance(seconds(1));
  EXPECT_EQ(resetting(token), "link_invalid");
  EXPECT_TRUE(logs_in(kOld));
}

TEST_F(PasswordReset, ABadPasswordLeavesTheLinkGood) {
  const Secret token = token_for("ann@example.org");
  EXPECT_EQ(resetting(token, Secret("short")), "invalid_input new_password");
  EXPECT_EQ(resetting(token), "ok");
}

TEST_F(PasswordReset, ANewLinkVoidsTheFormer) {
  const Secret first = token_for("ann@example.org");
  const Secret second = token_for("ann@example.org");
  EXPECT_EQ(resetting(first), "link_invalid");
  EXPECT_EQ(resetting(second), "ok");
}

TEST_F(PasswordReset, R10NoSecretOfAnotherPurposeIsTaken) {
  ASSERT_TRUE(request_confirmation(world_.services, ann_.id, world_.origin));
  const Secret confirming = world_.next_letter(MailKind::ConfirmAddress).token;
  ASSERT_FALSE(confirming.empty());
  EXPECT_EQ(resetting(confirming), "link_invalid");
  EXPECT_EQ(told(confirm_address(world_.services, token_for("ann@example.org"), world_.origin)),
            "link_invalid");
  const auto tokens = world_.login("ann");
  EXPECT_EQ(resetting(tokens.access), "link_invalid");
  EXPECT_EQ(resetting(tokens.refresh), "link_invalid");
  EXPECT_EQ(resetting(Secret("")), "link_invalid");
}

// GHSA-x4vh-j75g-268g: a password reset that left refresh tokens alive (B7.12).
TEST_F(PasswordReset, R6B712EverySessionEnds) {
  const auto tokens = world_.login("ann");
  EXPECT_EQ(resetting(token_for("ann@example.org")), "ok");
  EXPECT_FALSE(authenticate_access_token(world_.services, tokens.access.reveal()));
  EXPECT_FALSE(refresh_session(world_.services, SessionKind::Native, tokens.refresh.reveal(),
                               world_.origin));
}

TEST_F(PasswordReset, R6B712KeysEndWhereTheSettingsSaySo) {
  const auto key = generate_personal_key(world_.services, ann_.id, std::nullopt, world_.origin);
  ASSERT_TRUE(key);
  EXPECT_EQ(resetting(token_for("ann@example.org")), "ok");
  EXPECT_EQ(sql("select count(*) from postern.api_key where revoked_at is null"), "1");
  world_.settings.keys.end_on_password_change = true;
  EXPECT_EQ(resetting(token_for("ann@example.org"), Secret("yet another password")), "ok");
  EXPECT_EQ(sql("select count(*) from postern.api_key where revoked_at is null"), "0");
}

TEST_F(PasswordReset, AnyOtherNewPasswordVoidsTheLink) {
  const Secret first = token_for("ann@example.org");
  ASSERT_TRUE(change_password(world_.services, ann_.id, kOld, kNew, {}, world_.origin));
  EXPECT_EQ(resetting(first), "link_invalid");
  const Secret second = token_for("ann@example.org");
  ASSERT_TRUE(set_password(world_.services, ann_.id, kOld, {}, world_.origin));
  EXPECT_EQ(resetting(second), "link_invalid");
}

TEST_F(PasswordReset, ALinkToAFormerAddressIsVoid) {
  const Secret token = token_for("ann@example.org");
  AccountChange change;
  change.email = "new@example.org";
  ASSERT_TRUE(update_account(world_.services, ann_.id, change, world_.account("root", "admin").id,
                             world_.origin));
  EXPECT_EQ(resetting(token), "link_invalid");
}

TEST_F(PasswordReset, ALinkOfADisabledAccountIsRefused) {
  const Secret token = token_for("ann@example.org");
  AccountChange change;
  change.is_active = false;
  ASSERT_TRUE(update_account(world_.services, ann_.id, change, {}, world_.origin));
  EXPECT_EQ(resetting(token), "link_invalid");
}

TEST_F(PasswordReset, LimitsOfFailedLoginsAreLifted) {
  for (std::uint32_t i = 0; i < world_.settings.login_limit.per_account; ++i)
    EXPECT_FALSE(logs_in(Secret("wrong")));
  EXPECT_FALSE(logs_in(kOld));
  EXPECT_EQ(resetting(token_for("ann@example.org")), "ok");
  EXPECT_TRUE(logs_in(kNew));
}

TEST_F(PasswordReset, R8KnownAndUnknownAddressesAreTheSameRows) {
  for (const auto* email : {"ann@example.org", "nobody@example.org"}) {
    EXPECT_EQ(asking(email), "ok");
    EXPECT_EQ(world_.queued(), "1") << email;
    EXPECT_EQ(world_.links(), "0") << email;
    EXPECT_EQ(world_.audited("password_reset_requested"), "0") << email;
    sql("delete from postern.mail returning 1");
  }
}

TEST_F(PasswordReset, WithoutMailItIsTheSameAnswerAndNoRow) {
  world_.settings.mail.enabled = false;
  EXPECT_EQ(asking("ann@example.org"), "ok");
  EXPECT_EQ(asking("nobody@example.org"), "ok");
  EXPECT_EQ(world_.queued(), "0");
}

TEST_F(PasswordReset, WhatIsNoAddressIsRefused) {
  EXPECT_EQ(asking(""), "invalid_input email");
  EXPECT_EQ(asking("ann"), "invalid_input email");
  EXPECT_EQ(asking("ann@example.org\r\nBcc: eve@example.org"), "invalid_input email");
  EXPECT_EQ(world_.queued(), "0");
}

TEST_F(PasswordReset, R8AnAddressIsLimitedWhetherKnownOrNot) {
  world_.settings.login_limit.per_account = 3;
  for (const std::string email : {"ann@example.org", "nobody@example.org"}) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(asking(email), "ok");
    EXPECT_EQ(asking(email), "too_many_attempts");
    EXPECT_EQ(asking("A" + email.substr(1)), email.front() == 'a' ? "too_many_attempts" : "ok")
        << "case does not make another address";
  }
}

TEST_F(PasswordReset, ANetworkIsLimited) {
  world_.settings.login_limit.per_network = 3;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(asking("a" + std::to_string(i) + "@example.org"), "ok");
  EXPECT_EQ(asking("ann@example.org"), "too_many_attempts");
  world_.origin.address = "198.51.100.7";
  EXPECT_EQ(asking("ann@example.org"), "ok");
}

TEST_F(PasswordReset, TriesOfSecretsAreLimitedByNetwork) {
  const Secret token = token_for("ann@example.org");
  world_.settings.login_limit.per_network = 3;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(resetting(Secret("nonsense")), "link_invalid");
  EXPECT_EQ(resetting(token), "too_many_attempts");
  world_.origin.address = "198.51.100.7";
  EXPECT_EQ(resetting(token), "ok");
}

// ASVS 6.4.3: a reset is no way around the second factor.
TEST_F(PasswordReset, ASecondFactorStays) {
  sql("update postern.account set totp_enabled = true where username = 'ann' returning 1");
  sql("insert into postern.totp (account_id, sealed_secret, created_at, confirmed_at) "
      "select id, '\\x00', now(), now() from postern.account where username = 'ann' returning 1");
  EXPECT_EQ(resetting(token_for("ann@example.org")), "ok");
  EXPECT_TRUE(find_account(world_.services, ann_.id)->totp_enabled);
  EXPECT_EQ(told(sign_in(world_.services, {"ann", kNew}, world_.origin)), "second_factor_required");
}

}  // namespace
}  // namespace postern::domain
