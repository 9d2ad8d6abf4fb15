#include "domain/email_code.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/support/another_worker.hpp"
#include "tests/support/webauthn_world.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::WebauthnWorld;

class EmailCodeTest : public testing::Test {
 protected:
  std::string ask(const std::string& login) {
    return WebauthnWorld::said(request_email_code(world.services, login, world.origin));
  }
  std::string start() {
    return WebauthnWorld::said(start_email_otp(world.services, world.owner.id, world.origin));
  }
  Result<std::vector<Secret>> confirm(const Secret& code) {
    return confirm_email_otp(world.services, world.owner.id, code, world.session, world.origin);
  }
  /// A code to prove with, out of a letter that was asked for.
  Secret code() {
    world.sent.clear();
    EXPECT_EQ(ask("alice"), "ok");
    return world.mailed_code();
  }
  Result<Tokens> log_in(const Secret& code, Services& services) {
    return sign_in(services,
                   {.login = "alice",
                    .password = Secret(WebauthnWorld::kPassword),
                    .factor = {.email_code = code}},
                   world.origin);
  }
  std::string log_in(const Secret& code) {
    return WebauthnWorld::said(log_in(code, world.services));
  }
  static Secret other_than(const Secret& code) {
    std::string text(code.reveal());
    text[0] = text[0] == '0' ? '1' : '0';
    return Secret(text);
  }
  std::string rows() { return world.sql("select count(*) from postern.email_code"); }

  WebauthnWorld world;
};

TEST_F(EmailCodeTest, TheFirstRightCodePutsItInForceAndEndsTheOtherSessions) {
  const auto other = world.login("alice").session;
  EXPECT_EQ(start(), "ok");
  const auto letter = world.next_letter(MailKind::OneTimeCode);
  EXPECT_EQ(letter.to, "alice@example.org");
  EXPECT_EQ(letter.good_for, minutes(5));
  EXPECT_EQ(letter.values.at("username"), "alice");
  const auto codes = confirm(Secret(letter.values.at("code")));
  ASSERT_TRUE(codes.ok());
  EXPECT_EQ(codes->size(), 10U);
  const auto account = find_account(world.services, world.owner.id);
  EXPECT_TRUE(account->email_otp_enabled);
  EXPECT_EQ(account->preferred_factor, "email_otp");
  EXPECT_EQ(world.sql("select id from postern.session"), world.session.text()) << other.text();
  EXPECT_EQ(world.sql("select detail from postern.audit where event = 'factor_added'"),
            "email_otp");
  EXPECT_EQ(world.next_letter(MailKind::FactorChanged).values["change"], "enabled");
  EXPECT_EQ(start(), "already_enabled");
  EXPECT_EQ(confirm(Secret("000000")).error().code, Errc::AlreadyEnabled);
}

TEST_F(EmailCodeTest, ACodeIsSixDigitsAndNoTwoAreLikelyAlike) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const auto outcome = world.database.transaction([&](Transaction& tx) -> Outcome {
      const Secret made = make_email_code(tx, world.services, world.owner.id, CodePurpose::Prove,
                                          "alice@example.org");
      EXPECT_EQ(made.size(), 6U);
      EXPECT_EQ(made.reveal().find_first_not_of("0123456789"), std::string_view::npos);
      seen.insert(std::string(made.reveal()));
      return done;
    });
    ASSERT_TRUE(outcome.ok());
  }
  EXPECT_GT(seen.size(), 17U);
  EXPECT_EQ(rows(), "1") << "the last one counts";
}

TEST_F(EmailCodeTest, R5NoTableHoldsTheCode) {
  const auto made = (world.enrol_email(), code());
  const auto table = world.sql(
      "select string_agg(encode(code_hash, 'escape') || email, '') from postern.email_code");
  EXPECT_EQ(table.find(made.reveal()), std::string::npos);
  EXPECT_EQ(world.sql("select length(code_hash) from postern.email_code"), "32");
}

TEST_F(EmailCodeTest, WithItAPasswordLogsInAndWithoutItNot) {
  world.enrol_email();
  const auto alone =
      sign_in(world.services, {"alice", Secret(WebauthnWorld::kPassword)}, world.origin);
  EXPECT_EQ(alone.error().code, Errc::SecondFactorRequired);
  EXPECT_EQ(alone.error().reason, "email_otp");
  EXPECT_EQ(log_in(code()), "ok");
  EXPECT_EQ(rows(), "0");
}

TEST_F(EmailCodeTest, ACodeIsGoodOnceAndForItsTime) {
  world.enrol_email();
  const auto once = code();
  EXPECT_EQ(log_in(once), "ok");
  EXPECT_EQ(log_in(once), "second_factor_invalid");
  const auto early = code();
  world.clock.advance(minutes(5) - seconds(1));
  EXPECT_EQ(log_in(early), "ok");
  const auto late = code();
  world.clock.advance(minutes(5));
  EXPECT_EQ(log_in(late), "second_factor_invalid");
}

