#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <optional>

#include "domain/key_ring.hpp"
#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Listens on a unix socket, as a worker pool would.
class FakePool {
 public:
  explicit FakePool(const std::filesystem::path& path)
      : descriptor_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(descriptor_, 8), 0);
    chmod(path.c_str(), 0660);
  }
  ~FakePool() { close(descriptor_); }

 private:
  int descriptor_;
};

std::string own_name() {
  return getpwuid(geteuid())->pw_name;
}

/// A healthy installation: what is wrong is each test's own doing.
class DoctorCommand : public ::testing::Test {
 protected:
  DoctorCommand() {
    EXPECT_EQ(here.run({"init", "--admin", "root", "--admin-email", "root@site.example",
                        "--credentials-file", here.file("admin.json").string()})
                  .status,
              0);
    here.set("server.api.group", "\"" + std::string(getgrgid(getegid())->gr_name) + "\"");
    api.emplace(here.file("api.sock"));
    gate.emplace(here.file("gate.sock"));
  }

  /// The worst that is said about a check: "" when it is not mentioned.
  [[nodiscard]] Json::Value finding(const std::string& check) const {
    Json::Value worst;
    for (const auto& entry : report()) {
      if (entry["check"].asString() != check) continue;
      if (worst.isNull() || entry["level"].asString() == "fail") worst = entry;
      if (worst["level"].asString() == "ok") worst = entry;
    }
    return worst;
  }
  [[nodiscard]] Json::Value report() const {
    return here.json({"doctor", "--json", "--web-user", web_user});
  }
  void expect_failure(const std::string& check, const std::string& about) {
    EXPECT_EQ(here.run({"doctor", "--web-user", web_user}).status, 1);
    const auto found = finding(check);
    EXPECT_EQ(found["level"].asString(), "fail") << check;
    EXPECT_THAT(found["message"].asString(), HasSubstr(about));
    EXPECT_FALSE(found["mend"].asString().empty());
  }

  TestDatabase database;
  Installation here{database.url()};
  std::optional<FakePool> api, gate;
  std::string web_user = own_name();
};

TEST_F(DoctorCommand, FindsNothingWrongWithAHealthyInstallation) {
  const auto result = here.run({"doctor", "--web-user", web_user});
  EXPECT_EQ(result.status, 0) << result.out;
  EXPECT_THAT(result.out, Not(HasSubstr("FAIL")));
  EXPECT_THAT(result.out, Not(HasSubstr("warn"))) << result.out;
  for (const auto* check :
       {"configuration", "master key", "issuer", "database", "schema", "database role", "clock",
        "signing keys", "api", "gate", "password time", "password memory"}) {
    EXPECT_EQ(finding(check)["level"].asString(), "ok") << check;
  }
}

TEST_F(DoctorCommand, FindsABadConfiguration) {
  here.set("server.api.workers", "0");
  expect_failure("configuration", "server.api.workers");
}

TEST_F(DoctorCommand, FindsAMasterKeyFileThatOthersCanRead) {
  std::filesystem::permissions(here.master_key(), std::filesystem::perms(0644));
  expect_failure("master key", "0644");
  EXPECT_EQ(finding("clock")["level"].asString(), "ok") << "the other checks go on";
}

TEST_F(DoctorCommand, FindsAMissingAndADamagedMasterKeyFile) {
  write_file(here.master_key(), "damaged");
  expect_failure("master key", "line 1");
  std::filesystem::remove(here.master_key());
  expect_failure("master key", "does not exist");
}

TEST_F(DoctorCommand, FindsAnotherMasterKey) {
  domain::SodiumRandom random;
  write_file(here.master_key(), domain::KeyRing::make_line(1, random) + "\n");
  expect_failure("signing keys", "another master key");
}

TEST_F(DoctorCommand, FindsThatThereIsNoSigningKey) {
  database.sql("delete from postern.signing_key");
  expect_failure("signing keys", "none");
}

TEST_F(DoctorCommand, FindsADatabaseThatIsAwayWithoutShowingItsPassword) {
  here.set("database.url", "\"host=/nonexistent user=app password=s3cret dbname=x\"");
  expect_failure("database", "password=********");
  EXPECT_THAT(here.run({"doctor"}).out, Not(HasSubstr("s3cret")));
}

