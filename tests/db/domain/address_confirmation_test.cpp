#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "domain/mail_link.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/mail_world.hpp"

namespace postern::domain {
namespace {

using test::told;

class AddressConfirmation : public ::testing::Test {
 protected:
  /// A letter to confirm the present or pending address; its secret.
  Secret ask(const Account& account) {
    EXPECT_EQ(told(request_confirmation(world_.services, account.id, world_.origin)), "ok");
    return world_.next_letter(MailKind::ConfirmAddress).token;
  }
  std::string confirming(const Secret& token) {
    return told(confirm_address(world_.services, token, world_.origin));
  }
  void make_pending(const std::string& username, const std::string& email) {
    sql("update postern.account set pending_email = '" + email + "' where username = '" + username +
        "' returning 1");
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }
  std::string state(const std::string& username) {
    return sql(
        "select coalesce(email, '-') || ' ' || coalesce(email_key, '-') || ' ' || "
        "coalesce(pending_email, '-') || ' ' || email_verified || ' ' || is_approved "
        "from postern.account where username = '" +
        username + "'");
  }

  test::MailWorld world_;
  const Account ann_ = world_.account("ann");
};

TEST_F(AddressConfirmation, AnUnconfirmedAddressIsConfirmed) {
  const Secret token = ask(ann_);
  EXPECT_EQ(state("ann"), "ann@example.org ann@example.org - false true");
  const auto account = confirm_address(world_.services, token, world_.origin);
  ASSERT_TRUE(account);
  EXPECT_TRUE(account->email_verified);
  EXPECT_EQ(state("ann"), "ann@example.org ann@example.org - true true");
  EXPECT_EQ(world_.audited("email_verified"), "1");
  EXPECT_EQ(confirming(token), "link_invalid") << "good once";
}

TEST_F(AddressConfirmation, APendingAddressTakesTheFormersPlace) {
  make_pending("ann", "New@Example.org");
  EXPECT_EQ(confirming(ask(ann_)), "ok");
  EXPECT_EQ(state("ann"), "New@Example.org new@example.org - true true");
  const auto letter = world_.next_letter(MailKind::EmailChanged);
  EXPECT_EQ(letter.to, "ann@example.org");
  EXPECT_EQ(letter.values.at("email"), "New@Example.org");
}

TEST_F(AddressConfirmation, AnAccountThatWaitedForNothingElseIsApproved) {
  sql("update postern.account set email = null, email_key = null, is_approved = false, "
      "approve_when_verified = true where username = 'ann' returning 1");
  make_pending("ann", "ann@example.org");
  EXPECT_EQ(confirming(ask(ann_)), "ok");
  EXPECT_EQ(state("ann"), "ann@example.org ann@example.org - true true");
  EXPECT_EQ(world_.audited("account_approved"), "1");
  EXPECT_EQ(sql("select approve_when_verified from postern.account where username = 'ann'"), "f");
}

TEST_F(AddressConfirmation, AnAccountThatWaitsForAnAdministratorStillDoes) {
  sql("update postern.account set is_approved = false where username = 'ann' returning 1");
  EXPECT_EQ(confirming(ask(ann_)), "ok");
  EXPECT_EQ(state("ann"), "ann@example.org ann@example.org - true false");
  EXPECT_EQ(world_.audited("account_approved"), "0");
}

TEST_F(AddressConfirmation, WhatSomebodyElseHasByNowIsVoid) {
  make_pending("ann", "shared@example.org");
  const Secret token = ask(ann_);
  AccountChange change;
  change.email = "Shared@example.org";
  ASSERT_TRUE(update_account(world_.services, world_.account("bob").id, change,
                             world_.account("root", "admin").id, world_.origin));
  EXPECT_EQ(confirming(token), "link_invalid");
  EXPECT_EQ(state("ann"), "ann@example.org ann@example.org shared@example.org false true");
}

TEST_F(AddressConfirmation, OfTwoThatWaitForTheSameAddressOneGetsIt) {
  const auto bob = world_.account("bob");
  make_pending("ann", "shared@example.org");
  make_pending("bob", "shared@example.org");
  const Secret for_ann = ask(ann_), for_bob = ask(bob);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&, i] {
      test::AnotherWorker worker(world_);
      if (confirm_address(worker.services, i % 2 == 0 ? for_ann : for_bob, world_.origin)) ++good;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 1);
  EXPECT_EQ(sql("select count(*) from postern.account where email_key = 'shared@example.org'"),
            "1");
}

TEST_F(AddressConfirmation, ALinkToAnAddressThatIsNotWaitedForAnyMoreIsVoid) {
  make_pending("ann", "first@example.org");
  const Secret token = ask(ann_);
  make_pending("ann", "second@example.org");
  EXPECT_EQ(confirming(token), "link_invalid");
}

TEST_F(AddressConfirmation, AnExpiredLinkIsVoid) {
  const Secret token = ask(ann_);
  world_.clock.advance(world_.settings.mail.verify_lifetime);
  EXPECT_EQ(confirming(token), "link_invalid");
}

TEST_F(AddressConfirmation, ADisabledAccountConfirmsNothing) {
  const Secret token = ask(ann_);
  sql("update postern.account set is_active = false where username = 'ann' returning 1");
  EXPECT_EQ(confirming(token), "link_invalid");
}

TEST_F(AddressConfirmation, WhatIsConfirmedNeedsNoLetter) {
  EXPECT_EQ(confirming(ask(ann_)), "ok");
  EXPECT_EQ(told(request_confirmation(world_.services, ann_.id, world_.origin)), "ok");
  EXPECT_EQ(world_.queued(), "0");
}

TEST_F(AddressConfirmation, WithoutAnAddressThereIsNothingToConfirm) {
  sql("update postern.account set email = null, email_key = null where username = 'ann' "
      "returning 1");
  EXPECT_EQ(told(request_confirmation(world_.services, ann_.id, world_.origin)), "no_email");
}

TEST_F(AddressConfirmation, LettersAreLimitedByAccount) {
  world_.settings.login_limit.per_account = 2;
  (void)ask(ann_);
  (void)ask(ann_);
  EXPECT_EQ(told(request_confirmation(world_.services, ann_.id, world_.origin)),
            "too_many_attempts");
}

TEST_F(AddressConfirmation, ALetterHeldUpUntilItIsNotNeededIsNotSent) {
  ASSERT_TRUE(request_confirmation(world_.services, ann_.id, world_.origin));
  sql("update postern.account set email_verified = true where username = 'ann' returning 1");
  world_.handle_all();
  EXPECT_TRUE(world_.sent.empty());
  EXPECT_EQ(world_.queued(), "0");
  EXPECT_EQ(world_.links(), "0");
}

TEST_F(AddressConfirmation, R8AnAddressThatIsSomebodysGetsAnotherLetterAndNoLink) {
  world_.account("bob");
  make_pending("ann", "BOB@example.org");
  ASSERT_TRUE(request_confirmation(world_.services, ann_.id, world_.origin));
  world_.handle_all();
  ASSERT_EQ(world_.sent.size(), 1U);
  const auto& letter = world_.sent.front();
  EXPECT_EQ(letter.kind, MailKind::AlreadyRegistered);
  EXPECT_EQ(letter.to, "BOB@example.org");
  EXPECT_EQ(letter.values.at("username"), "bob");
  EXPECT_TRUE(letter.token.empty());
  EXPECT_EQ(world_.links(), "0");
}

}  // namespace
}  // namespace postern::domain