TEST_F(EmailCodeTest, ANewCodeVoidsTheFormer) {
  world.enrol_email();
  const auto first = code();
  const auto second = code();
  ASSERT_FALSE(first.equals(second.reveal()));
  EXPECT_EQ(log_in(first), "second_factor_invalid");
  EXPECT_EQ(log_in(second), "ok");
}

TEST_F(EmailCodeTest, ACodeIsOfItsAccountAndPurposeAlone) {
  EXPECT_EQ(start(), "ok");
  const auto to_enrol = world.mailed_code();
  const auto use = [&](AccountId account, CodePurpose purpose) {
    const auto used = world.database.transaction([&](Transaction& tx) -> Outcome {
      if (use_email_code(tx, world.services, account, purpose, to_enrol)) return done;
      return Errc::SecondFactorInvalid;
    });
    return used.ok();
  };
  const auto bob = world.account("bob");
  EXPECT_FALSE(use(world.owner.id, CodePurpose::Prove));
  EXPECT_FALSE(use(bob.id, CodePurpose::Enrol));
  // Not even where its row is moved: the hash names both.
  world.sql("insert into postern.email_code select '" + bob.id.text() +
            "', 1, code_hash, hash_key_id, 'bob@example.org', created_at, expires_at"
            " from postern.email_code returning 1");
  EXPECT_FALSE(use(bob.id, CodePurpose::Enrol));
  world.sql("update postern.email_code set purpose = 2 where email like 'alice%' returning 1");
  EXPECT_FALSE(use(world.owner.id, CodePurpose::Prove));
  world.sql("update postern.email_code set purpose = 1 where email like 'alice%' returning 1");
  EXPECT_TRUE(use(world.owner.id, CodePurpose::Enrol));
}

TEST_F(EmailCodeTest, ACodeThatWentToAFormerAddressIsWorthNothing) {
  EXPECT_EQ(start(), "ok");
  const auto made = world.mailed_code();
  world.sql(
      "update postern.account set email = 'new@example.org' where username = 'alice'"
      " returning 1");
  EXPECT_EQ(confirm(made).error().code, Errc::SecondFactorInvalid);
  world.sql(
      "update postern.account set email = 'alice@example.org' where username = 'alice'"
      " returning 1");
  EXPECT_TRUE(confirm(made).ok());
}

TEST_F(EmailCodeTest, WhatIsNotSixDigitsIsNoCode) {
  world.enrol_email();
  (void)code();
  for (const char* text :
       {"12345", "1234567", "12345a", " 12345", "-12345", "\xd9\xa1\xd9\xa2\xd9\xa3"})
    EXPECT_EQ(log_in(Secret(text)), "second_factor_invalid") << text;
}

TEST_F(EmailCodeTest, OfTwentyLoginsWithOneCodeOneIsLetIn) {
  world.enrol_email();
  const auto made = code();
  world.sql("delete from postern.session returning 1");
  std::atomic<int> let_in = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      AnotherWorker worker(world);
      if (test::patiently([&] { return log_in(made, worker.services); })) ++let_in;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(let_in, 1);
  EXPECT_EQ(world.sql("select count(*) from postern.session"), "1");
}

TEST_F(EmailCodeTest, WrongCodesCountAsFailedLogins) {
  world.enrol_email();
  world.settings.login_limit.per_account = 3;
  const auto made = code();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(log_in(other_than(made)), "second_factor_invalid");
  EXPECT_EQ(log_in(made), "too_many_attempts");
  EXPECT_EQ(world.audited("login_failed"), "3");
}

TEST_F(EmailCodeTest, WrongFirstCodesCountAsFailedLogins) {
  EXPECT_EQ(start(), "ok");
  world.settings.login_limit.per_account = 3;
  const auto made = world.mailed_code();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(confirm(other_than(made)).error().code, Errc::SecondFactorInvalid);
  EXPECT_EQ(confirm(made).error().code, Errc::TooManyAttempts);
  EXPECT_FALSE(find_account(world.services, world.owner.id)->email_otp_enabled);
}

TEST_F(EmailCodeTest, R8AskingDoesTheSameForKnownAndUnknownNames) {
  world.enrol_email();
  world.account("bob");
  world.handle_all();
  std::set<std::string> statements;
  for (const char* login : {"alice", "alice@example.org", "bob", "nobody@example.org"}) {
    std::string seen;
    world.database.set_fault_hook_for_test(
        [&](std::string_view point) { seen += std::string(point) + " "; });
    EXPECT_EQ(ask(login), "ok") << login;
    world.database.set_fault_hook_for_test({});
    statements.insert(seen);
  }
  EXPECT_EQ(statements.size(), 1U) << *statements.begin();
  EXPECT_EQ(world.queued(), "4");
  EXPECT_EQ(rows(), "0") << "the code is made with the letter";
  world.sent.clear();
  world.handle_all();
  EXPECT_EQ(world.sent.size(), 2U);
  for (const auto& letter : world.sent) EXPECT_EQ(letter.to, "alice@example.org");
}

