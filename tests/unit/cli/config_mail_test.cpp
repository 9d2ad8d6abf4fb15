#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_text.hpp"

namespace postern::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Keys good() {
  return {{"mail.server", "\"smtp://mail.example.org\""},
          {"mail.from", "\"Site <site@example.org>\""},
          {"mail.confirm_url", "\"https://site.example/confirm\""},
          {"mail.reset_url", "\"https://site.example/reset\""}};
}

/// What is said of the good configuration with this one change.
std::vector<std::string> with(const std::string& key, const std::string& value) {
  auto keys = good();
  keys[key] = value;
  return problems_of(config_text(keys));
}

TEST(ConfigMail, EveryKeyArrivesWhereItBelongs) {
  auto keys = good();
  keys["mail.ca_file"] = "\"/etc/ca.pem\"";
  keys["mail.username"] = "\"postern\"";
  keys["mail.password"] = "\"pass=word\"";
  keys["mail.site_name"] = "\"My site\"";
  keys["mail.notices"] = "false";
  keys["mail.verify_hours"] = "3";
  keys["mail.reset_minutes"] = "7";
  keys["mail.template_directory"] = "\"/etc/letters\"";
  const auto config = check_text(config_text(keys)).config;
  EXPECT_EQ(config.mail.server, "smtp://mail.example.org");
  EXPECT_TRUE(config.mail.tls);
  EXPECT_EQ(config.mail.ca_file, "/etc/ca.pem");
  EXPECT_EQ(config.mail.username, "postern");
  EXPECT_EQ(config.mail.password.reveal(), "pass=word");
  EXPECT_EQ(config.mail.from, "Site <site@example.org>");
  EXPECT_EQ(config.mail.site_name, "My site");
  EXPECT_EQ(config.mail.confirm_url, "https://site.example/confirm");
  EXPECT_EQ(config.mail.reset_url, "https://site.example/reset");
  EXPECT_EQ(config.mail.template_directory, "/etc/letters");
  EXPECT_TRUE(config.domain.mail.enabled);
  EXPECT_FALSE(config.domain.mail.notices);
  EXPECT_EQ(config.domain.mail.verify_lifetime, std::chrono::hours(3));
  EXPECT_EQ(config.domain.mail.reset_lifetime, std::chrono::minutes(7));
}

TEST(ConfigMail, WithoutAServerThereIsNoMail) {
  EXPECT_FALSE(check_text(config_text()).config.domain.mail.enabled);
  EXPECT_THAT(problems_of(config_text({{"registration.verify_email", "true"}})),
              Contains(HasSubstr("registration.verify_email: needs mail.server")));
}

TEST(ConfigMail, AServerNeedsASenderAndPages) {
  EXPECT_THAT(problems_of(config_text(good())), IsEmpty());
  for (const auto* key : {"mail.from", "mail.confirm_url", "mail.reset_url"}) {
    EXPECT_THAT(with(key, "\"\""), Contains(HasSubstr(std::string(key) + ": must be given")));
  }
}

TEST(ConfigMail, InClearIsForThisMachineAlone) {
  EXPECT_THAT(with("mail.tls", "\"none\""), Contains(HasSubstr("mail.tls: must be \"required\"")));
  auto keys = good();
  keys["mail.tls"] = "\"none\"";
  keys["mail.server"] = "\"smtp://localhost:25\"";
  EXPECT_THAT(problems_of(config_text(keys)), IsEmpty());
  keys["mail.server"] = "\"smtps://localhost\"";
  EXPECT_THAT(problems_of(config_text(keys)), Contains(HasSubstr("smtps://")));
}

TEST(ConfigMail, UserAndPasswordComeTogether) {
  EXPECT_THAT(with("mail.username", "\"postern\""),
              Contains(HasSubstr("mail.password: must be given together")));
  EXPECT_THAT(with("mail.password", "\"secret\""),
              Contains(HasSubstr("mail.password: must be given together")));
}

TEST(ConfigMail, ThePasswordIsNeitherShownNorQuoted) {
  const auto* key = cli::find_config_key("mail.password");
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(cli::shown_text(*key, cli::Value(std::string("secret"))), "\"********\"");
  EXPECT_EQ(cli::shown_text(*key, cli::Value(std::string("host=a password=b"))), "\"********\"");
  EXPECT_EQ(cli::shown_text(*key, cli::Value(std::string())), "\"\"");
  EXPECT_THAT(with("mail.password", "\"sec\\nret\""), ::testing::Not(Contains(HasSubstr("sec"))));
}

}  // namespace
}  // namespace postern::test