TEST_F(DoctorCommand, FindsASchemaThatIsNotThisPrograms) {
  database.sql(
      "insert into postern.schema_migration (version, name, checksum, applied_at) "
      "values (999, 'later', '', '2026-01-01')");
  expect_failure("schema", "version 999");
  database.sql("delete from postern.schema_migration");
  expect_failure("schema", "version 0");
  EXPECT_THAT(finding("schema")["mend"].asString(), HasSubstr("postern migrate"));
}

TEST_F(DoctorCommand, FindsARoleThatOwnsTheSchema) {
  here.set("database.url", "\"" + database.owner_url() + "\"");
  expect_failure("database role", "own");
}

TEST_F(DoctorCommand, FindsARoleThatMayCreate) {
  database.sql("grant create on schema postern to postern_app");
  expect_failure("database role", "may create things");
}

TEST_F(DoctorCommand, FindsASuperuser) {
  const auto url = database.url();
  auto super = url;
  super.replace(super.find("postern_app"), 11, "postgres");
  here.set("database.url", "\"" + super + "\"");
  expect_failure("database role", "");
}

TEST_F(DoctorCommand, FindsNamesThatNobodyHas) {
  here.set("registration.role", "\"friend\"");
  expect_failure("names", "registration.role names the role friend");
}

TEST_F(DoctorCommand, FindsThatNobodyListens) {
  api.reset();
  expect_failure("api", "nobody listens");
  std::filesystem::remove(here.file("api.sock"));
  EXPECT_EQ(finding("api")["level"].asString(), "warn");
  EXPECT_THAT(finding("api")["message"].asString(), HasSubstr("not running"));
  write_file(here.file("api.sock"), "");
  expect_failure("api", "is not a socket");
}

TEST_F(DoctorCommand, FindsADirectoryThatTheWebServerCannotPass) {
  web_user = "nobody";
  expect_failure("api", "nobody cannot pass it");
}

TEST_F(DoctorCommand, FindsASocketThatTheWebServerCannotUse) {
  web_user = "nobody";
  std::filesystem::permissions(here.config().parent_path(), std::filesystem::perms(0755));
  expect_failure("gate", "nobody cannot connect");
  chmod(here.file("gate.sock").c_str(), 0666);
  const auto found = finding("gate");
  EXPECT_EQ(found["level"].asString(), "warn");
  EXPECT_THAT(found["message"].asString(), HasSubstr("every process"));
}

TEST_F(DoctorCommand, FindsAGroupThatDoesNotExist) {
  here.set("server.gate.group", "\"no-such-group\"");
  expect_failure("gate", "no-such-group does not exist");
}

TEST_F(DoctorCommand, FindsAnIssuerWithoutTls) {
  here.set("server.issuer", "\"http://site.example\"");
  expect_failure("issuer", "not https");
  here.set("server.issuer", "\"http://127.0.0.1:8080\"");
  EXPECT_EQ(finding("issuer")["level"].asString(), "ok");
}

TEST_F(DoctorCommand, FindsPlacesThatCannotBeWritten) {
  here.set("server.pid_file", "\"/nonexistent/postern.pid\"");
  here.set("log.file", "\"/nonexistent/postern.log\"");
  expect_failure("pid file", "/nonexistent");
  expect_failure("log file", "/nonexistent");
}

TEST_F(DoctorCommand, WarnsWhenThereIsNoAdministrator) {
  database.sql("delete from postern.account");
  EXPECT_EQ(finding("administrator")["level"].asString(), "warn");
}

TEST_F(DoctorCommand, WarnsOfAPasswordThatEverybodyMayRead) {
  here.set("database.owner_url", "\"host=x user=y password=s3cret\"");
  std::filesystem::permissions(here.config(), std::filesystem::perms(0644));
  EXPECT_EQ(finding("configuration")["level"].asString(), "warn");
  std::filesystem::permissions(here.config(), std::filesystem::perms(0600));
  EXPECT_EQ(finding("configuration")["level"].asString(), "ok");
}

TEST_F(DoctorCommand, WarnsOfAnUnknownWebServerUser) {
  web_user = "no such user";
  EXPECT_EQ(finding("web server")["level"].asString(), "warn");
}

}  // namespace
}  // namespace postern::test
