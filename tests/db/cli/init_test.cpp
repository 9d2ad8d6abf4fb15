#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <json/reader.h>
#include <unistd.h>

#include <sstream>

#include "cli/config_file.hpp"
#include "cli/domain_host.hpp"
#include "domain/account.hpp"
#include "domain/password_change.hpp"
#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class InitCommand : public ::testing::Test {
 protected:
  [[nodiscard]] Arguments with_admin(const std::string& file = "admin.json") const {
    return {"init",
            "--admin",
            "root",
            "--admin-email",
            "root@site.example",
            "--credentials-file",
            here.file(file).string()};
  }
  [[nodiscard]] Json::Value credentials(const std::string& file = "admin.json") const {
    Json::Value json;
    std::istringstream(read_file(here.file(file))) >> json;
    return json;
  }
  /// Whether that is root's password now.
  [[nodiscard]] bool is_password(const std::string& password) const {
    const auto loaded = cli::load_config({here.config().string(), ""});
    cli::CommandHost host(loaded.config);
    const auto account = domain::find_account_by_login(host.services(), "root");
    return account.ok() &&
           domain::reauthenticate(host.services(), account->id, domain::Secret(password),
                                  cli::CommandHost::origin())
               .ok();
  }
  std::string admins() {
    return database.sql("select count(*) from postern.account where role = 'admin'");
  }

  TestDatabase database;
  Installation here{database.url()};
};

TEST_F(InitCommand, MakesKeysAndTheFirstAdministrator) {
  const auto result = here.run(with_admin());
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(mode_of(here.master_key()), 0600U);
  EXPECT_EQ(database.sql("select string_agg(alg, ' ' order by alg) from postern.signing_key"),
            "ES256 RS256");
  EXPECT_EQ(database.sql("select count(*) from postern.audit where event = 'signing_key_created'"),
            "2");
  EXPECT_EQ(mode_of(here.file("admin.json")), 0600U);
  const auto json = credentials();
  EXPECT_EQ(json.size(), 3U);
  EXPECT_EQ(json["username"].asString(), "root");
  EXPECT_EQ(json["email"].asString(), "root@site.example");
  EXPECT_EQ(json["password"].asString().size(), 24U);
  EXPECT_TRUE(is_password(json["password"].asString()));
  EXPECT_EQ(database.sql("select role from postern.account where username = 'root'"), "admin");
  EXPECT_THAT(result.out + result.err, Not(HasSubstr(json["password"].asString())));
}

TEST_F(InitCommand, AgainChangesNothingAndSaysSo) {
  ASSERT_EQ(here.run(with_admin()).status, 0);
  const auto key = read_file(here.master_key());
  const auto admin = read_file(here.file("admin.json"));
  const auto again = here.run(with_admin());
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.out,
              AllOf(HasSubstr("master.key exists already"), HasSubstr("signing keys exist already"),
                    HasSubstr("administrator exists already")));
  EXPECT_EQ(read_file(here.master_key()), key);
  EXPECT_EQ(read_file(here.file("admin.json")), admin);
  EXPECT_EQ(database.sql("select string_agg(alg, ' ' order by alg) from postern.signing_key"),
            "ES256 RS256");
  EXPECT_EQ(admins(), "1");
}

TEST_F(InitCommand, MakesTheKeyOfTheAlgorithmThatIsMissing) {
  ASSERT_EQ(here.run({"init"}).status, 0);
  const auto kept = database.sql("select kid from postern.signing_key where alg = 'ES256'");
  database.sql("delete from postern.signing_key where alg = 'RS256'");
  const auto result = here.run({"init"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("(RS256)"), Not(HasSubstr("(ES256)"))));
  EXPECT_EQ(database.sql("select kid from postern.signing_key where alg = 'ES256'"), kept);
  EXPECT_EQ(database.sql("select count(*) from postern.signing_key"), "2");
}

TEST_F(InitCommand, TwoAtOnceMakeOneOfEach) {
  const auto command = here.with_config(with_admin());
  for (const auto& result : run_postern_at_once({command, command, command})) {
    EXPECT_EQ(result.status, 0) << result.err;
  }
  EXPECT_EQ(database.sql("select string_agg(alg, ' ' order by alg) from postern.signing_key"),
            "ES256 RS256");
  EXPECT_EQ(admins(), "1");
  EXPECT_TRUE(is_password(credentials()["password"].asString()));
}