TEST_F(EmailCodeTest, NobodyGetsACodeWhoHasNoUseForIt) {
  world.enrol_email();
  world.handle_all();
  world.sent.clear();
  for (const char* change : {"is_active = false", "is_approved = false",
                             "email_otp_enabled = false", "email = null, email_key = null"}) {
    world.sql(
        "update postern.account set is_active = true, is_approved = true, email_otp_enabled = true,"
        " email = 'alice@example.org', email_key = 'alice@example.org' returning 1");
    world.sql(std::string("update postern.account set ") + change + " returning 1");
    EXPECT_EQ(ask("alice"), "ok");
    world.handle_all();
    EXPECT_TRUE(world.sent.empty()) << change;
  }
}

TEST_F(EmailCodeTest, ACodeThatCouldNotBeSentInTimeIsNotSentLate) {
  world.enrol_email();
  world.handle_all();
  world.sent.clear();
  world.verdict = {Delivery::Outcome::Later, "connection refused"};
  EXPECT_EQ(ask("alice"), "ok");
  EXPECT_EQ(world.handle_one().outcome, MailReport::Outcome::Postponed);
  world.clock.advance(minutes(5));
  world.verdict = {};
  EXPECT_EQ(world.handle_one().outcome, MailReport::Outcome::Dropped);
  EXPECT_TRUE(world.sent.empty());
}

TEST_F(EmailCodeTest, AskingIsLimitedByNameAndByNetwork) {
  world.settings.login_limit.per_account = 2;
  world.settings.login_limit.per_network = 5;
  EXPECT_EQ(ask("nobody"), "ok");
  EXPECT_EQ(ask("NOBODY"), "ok");
  EXPECT_EQ(ask("nobody"), "too_many_attempts");
  EXPECT_EQ(ask("another"), "ok");
  EXPECT_EQ(ask("third"), "ok");
  EXPECT_EQ(ask("fourth"), "too_many_attempts");
  for (int i = 0; i < 2; ++i) world.clock.advance(hours(1));
  EXPECT_EQ(ask("nobody"), "ok");
}

TEST_F(EmailCodeTest, WhatCannotBeANameIsRefused) {
  EXPECT_EQ(ask(""), "invalid_input email invalid");
  EXPECT_EQ(ask(std::string(255, 'a')), "invalid_input email invalid");
  EXPECT_EQ(ask("\xff"), "invalid_input email invalid");
  EXPECT_EQ(ask(std::string("a\0b", 3)), "invalid_input email invalid");
  EXPECT_EQ(world.queued(), "0");
}

TEST_F(EmailCodeTest, WithoutMailOrAnAddressItIsNotStarted) {
  world.sql("update postern.account set email = null, email_key = null returning 1");
  EXPECT_EQ(start(), "no_email");
  world.settings.mail.enabled = false;
  EXPECT_EQ(start(), "not_permitted mail_not_configured");
  EXPECT_EQ(ask("alice"), "ok") << "nobody is told";
  EXPECT_EQ(world.queued(), "0");
}

TEST_F(EmailCodeTest, ItIsSentWhereNoticesAreOff) {
  world.settings.mail.notices = false;
  EXPECT_EQ(start(), "ok");
  EXPECT_TRUE(confirm(world.mailed_code()).ok());
}

TEST_F(EmailCodeTest, ItEndsWithAProof) {
  world.enrol_email();
  const auto disable = [&](const SecondFactor& proof) {
    return WebauthnWorld::said(
        disable_email_otp(world.services, world.owner.id, proof, world.origin));
  };
  EXPECT_EQ(disable({}), "second_factor_required email_otp");
  EXPECT_EQ(disable({.totp = Secret("123456")}), "second_factor_invalid");
  EXPECT_EQ(disable({.email_code = Secret("123456")}), "second_factor_invalid");
  EXPECT_EQ(disable({.email_code = code()}), "ok");
  const auto account = find_account(world.services, world.owner.id);
  EXPECT_FALSE(account->has_second_factor());
  EXPECT_EQ(account->preferred_factor, "");
  EXPECT_EQ(world.sql("select count(*) from postern.recovery_code"), "0");
  EXPECT_EQ(world.sql("select detail from postern.audit where event = 'factor_removed'"),
            "email_otp");
  EXPECT_EQ(disable({.email_code = Secret("123456")}), "not_enabled");
}

}  // namespace
}  // namespace postern::domain
