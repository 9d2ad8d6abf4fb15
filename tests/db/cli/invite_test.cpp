#include "domain/invite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/config_file.hpp"
#include "cli/domain_host.hpp"
#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class InviteCommand : public ::testing::Test {
 protected:
  InviteCommand() {
    EXPECT_EQ(here.run({"init"}).status, 0);
    here.set("registration.mode", "\"invite\"");
  }
  [[nodiscard]] Json::Value list() const { return here.json({"invite", "list", "--json"}); }
  /// The last line, alone.
  static std::string code_in(const std::string& out) {
    const auto end = out.find_last_not_of('\n');
    const auto start = out.rfind('\n', end);
    return out.substr(start + 1, end - start);
  }
  std::string registering(const std::string& username, const std::string& code) const {
    const auto loaded = cli::load_config({here.config().string(), ""});
    cli::CommandHost host(loaded.config);
    const auto made = domain::register_account(
        host.services(),
        {username, {}, domain::Secret("correct horse battery"), domain::Secret(code)},
        cli::CommandHost::origin());
    return made ? made->role : domain::name_of(made.error().code);
  }

  TestDatabase database;
  Installation here{database.url()};
};

TEST_F(InviteCommand, TheCodeStandsAloneOnTheLastLineAndLetsIn) {
  const auto made =
      here.run({"invite", "create", "--role", "moderator", "--uses", "2", "--days", "30"});
  ASSERT_EQ(made.status, 0) << made.err;
  const auto code = code_in(made.out);
  EXPECT_EQ(code.size(), 36U) << made.out;
  EXPECT_THAT(made.out, HasSubstr("role moderator, 2 uses"));
  EXPECT_EQ(registering("ann", code), "moderator");
  const auto listed = list();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["uses"].asInt(), 1);
  EXPECT_EQ(listed[0]["status"].asString(), "active");
  const auto table = here.run({"invite", "list"}).out;
  EXPECT_THAT(table, HasSubstr("1/2"));
  EXPECT_THAT(table, Not(HasSubstr(code)));
}

TEST_F(InviteCommand, TakenBackItIsOver) {
  const auto code = code_in(here.run({"invite", "create"}).out);
  const auto id = list()[0]["id"].asString();
  EXPECT_EQ(here.run({"invite", "revoke", id}).status, 0);
  EXPECT_EQ(registering("ann", code), "invite_invalid");
  const auto again = here.run({"invite", "revoke", id});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("over already"));
  EXPECT_EQ(here.run({"invite", "revoke", "inv_something"}).status, 2);
}

TEST_F(InviteCommand, SaysWhyNot) {
  EXPECT_THAT(here.run({"invite", "create", "--role", "emperor"}).err, HasSubstr("role"));
  EXPECT_THAT(here.run({"invite", "create", "--uses", "0"}).err, HasSubstr("max_uses"));
  EXPECT_THAT(here.run({"invite", "create", "--days", "400"}).err, HasSubstr("expires_in_days"));
  EXPECT_EQ(list().size(), 0U);
}

TEST_F(InviteCommand, SaysThatNoLetterGoesOutWithoutMail) {
  const auto made = here.run({"invite", "create", "--email", "erin@example.org"});
  EXPECT_EQ(made.status, 0);
  EXPECT_THAT(made.out, HasSubstr("mail is not set up"));
}

}  // namespace
}  // namespace postern::test