TEST_F(InitCommand, TwoAtOnceWithFilesOfTheirOwnLeaveNoWrongPasswordBehind) {
  const auto results = run_postern_at_once(
      {here.with_config(with_admin("a.json")), here.with_config(with_admin("b.json"))});
  for (const auto& result : results) EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(admins(), "1");
  const bool first = std::filesystem::exists(here.file("a.json"));
  EXPECT_NE(first, std::filesystem::exists(here.file("b.json")));
  EXPECT_TRUE(is_password(credentials(first ? "a.json" : "b.json")["password"].asString()));
}

TEST_F(InitCommand, GoesOnWhereAnInterruptedOneStopped) {
  // The file is written before the account is made; here the power went off in between.
  write_file(
      here.file("admin.json"),
      R"({"username":"root","email":"root@site.example","password":"from the first attempt"})");
  std::filesystem::permissions(here.file("admin.json"), std::filesystem::perms(0600));
  const auto result = here.run(with_admin());
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_TRUE(is_password("from the first attempt"));
}

TEST_F(InitCommand, AForeignFileIsNeverOverwrittenAndNoAccountIsMadeBesideIt) {
  for (const auto* text :
       {"precious", R"({"username":"other","email":"root@site.example","password":"x"})",
        R"({"username":"root","email":"root@site.example","password":""})", ""}) {
    write_file(here.file("admin.json"), text);
    std::filesystem::permissions(here.file("admin.json"), std::filesystem::perms(0600));
    const auto result = here.run(with_admin());
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("exists already"));
    EXPECT_EQ(read_file(here.file("admin.json")), text);
  }
  EXPECT_EQ(admins(), "0");
}

TEST_F(InitCommand, AFileThatOthersCouldReadIsNotAdopted) {
  write_file(here.file("admin.json"),
             R"({"username":"root","email":"root@site.example","password":"everybody knows it"})");
  std::filesystem::permissions(here.file("admin.json"), std::filesystem::perms(0644));
  EXPECT_EQ(here.run(with_admin()).status, 1);
  EXPECT_EQ(admins(), "0");
}

TEST_F(InitCommand, WithoutAPlaceForThePasswordNoAccountIsMade) {
  const auto result = here.run(with_admin("missing/admin.json"));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("No such file or directory"));
  EXPECT_EQ(admins(), "0");
}

TEST_F(InitCommand, ARefusedAccountTakesItsFileWithIt) {
  ASSERT_EQ(here.run({"init"}).status, 0);
  ASSERT_EQ(here.run({"account", "add", "root", "--random"}).status, 0);
  const auto result = here.run(with_admin());
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("username is in use already"));
  EXPECT_FALSE(std::filesystem::exists(here.file("admin.json")));
}

TEST_F(InitCommand, NeverMakesASecondMasterKeyForADatabaseThatHadOne) {
  ASSERT_EQ(here.run({"init"}).status, 0);
  std::filesystem::rename(here.master_key(), here.file("kept"));
  const auto result = here.run({"init"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("put it back from its backup"));
  EXPECT_FALSE(std::filesystem::exists(here.master_key()));
}

TEST_F(InitCommand, SaysWhenTheMasterKeyIsAnothers) {
  ASSERT_EQ(here.run({"init"}).status, 0);
  domain::SodiumRandom random;
  write_file(here.master_key(), domain::KeyRing::make_line(1, random) + "\n");
  const auto result = here.run({"init"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("another master key"), HasSubstr("put the right file")));
  EXPECT_EQ(database.sql("select string_agg(alg, ' ' order by alg) from postern.signing_key"),
            "ES256 RS256");
}

TEST_F(InitCommand, ADamagedOrExposedMasterKeyIsStatusThreeAndLeftAlone) {
  ASSERT_EQ(here.run({"init"}).status, 0);
  std::filesystem::permissions(here.master_key(), std::filesystem::perms(0644));
  EXPECT_EQ(here.run({"init"}).status, 3);
  std::filesystem::permissions(here.master_key(), std::filesystem::perms(0600));
  write_file(here.master_key(), "damaged\n");
  const auto result = here.run({"init"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, Not(HasSubstr("damaged"))) << "what is in the file is not shown";
  EXPECT_EQ(read_file(here.master_key()), "damaged\n");
}

TEST_F(InitCommand, AsksForTheSchemaFirst) {
  const auto name = "i" + std::to_string(getpid());
  make_empty_database(name);
  const Installation empty(test_server_url("postern_app", name));
  const auto result = empty.run({"init"});
  drop_database(name);
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("postern migrate"));
  EXPECT_FALSE(std::filesystem::exists(empty.master_key()));
}

}  // namespace
}  // namespace postern::test
