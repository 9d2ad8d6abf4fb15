#include "domain/account.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/config_file.hpp"
#include "cli/domain_host.hpp"
#include "domain/password_change.hpp"
#include "domain/session.hpp"
#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class AccountCommand : public ::testing::Test {
 protected:
  AccountCommand() { EXPECT_EQ(here.run({"init"}).status, 0); }

  CommandResult add(const std::string& name, Arguments more = {"--random"}) const {
    more.insert(more.begin(), {"account", "add", name});
    return here.run(more);
  }
  [[nodiscard]] bool can_log_in(const std::string& name, const std::string& password) const {
    const auto loaded = cli::load_config({here.config().string(), ""});
    cli::CommandHost host(loaded.config);
    host.services().signing_keys.load(host.services().database, host.services().ring,
                                      host.services().clock.now());
    domain::SignIn wanted;
    wanted.login = name;
    wanted.password = domain::Secret(password);
    return domain::sign_in(host.services(), wanted, cli::CommandHost::origin()).ok();
  }
  [[nodiscard]] Json::Value list(const Arguments& more = {}) const {
    return here.json({"account", "list", "--json"}, more);
  }

  TestDatabase database;
  Installation here{database.url()};
};

std::string last_line(std::string text) {
  text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

TEST_F(AccountCommand, ARandomPasswordIsPrintedOnceAndWorks) {
  const auto result = add("bob", {"--email", "bob@site.example", "--random"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(last_line(result.out).size(), 24U);
  EXPECT_TRUE(can_log_in("bob", last_line(result.out)));
}

TEST_F(AccountCommand, APasswordFromStandardInputIsTakenAsItIs) {
  const auto result =
      here.run({"account", "add", "bob", "--password-stdin"}, {" spaces stay as they are \n", {}});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, Not(HasSubstr("spaces")));
  EXPECT_TRUE(can_log_in("bob", " spaces stay as they are "));
}

TEST_F(AccountCommand, TheInstallationsRulesForPasswordsHold) {
  const auto result = here.run({"account", "add", "bob", "--password-stdin"}, {"too short\n", {}});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("password"), HasSubstr("too_short"), Not(HasSubstr("too short"))));
  EXPECT_EQ(list().size(), 0U);
}

TEST_F(AccountCommand, WithoutATerminalItSaysWhatToDo) {
  const auto result = here.run({"account", "add", "bob"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("no terminal"), HasSubstr("--password-stdin")));
  EXPECT_EQ(here.run({"account", "add", "bob", "--password-stdin"}).status, 2) << "empty input";
}

TEST_F(AccountCommand, ABotHasNoPassword) {
  ASSERT_EQ(add("robot", {"--bot"}).status, 0);
  EXPECT_TRUE(list()[0]["is_bot"].asBool());
  EXPECT_EQ(database.sql("select password_hash from postern.account"), "");
}

TEST_F(AccountCommand, WhatTheDomainRefusesIsStatusOne) {
  ASSERT_EQ(add("bob").status, 0);
  EXPECT_THAT(add("BOB").err, HasSubstr("username is in use already"));
  EXPECT_THAT(add("a b").err, HasSubstr("username is not acceptable"));
  EXPECT_THAT(add("carl", {"--random", "--role", "king"}).err, HasSubstr("role"));
  EXPECT_THAT(add("carl", {"--random", "--email", "carl"}).err, HasSubstr("email"));
  EXPECT_EQ(add("carl", {"--random", "--role", "king"}).status, 1);
  EXPECT_EQ(list().size(), 1U);
}

TEST_F(AccountCommand, ListsMoreThanOnePage) {
  database.sql(
      "insert into postern.account (id, username, username_key, role, created_at) "
      "select gen_random_uuid(), 'user' || i, 'user' || i, 'member', "
      "timestamptz '2026-01-01' + i * interval '1 minute' from generate_series(1, 250) i");
  const auto json = list();
  ASSERT_EQ(json.size(), 250U);
  EXPECT_EQ(json[0]["username"].asString(), "user1");
  EXPECT_EQ(json[249]["username"].asString(), "user250");
  EXPECT_EQ(list({"--query", "ser25"}).size(), 2U);
}

