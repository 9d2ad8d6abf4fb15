#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "domain/account.hpp"
#include "domain/housekeeping.hpp"
#include "domain/invite.hpp"
#include "domain/mail.hpp"
#include "domain/mail_content.hpp"
#include "domain/session.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

class RegistrationWorld {
 public:
  RegistrationWorld() { settings().registration.per_network_per_hour = 1000; }

  Settings& settings() { return world.settings; }
  void confirm_addresses() {
    settings().mail.enabled = true;
    settings().registration.verify_email = true;
  }
  Result<Account> registering(const std::string& username, std::optional<std::string> email = {},
                              const Secret& code = {}) {
    return register_account(world.services,
                            {username, std::move(email), Secret(DomainWorld::kPassword), code},
                            world.origin);
  }
  static std::string describe(const Result<Account>& answer) {
    if (answer) return "ok";
    const Error& error = answer.error();
    return std::string(name_of(error.code)) + (error.field.empty() ? "" : " " + error.field) +
           (error.reason.empty() ? "" : " " + error.reason);
  }
  std::string signing_in(const std::string& username) {
    const auto tokens =
        sign_in(world.services, {username, Secret(DomainWorld::kPassword), SessionKind::Native},
                world.origin);
    return tokens ? "ok" : name_of(tokens.error().code);
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  /// Kind and address of the letters that wait.
  std::string letters() {
    constexpr Statement kLetters{"test_letters", R"sql(
      select id, kind, sealed from postern.mail)sql"};
    std::multiset<std::string> found;
    for (const Row& row : world.database.run(kLetters, {})) {
      const auto content = open_mail(world.ring, MailId{row.uuid(0)}, row.bytes(2));
      found.insert(std::string(name_of(static_cast<MailKind>(row.integer(1)))) + ":" +
                   content->address);
    }
    std::string text;
    for (const auto& letter : found) text += letter + " ";
    return text;
  }

  DomainWorld world;
};

// Modes × invitations × approval × confirmation ---------------------------------------------------

enum class Code { None, Good, Bad };
using Setting = std::tuple<RegistrationMode, Code, bool /*approval*/, bool /*verify*/>;

class RegistrationMatrix : public ::testing::TestWithParam<Setting>, public RegistrationWorld {};

std::string expected_answer(RegistrationMode mode, Code code) {
  if (mode == RegistrationMode::Closed) return "registration_closed";
  if (mode == RegistrationMode::Invite && code == Code::None) return "invite_required";
  return code == Code::Bad ? "invite_invalid" : "ok";
}

TEST_P(RegistrationMatrix, AnswersAsTheSettingsSay) {
  const auto [mode, code, approval, verify] = GetParam();
  settings().registration.mode = mode;
  settings().registration.approval = approval;
  settings().registration.role = "streamer";
  if (verify) confirm_addresses();
  const auto good =
      create_invite(world.services, {.role = "contributor"}, {}, world.origin).value().code;
  const Secret given = code == Code::None ? Secret() : code == Code::Good ? good : Secret("inv_x");

  const auto answer = registering("ann", "ann@example.org", given);
  const auto expected = expected_answer(mode, code);
  ASSERT_EQ(describe(answer), expected);
  EXPECT_EQ(sql("select sum(uses) from postern.invite"),
            expected == "ok" && code == Code::Good ? "1" : "0");
  if (expected != "ok") {
    EXPECT_EQ(sql("select count(*) from postern.account"), "0");
    EXPECT_EQ(sql("select count(*) from postern.mail"), "0");
    return;
  }
  EXPECT_EQ(answer->role, code == Code::Good ? "contributor" : "streamer");
  EXPECT_EQ(answer->email, "ann@example.org");
  EXPECT_FALSE(answer->email_verified);
  EXPECT_EQ(answer->is_approved, !approval && !verify);
  EXPECT_EQ(signing_in("ann"), approval || verify ? "approval_pending" : "ok");

  const auto stored = find_account(world.services, answer->id).value();
  EXPECT_EQ(stored.email.has_value(), !verify) << "nobody's name until it is confirmed";
  EXPECT_EQ(stored.pending_email.has_value(), verify);
  EXPECT_EQ(letters(), verify ? "confirm_address:ann@example.org " : "");
  EXPECT_EQ(sql("select approve_when_verified from postern.account"),
            verify && !approval ? "t" : "f")
      << "confirming alone approves only where no administrator has to";
}

INSTANTIATE_TEST_SUITE_P(Every, RegistrationMatrix,
                         testing::Combine(testing::Values(RegistrationMode::Closed,
                                                          RegistrationMode::Invite,
                                                          RegistrationMode::Open),
                                          testing::Values(Code::None, Code::Good, Code::Bad),
                                          testing::Bool(), testing::Bool()));

// Confirmed addresses -----------------------------------------------------------------------------

class ConfirmedRegistration : public ::testing::Test, public RegistrationWorld {
 protected:
  ConfirmedRegistration() { confirm_addresses(); }
};

TEST_F(ConfirmedRegistration, NeedsAnAddress) {
  EXPECT_EQ(describe(registering("ann")), "invalid_input email required");
  EXPECT_EQ(describe(registering("ann", "nonsense")), "invalid_input email invalid");
  EXPECT_EQ(describe(registering("ann", "")), "invalid_input email too_short");
  EXPECT_EQ(letters(), "");
}

// Everything but ids and times is the same whether somebody has the address or not, and so is what
// is done: statements, hashes, letters.
TEST_F(ConfirmedRegistration, R8ATakenAddressAndAFreeOneAreTheSame) {
  world.account("owner");  // has owner@example.org
  std::vector<std::string> statements;
  world.database.set_fault_hook_for_test(
      [&](std::string_view point) { statements.emplace_back(point); });
  const auto measure = [&](const std::string& username, const std::string& email) {
    statements.clear();
    const auto before = world.passwords.hashes_for_test();
    const auto answer = registering(username, email);
    EXPECT_EQ(world.passwords.hashes_for_test() - before, 1U);
    return answer.value();
  };
  const auto free = measure("ann", "nobody@example.org");
  const auto statements_of_free = statements;
  const auto taken = measure("bob", "OWNER@example.org");
  world.database.set_fault_hook_for_test({});
  EXPECT_EQ(statements, statements_of_free);
  EXPECT_GT(statements.size(), 5U);
  EXPECT_EQ(taken.email, "OWNER@example.org");
  EXPECT_EQ(taken.pending_email, "OWNER@example.org");
  EXPECT_EQ(std::tuple(free.role, free.is_active, free.is_approved, free.email_verified),
            std::tuple(taken.role, taken.is_active, taken.is_approved, taken.email_verified));
  EXPECT_EQ(letters(), "confirm_address:OWNER@example.org confirm_address:nobody@example.org ");
  EXPECT_EQ(find_account_by_login(world.services, "owner@example.org")->username, "owner");
}

// A username with an '@' could be tried to learn whose address it is.
TEST_F(ConfirmedRegistration, R8NoUsernameAsksForAnAddress) {
  world.account("owner");
  for (const char* name : {"owner@example.org", "nobody@example.org"})
    EXPECT_EQ(describe(registering(name, "ann@example.org")),
              "invalid_input username invalid_characters");
}

TEST_F(ConfirmedRegistration, UsernamesArePublicAndTaken) {
  world.account("ann");
  EXPECT_EQ(describe(registering("ANN", "ann2@example.org")), "taken username");
  EXPECT_EQ(letters(), "") << "what is refused sends nothing";
}

TEST_F(ConfirmedRegistration, TwoMayWaitForOneAddress) {
  EXPECT_EQ(describe(registering("ann", "both@example.org")), "ok");
  EXPECT_EQ(describe(registering("bob", "both@example.org")), "ok");
  EXPECT_EQ(find_account_by_login(world.services, "both@example.org").error().code, Errc::NotFound);
}

TEST_F(ConfirmedRegistration, WhoNeverConfirmsIsForgottenAfterAWeek) {
  const auto ann = registering("ann", "ann@example.org").value();
  const auto bob = registering("bob", "bob@example.org").value();
  world.settings.registration.approval = true;
  const auto cid = registering("cid", "cid@example.org").value();
  ASSERT_TRUE(
      update_account(world.services, bob.id, {.is_approved = true}, std::nullopt, world.origin));
  world.clock.advance(days(7) - std::chrono::microseconds(1));
  EXPECT_EQ(sweep(world.services).unconfirmed, 0);
  world.clock.advance(std::chrono::microseconds(1));
  EXPECT_EQ(sweep(world.services).unconfirmed, 1);
  EXPECT_FALSE(find_account(world.services, ann.id));
  EXPECT_TRUE(find_account(world.services, bob.id)) << "an administrator approved it";
  EXPECT_TRUE(find_account(world.services, cid.id)) << "it waits for an administrator";
  EXPECT_EQ(describe(registering("ann", "ann@example.org")), "ok") << "the name is free again";
}

// An administrator's no must not be undone by a link that its owner still has.
TEST_F(ConfirmedRegistration, WithdrawnApprovalIsNotGivenBackByAConfirmation) {
  const auto ann = registering("ann", "ann@example.org").value();
  const auto set = [&](bool approved) {
    ASSERT_TRUE(update_account(world.services, ann.id, {.is_approved = approved}, std::nullopt,
                               world.origin));
  };
  set(true);
  set(false);
  EXPECT_EQ(sql("select approve_when_verified from postern.account"), "f");
  world.clock.advance(days(30));
  EXPECT_EQ(sweep(world.services).unconfirmed, 0);
}

// Changing an address -----------------------------------------------------------------------------

class AddressChange : public ::testing::Test, public RegistrationWorld {
 protected:
  AddressChange() { sql("update postern.account set email_verified = true"); }
  Account changing(const std::string& email, std::optional<AccountId> actor) {
    return update_account(world.services, ann.id, {.email = email}, actor, world.origin).value();
  }

