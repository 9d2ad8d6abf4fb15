#include "domain/mail_room.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "domain/mail_link.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/mail_world.hpp"

namespace postern::domain {
namespace {

using Outcome = MailReport::Outcome;

class MailRoom : public ::testing::Test {
 protected:
  void queue(MailKind kind, std::optional<AccountId> account, const std::string& address,
             std::map<std::string, std::string> values = {}) {
    queue_letter(world_.database, world_.services, {kind, account, address, std::move(values)});
  }
  void queue_invitation() { queue(MailKind::Invitation, {}, "eve@example.org", {{"code", "c-1"}}); }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }

  test::MailWorld world_;
};

TEST_F(MailRoom, WithoutLettersThereIsNothingToDo) {
  EXPECT_EQ(world_.handle_one().outcome, Outcome::Nothing);
}

TEST_F(MailRoom, ALetterIsSentOnceAndForgotten) {
  queue_invitation();
  EXPECT_EQ(world_.handle_one().outcome, Outcome::Sent);
  EXPECT_EQ(world_.handle_one().outcome, Outcome::Nothing);
  ASSERT_EQ(world_.sent.size(), 1U);
  EXPECT_EQ(world_.sent[0].to, "eve@example.org");
  EXPECT_EQ(world_.sent[0].values.at("code"), "c-1");
  EXPECT_EQ(world_.sent[0].asked_at, world_.clock.now());
  EXPECT_EQ(world_.queued(), "0");
}

TEST_F(MailRoom, NoticesGoToTheAccountsOwnAddress) {
  const auto ann = world_.account("ann");
  queue(MailKind::NewSignIn, ann.id, "", {{"address", "192.0.2.9"}});
  EXPECT_EQ(world_.handle_one().outcome, Outcome::Sent);
  EXPECT_EQ(world_.sent[0].to, "ann@example.org");
  EXPECT_EQ(world_.sent[0].values.at("username"), "ann");
  EXPECT_EQ(world_.sent[0].values.at("address"), "192.0.2.9");
}

TEST_F(MailRoom, ANoticeToNobodysAddressIsDropped) {
  const auto ann = world_.account("ann");
  sql("update postern.account set email = null, email_key = null returning 1");
  queue(MailKind::NewSignIn, ann.id, "");
  EXPECT_EQ(world_.handle_one().outcome, Outcome::Dropped);
  EXPECT_TRUE(world_.tried.empty());
  EXPECT_EQ(world_.queued(), "0");
}

// CVE-2019-19844: mail goes to the address as it is stored, not as it was typed (B7.49).
TEST_F(MailRoom, B749AResetGoesToTheStoredAddress) {
  world_.account("ann");
  queue(MailKind::ResetPassword, {}, "ANN@Example.ORG", {{"address", "192.0.2.9"}});
  EXPECT_EQ(world_.handle_one().outcome, Outcome::Sent);
  EXPECT_EQ(world_.sent[0].to, "ann@example.org");
  EXPECT_FALSE(world_.sent[0].token.empty());
  EXPECT_EQ(world_.sent[0].good_for, world_.settings.mail.reset_lifetime);
}

TEST_F(MailRoom, R8AResetForNobodyIsSilentlyDone) {
  world_.account("ann");
  world_.account("shut-out");
  sql("update postern.account set is_active = false where username = 'shut-out' returning 1");
  NewAccount bot;
  bot.username = "robot";
  bot.email = "robot@example.org";
  bot.is_bot = true;
  ASSERT_TRUE(create_account(world_.services, bot, {}, world_.origin));
  sql("update postern.account set pending_email = 'waiting@example.org' where username = 'ann' "
      "returning 1");
  for (const auto* email : {"nobody@example.org", "shut-out@example.org", "robot@example.org",
                            "waiting@example.org", "ann"}) {
    queue(MailKind::ResetPassword, {}, email);
    EXPECT_EQ(world_.handle_one().outcome, Outcome::Dropped) << email;
  }
  EXPECT_TRUE(world_.tried.empty());
  EXPECT_EQ(world_.links(), "0");
  EXPECT_EQ(world_.queued(), "0");
}

TEST_F(MailRoom, WhatCannotBeSentIsTriedAgainLaterAndLater) {
  world_.account("ann");
  queue(MailKind::ResetPassword, {}, "ann@example.org");
  world_.verdict = {Delivery::Outcome::Later, "connection refused"};
  for (const auto pause :
       {minutes(1), minutes(5), minutes(15), minutes(60), minutes(240), minutes(240)}) {
    EXPECT_EQ(world_.handle_one().outcome, Outcome::Postponed);
    EXPECT_EQ(world_.handle_one().outcome, Outcome::Nothing);
    world_.clock.advance(pause - seconds(1));
    EXPECT_EQ(world_.handle_one().outcome, Outcome::Nothing) << pause.count();
    world_.clock.advance(seconds(1));
  }
  EXPECT_EQ(sql("select last_error from postern.mail"), "connection refused");
  EXPECT_EQ(world_.audited("password_reset_requested"), "1") << "asked for once";
  world_.verdict = {};
  EXPECT_EQ(world_.handle_one().outcome, Outcome::Sent);
  EXPECT_EQ(world_.tried.size(), 7U);
  EXPECT_EQ(world_.links(), "1") << "only the last link is good";
}

TEST_F(MailRoom, AfterTwoDaysItIsGivenUp) {
  queue_invitation();
  world_.verdict = {Delivery::Outcome::Later, "connection refused"};
  int tries = 0;
  for (; tries < 100 && world_.queued() == "1"; ++tries) {
    (void)world_.handle_one();
    world_.clock.advance(minutes(1));
    while (world_.queued() == "1" && world_.handle_one().outcome == Outcome::Nothing)
      world_.clock.advance(minutes(60));
    if (world_.clock.now() > from_unix_seconds(1'800'000'000) + hours(60)) break;
  }
  EXPECT_EQ(world_.queued(), "0");
  EXPECT_EQ(world_.audited("mail_given_up"), "1");
  EXPECT_EQ(sql("select detail from postern.audit where event = 'mail_given_up'"),
            "invitation: connection refused");
  EXPECT_LT(world_.clock.now(), from_unix_seconds(1'800'000'000) + kMailLife + hours(6));
  EXPECT_GE(world_.clock.now(), from_unix_seconds(1'800'000'000) + kMailLife);
}

TEST_F(MailRoom, ARecipientRefusedForGoodIsGivenUpAtOnce) {
  const auto ann = world_.account("ann");
  queue(MailKind::PasswordChanged, ann.id, "");
  world_.verdict = {Delivery::Outcome::Never, "RCPT: 550 5.1.1"};
  const auto report = world_.handle_one();
  EXPECT_EQ(report.outcome, Outcome::GivenUp);
  EXPECT_EQ(report.why, "RCPT: 550 5.1.1");
  EXPECT_EQ(world_.queued(), "0");
  EXPECT_EQ(world_.audited("mail_given_up"), "1");
  EXPECT_EQ(sql("select account_id from postern.audit where event = 'mail_given_up'"),
            ann.id.text());
}

TEST_F(MailRoom, WhatCannotBeReadIsGivenUp) {
  queue_invitation();
  sql("update postern.mail set sealed = '\\x00' returning 1");
  EXPECT_EQ(world_.handle_one().outcome, Outcome::GivenUp);
  queue_invitation();
  sql("update postern.mail set kind = 99 returning 1");
  EXPECT_EQ(world_.handle_one().outcome, Outcome::GivenUp);
  EXPECT_TRUE(world_.tried.empty());
  EXPECT_EQ(world_.queued(), "0");
}

TEST_F(MailRoom, ALetterThatEndsItsSenderEveryTimeIsGivenUp) {
  queue_invitation();
  sql("update postern.mail set attempts = 30 returning 1");
  EXPECT_EQ(world_.handle_one().outcome, Outcome::GivenUp);
}

/// At least once: whoever dies while sending leaves a letter that is sent again.
TEST_F(MailRoom, ALetterWhoseSenderDiedIsTakenUpAgain) {
  queue_invitation();
  struct Death {};
  EXPECT_THROW(
      (void)handle_mail(world_.services, [](const ReadyLetter&) -> Delivery { throw Death(); }),
      Death);
  EXPECT_EQ(world_.handle_one().outcome, Outcome::Nothing) << "held for who took it";
  world_.clock.advance(kMailHold);
  EXPECT_EQ(world_.handle_one().outcome, Outcome::Sent);
}

TEST_F(MailRoom, ASecondCopyHasTheSameIdAndALinkOfItsOwn) {
  world_.account("ann");
  queue(MailKind::ResetPassword, {}, "ann@example.org");
  world_.verdict = {Delivery::Outcome::Later, "the answer was lost"};
  (void)world_.handle_one();
  world_.clock.advance(minutes(1));
  world_.verdict = {};
  (void)world_.handle_one();
  ASSERT_EQ(world_.tried.size(), 2U);
  EXPECT_EQ(world_.tried[0].id, world_.tried[1].id);
  EXPECT_FALSE(world_.tried[0].token.equals(world_.tried[1].token.reveal()));
  const Secret password("a new and longer password");
  EXPECT_FALSE(reset_password(world_.services, world_.tried[0].token, password, world_.origin));
  EXPECT_TRUE(reset_password(world_.services, world_.tried[1].token, password, world_.origin));
}

TEST_F(MailRoom, ManyRoomsAtOnceSendEachLetterOnce) {
  constexpr int kLetters = 60;
  for (int i = 0; i < kLetters; ++i) {
    queue(MailKind::Invitation, {}, "a" + std::to_string(i) + "@example.org");
  }
  std::mutex mutex;
  std::map<std::string, int> sent;
  std::vector<std::thread> rooms;
  for (int i = 0; i < 4; ++i) {
    rooms.emplace_back([&] {
      test::AnotherWorker worker(world_);
      while (handle_mail(worker.services, [&](const ReadyLetter& letter) {
               const std::lock_guard lock(mutex);
               ++sent[letter.to];
               return Delivery{};
             }).outcome != Outcome::Nothing) {
      }
    });
  }
  for (auto& room : rooms) room.join();
  EXPECT_EQ(sent.size(), static_cast<std::size_t>(kLetters));
  for (const auto& [to, times] : sent) EXPECT_EQ(times, 1) << to;
  EXPECT_EQ(world_.queued(), "0");
}

/// Letters of one account make links of it at the same time.
TEST_F(MailRoom, RoomsThatMakeLinksOfOneAccountAtOnceLeaveOneLink) {
  world_.account("ann");
  for (int i = 0; i < 20; ++i) queue(MailKind::ResetPassword, {}, "ann@example.org");
  std::atomic<int> sent{0};
  std::vector<std::thread> rooms;
  for (int i = 0; i < 4; ++i) {
    rooms.emplace_back([&] {
      test::AnotherWorker worker(world_);
      while (handle_mail(worker.services, [&](const ReadyLetter&) {
               ++sent;
               return Delivery{};
             }).outcome != Outcome::Nothing) {
      }
    });
  }
  for (auto& room : rooms) room.join();
  EXPECT_EQ(sent, 20);
  EXPECT_EQ(world_.links(), "1");
}

}  // namespace
}  // namespace postern::domain