TEST_F(AccountCommand, DisablesAndEnablesByNameAddressOrId) {
  const auto password = last_line(add("bob", {"--email", "bob@site.example", "--random"}).out);
  ASSERT_EQ(here.run({"account", "disable", "bob@site.example"}).status, 0);
  EXPECT_FALSE(can_log_in("bob", password));
  EXPECT_EQ(list({"--status", "disabled"}).size(), 1U);
  EXPECT_EQ(list({"--status", "active"}).size(), 0U);
  ASSERT_EQ(here.run({"account", "enable", list()[0]["id"].asString()}).status, 0);
  EXPECT_TRUE(can_log_in("bob", password));
}

TEST_F(AccountCommand, ApprovesWhoWaits) {
  ASSERT_EQ(add("erin").status, 0);
  database.sql("update postern.account set is_approved = false");
  EXPECT_EQ(list({"--status", "pending"}).size(), 1U);
  ASSERT_EQ(here.run({"account", "approve", "erin"}).status, 0);
  EXPECT_EQ(list({"--status", "pending"}).size(), 0U);
}

TEST_F(AccountCommand, ANewPasswordEndsTheOldOneAndAllSessions) {
  const auto old = last_line(add("bob").out);
  ASSERT_TRUE(can_log_in("bob", old));
  const auto result = here.run({"account", "password", "bob", "--random"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(database.sql("select count(*) from postern.session"), "0");
  EXPECT_FALSE(can_log_in("bob", old));
  EXPECT_TRUE(can_log_in("bob", last_line(result.out)));
}

TEST_F(AccountCommand, ChangesRolesButNotTheLastAdministratorsAway) {
  ASSERT_EQ(add("root", {"--role", "admin", "--random"}).status, 0);
  for (const auto& command : std::vector<Arguments>{{"account", "role", "root", "member"},
                                                    {"account", "disable", "root"}}) {
    const auto result = here.run(command);
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("last active administrator"));
  }
  ASSERT_EQ(add("second").status, 0);
  ASSERT_EQ(here.run({"account", "role", "second", "admin"}).status, 0);
  EXPECT_EQ(here.run({"account", "role", "root", "member"}).status, 0);
}

TEST_F(AccountCommand, WhoIsNotThereIsNamed) {
  for (const auto& command : std::vector<Arguments>{{"account", "disable", "nobody"},
                                                    {"account", "enable", "nobody"},
                                                    {"account", "approve", "nobody"},
                                                    {"account", "role", "nobody", "admin"},
                                                    {"account", "password", "nobody", "--random"},
                                                    {"key", "list", "--account", "nobody"}}) {
    const auto result = here.run(command);
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("there is no account 'nobody'"));
    EXPECT_THAT(result.out, IsEmpty());
  }
}

TEST_F(AccountCommand, WhatItDoesIsAudited) {
  ASSERT_EQ(add("bob").status, 0);
  ASSERT_EQ(here.run({"account", "disable", "bob"}).status, 0);
  EXPECT_EQ(database.sql("select string_agg(event, ' ' order by id) from postern.audit "
                         "where event like 'account%' and actor_id is null"),
            "account_created account_disabled");
}

TEST_F(AccountCommand, AStoredNameCannotSteerTheTerminal) {
  ASSERT_EQ(add("bob").status, 0);
  database.sql("update postern.account set email = E'\\x1b[2J@x', email_key = 'x'");
  EXPECT_THAT(here.run({"account", "list"}).out, AllOf(Not(HasSubstr("\x1b")), HasSubstr("?[2J")));
}

}  // namespace
}  // namespace postern::test