  Account ann = world.account("ann");
};

TEST_F(AddressChange, OnesOwnNewAddressWaitsForItsConfirmation) {
  confirm_addresses();
  const auto changed = changing("new@example.org", ann.id);
  EXPECT_EQ(changed.email, "ann@example.org");
  EXPECT_TRUE(changed.email_verified);
  EXPECT_EQ(changed.pending_email, "new@example.org");
  EXPECT_TRUE(changed.is_approved);
  EXPECT_EQ(letters(), "confirm_address:new@example.org ");
  EXPECT_EQ(find_account_by_login(world.services, "new@example.org").error().code, Errc::NotFound);
  EXPECT_EQ(sql("select detail from postern.audit where event = 'account_changed'"),
            "email to be confirmed");
  EXPECT_EQ(changing("new@example.org", ann.id).pending_email, "new@example.org");
  EXPECT_EQ(letters(), "confirm_address:new@example.org ") << "asked for once";
}

TEST_F(AddressChange, R8AnothersAddressIsTakenLikeAnyOther) {
  confirm_addresses();
  world.account("bob");
  EXPECT_EQ(changing("bob@example.org", ann.id).pending_email, "bob@example.org");
  EXPECT_EQ(find_account_by_login(world.services, "bob@example.org")->username, "bob");
  for (const char* name : {"bob@example.org", "nobody@example.org"}) {
    const auto renamed =
        update_account(world.services, ann.id, {.username = name}, ann.id, world.origin);
    EXPECT_EQ(describe(renamed), "invalid_input username invalid_characters") << name;
  }
}

TEST_F(AddressChange, GoingBackToTheOldOneGivesTheNewOneUp) {
  confirm_addresses();
  changing("new@example.org", ann.id);
  const auto back = changing("Ann@example.org", ann.id);
  EXPECT_EQ(back.email, "Ann@example.org");
  EXPECT_TRUE(back.email_verified) << "the same address, written otherwise";
  EXPECT_FALSE(back.pending_email);
  EXPECT_EQ(letters(), "confirm_address:new@example.org ") << "and nobody is told of that";
}

TEST_F(AddressChange, WhatAnAdministratorWritesIsTheAddressAndNotAProvenOne) {
  confirm_addresses();
  const auto root = world.account("root", "admin").id;
  changing("new@example.org", ann.id);
  const auto changed = changing("other@example.org", root);
  EXPECT_EQ(changed.email, "other@example.org");
  EXPECT_FALSE(changed.email_verified);
  EXPECT_FALSE(changed.pending_email) << "what waited is given up";
  EXPECT_EQ(letters(), "confirm_address:new@example.org email_changed:ann@example.org ");
}

TEST_F(AddressChange, WithoutConfirmationANewAddressIsNotAProvenOne) {
  settings().mail.enabled = true;
  const auto changed = changing("new@example.org", ann.id);
  EXPECT_EQ(changed.email, "new@example.org");
  EXPECT_FALSE(changed.email_verified);
  EXPECT_FALSE(changed.pending_email);
  EXPECT_EQ(letters(), "email_changed:ann@example.org ") << "its former owner is told";
}

TEST_F(AddressChange, ApprovingSendsWordOnce) {
  settings().mail.enabled = true;
  settings().registration.approval = true;
  const auto bob = registering("bob", "bob@example.org").value();
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(
        update_account(world.services, bob.id, {.is_approved = true}, std::nullopt, world.origin));
  EXPECT_EQ(letters(), "approved: ");
}

}  // namespace
}  // namespace postern::domain
