#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "cli/config_file.hpp"
#include "cli/domain_host.hpp"
#include "domain/api_key.hpp"
#include "domain/authenticate.hpp"
#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class KeyCommand : public ::testing::Test {
 protected:
  KeyCommand() {
    EXPECT_EQ(here.run({"init"}).status, 0);
    EXPECT_EQ(here.run({"account", "add", "bob", "--random"}).status, 0);
    EXPECT_EQ(here.run({"account", "add", "eve", "--random"}).status, 0);
    loaded = cli::load_config({here.config().string(), ""});
    host.emplace(loaded.config);
  }
  domain::IssuedKey issue(const std::string& owner, const std::string& name) {
    const auto account = domain::find_account_by_login(host->services(), owner).value();
    domain::NewKey wanted;
    wanted.name = name;
    return domain::issue_key(host->services(), account.id, wanted, std::nullopt,
                             cli::CommandHost::origin())
        .value();
  }
  [[nodiscard]] Json::Value list(const Arguments& more = {}) const {
    return here.json({"key", "list", "--json"}, more);
  }

  TestDatabase database;
  Installation here{database.url()};
  cli::LoadedConfig loaded;
  std::optional<cli::CommandHost> host;
};

TEST_F(KeyCommand, ListsWithoutTheKeyItself) {
  const auto key = issue("bob", "backup");
  issue("eve", "other");
  EXPECT_EQ(list().size(), 2U);
  const auto json = list({"--account", "bob"});
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["name"].asString(), "backup");
  EXPECT_EQ(json[0]["username"].asString(), "bob");
  EXPECT_EQ(json[0]["status"].asString(), "active");
  const std::string text(key.text.reveal());
  EXPECT_EQ(json[0]["key_prefix"].asString(), text.substr(0, 12));
  EXPECT_THAT(here.run({"key", "list"}).out, Not(HasSubstr(text)));
}

TEST_F(KeyCommand, R6ARevokedKeyIsRefusedFromTheAnswerOn) {
  const auto key = issue("bob", "backup");
  ASSERT_TRUE(domain::authenticate_key(host->services(), key.text.reveal()).ok());
  ASSERT_EQ(here.run({"key", "revoke", key.key.id.text()}).status, 0);
  EXPECT_EQ(domain::authenticate_key(host->services(), key.text.reveal()).error().code,
            domain::Errc::KeyRevoked);
  EXPECT_EQ(list()[0]["status"].asString(), "revoked");
  const auto again = here.run({"key", "revoke", key.key.id.text()});
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.out, HasSubstr("already"));
}

TEST_F(KeyCommand, UnknownAndMalformedIdsAreToldApart) {
  EXPECT_EQ(here.run({"key", "revoke", "01977f6e-8c7a-7d31-b0a5-3d1a6ff0e9c1"}).status, 1);
  EXPECT_EQ(here.run({"key", "revoke", "pst_something"}).status, 2);
}

}  // namespace
}  // namespace postern::test
