#include "cli/config_providers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "cli/exit_code.hpp"
#include "cli/provider_secret.hpp"
#include "tests/support/config_text.hpp"

namespace postern::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// One provider, with lines beside the necessary ones; a line of the same key replaces it.
std::string provider(const std::string& more = "", const std::string& name = "company",
                     const std::string& issuer = "https://login.example/realms/staff") {
  return "[[sso.provider]]\nname = \"" + name + "\"\nissuer = \"" + issuer +
         "\"\nclient_id = \"postern\"\n" + more + "\n";
}

std::vector<std::string> problems(const std::string& providers) {
  return problems_of(config_text() + "\n" + providers);
}

TEST(ConfigProviders, TheLeastIsEnoughAndDeniesByDefault) {
  const auto config = check_text(config_text() + "\n" + provider()).config;
  ASSERT_EQ(config.handlers.sso.providers.size(), 1U);
  const auto& read = config.handlers.sso.providers[0];
  EXPECT_EQ(read.name, "company");
  EXPECT_EQ(read.title, "company");
  EXPECT_EQ(read.scopes, "openid email profile");
  EXPECT_TRUE(read.client_secret.empty());
  EXPECT_FALSE(read.rules.create_accounts);
  EXPECT_FALSE(read.rules.link_verified_email);
  EXPECT_FALSE(read.trust_second_factor);
  EXPECT_EQ(read.rules.role, "member");
}

TEST(ConfigProviders, SaysAllThatItCanSay) {
  const auto text = provider(
      "title = \"The company\"\nclient_secret = \"hush\"\nscopes = \"openid email\"\n"
      "tenants = [\"11111111-2222-3333-4444-555555555555\"]\nlink_verified_email = true\n"
      "create_accounts = true\nrole = \"contributor\"\ntrust_second_factor = true\n"
      "ca_file = \"/etc/ca.pem\"");
  const auto config = check_text(config_text() + "\n" + text).config;
  const auto& read = config.handlers.sso.providers.at(0);
  EXPECT_EQ(read.title, "The company");
  EXPECT_EQ(read.client_secret.reveal(), "hush");
  EXPECT_EQ(read.scopes, "openid email");
  EXPECT_THAT(read.tenants, ElementsAre("11111111-2222-3333-4444-555555555555"));
  EXPECT_TRUE(read.rules.link_verified_email && read.rules.create_accounts);
  EXPECT_EQ(read.rules.role, "contributor");
  EXPECT_TRUE(read.trust_second_factor);
  EXPECT_EQ(read.ca_file, "/etc/ca.pem");
}

TEST(ConfigProviders, R9HalfOfTheWorkersMayWaitForThemAndOneForNobody) {
  struct Case {
    unsigned workers, providers, fetches;
  };
  for (const auto& [workers, providers, fetches] : std::initializer_list<Case>{
           {1, 1, 0}, {2, 1, 0}, {3, 1, 1}, {4, 2, 1}, {5, 2, 2}, {8, 4, 3}, {64, 32, 4}}) {
    const auto text =
        config_text({{"server.api.workers", std::to_string(workers)}}) + "\n" + provider();
    const auto& settings = check_text(text).config.handlers;
    EXPECT_EQ(settings.sso.outgoing, providers) << workers;
    EXPECT_EQ(settings.oauth.fetches, fetches) << workers;
    EXPECT_LE(providers + fetches, std::max(1U, workers - 1));
    EXPECT_LE(providers + fetches, fcgi::kOutgoingSlots);
  }
}

TEST(ConfigProviders, EachMistakeIsNamedWithItsKey) {
  const std::vector<std::pair<std::string, std::string>> kMistakes{
      {provider("", "Company"), "sso.provider.name"},
      {provider("", ""), "sso.provider.name"},
      {provider("", std::string(33, 'a')), "sso.provider.name"},
      {provider("", "company", "http://login.example"), "sso.provider.issuer"},
      {provider("", "company", "https://login.example/?a=b"), "sso.provider.issuer"},
      {provider("client_secret = \"two words\""), "sso.provider.client_secret"},
      {provider("client_secret_file = \"secret\""), "sso.provider.client_secret_file"},
      {provider("client_secret = \"a\"\nclient_secret_file = \"/a\""),
       "sso.provider.client_secret"},
      {provider("scopes = \"email\""), "sso.provider.scopes"},
      {provider("tenants = [\"company.example\"]"), "sso.provider.tenants"},
      {provider("tenants = \"*\""), "sso.provider.tenants"},
      {provider("create_accounts = \"yes\""), "sso.provider.create_accounts"},
      {provider("role = \"\""), "sso.provider.role"},
      {provider("ca_file = \"ca.pem\""), "sso.provider.ca_file"},
      {provider("secret = \"a\""), "sso.provider.secret: is no key of a provider"},
      {provider() + provider(), "sso.provider.name: stands twice"},
      {"[sso]\nprovider = 7\n", "sso.provider: must be written as [[sso.provider]]"},
  };
  for (const auto& [text, complaint] : kMistakes) {
    EXPECT_THAT(problems(text), ElementsAre(HasSubstr(complaint))) << text;
  }
}

TEST(ConfigProviders, ASecretIsNeverQuoted) {
  for (const auto& problem : problems(provider("client_secret = \"hush hush\""))) {
    EXPECT_THAT(problem, ::testing::Not(HasSubstr("hush")));
  }
}

TEST(ConfigProviders, MicrosoftsSharedDirectoriesNeedAList) {
  const auto microsoft = [](const std::string& directory, const std::string& more = "") {
    return provider(more, "microsoft", "https://login.microsoftonline.com/" + directory + "/v2.0");
  };
  EXPECT_THAT(problems(microsoft("common")), ElementsAre(HasSubstr("sso.provider.tenants")));
  EXPECT_THAT(problems(microsoft("organizations")), ElementsAre(HasSubstr("sso.provider.tenants")));
  EXPECT_THAT(problems(microsoft("common", "tenants = [\"*\"]")), IsEmpty());
  EXPECT_THAT(problems(microsoft("consumers")), IsEmpty());
  EXPECT_THAT(problems(microsoft("11111111-2222-3333-4444-555555555555")), IsEmpty());
}

TEST(ConfigProviders, ReturnAddressesHaveAPath) {
  const auto accepts = [](const std::string& urls) {
    return problems_of(config_text({{"sso.return_urls", "\"" + urls + "\""}})).empty();
  };
  EXPECT_TRUE(accepts(""));
  EXPECT_TRUE(accepts("https://a.example/ https://b.example/done http://127.0.0.1:8080/x"));
  for (const char* bad : {"https://a.example", "http://a.example/", "/done", " ",
                          "https://a.example/ ", "https://a.example/  https://b.example/"}) {
    EXPECT_FALSE(accepts(bad)) << bad;
  }
}

class ProviderSecret : public ::testing::Test {
 protected:
  ~ProviderSecret() override { std::filesystem::remove(file_); }

  void write(const std::string& text, int mode = 0600) {
    std::ofstream(file_) << text;
    std::filesystem::permissions(file_, static_cast<std::filesystem::perms>(mode));
  }

  bool readable() {
    try {
      return !cli::read_secret_file(file_).empty();
    } catch (const cli::CommandError& error) {
      EXPECT_EQ(error.code(), cli::kConfiguration);
      EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("hush")));
      return false;
    }
  }

  std::string file_ =
      std::filesystem::temp_directory_path() / ("postern-secret-" + std::to_string(::getpid()));
};

TEST_F(ProviderSecret, IsOneLineOfAPrivateFile) {
  write("hush\n");
  EXPECT_EQ(cli::read_secret_file(file_).reveal(), "hush");
  write("hush");
  EXPECT_EQ(cli::read_secret_file(file_).reveal(), "hush");
}

TEST_F(ProviderSecret, IsRefusedWhereOthersMayReadIt) {
  for (const int mode : {0640, 0604, 0660, 0644}) {
    write("hush", mode);
    EXPECT_FALSE(readable()) << std::oct << mode;
  }
}

TEST_F(ProviderSecret, IsRefusedWhereItIsNone) {
  EXPECT_FALSE(readable()) << "no file";
  for (const auto& text : {std::string(), std::string("\n"), std::string("hush\nhush\n"),
                           std::string("hush hush"), std::string(1025, 'x')}) {
    write(text);
    EXPECT_FALSE(readable()) << text.substr(0, 20);
  }
}

TEST_F(ProviderSecret, ReachesTheSettingsThatHandlersSee) {
  write("hush\n");
  auto loaded =
      check_text(config_text() + "\n" + provider("client_secret_file = \"" + file_ + "\""));
  EXPECT_TRUE(loaded.config.handlers.sso.providers.at(0).client_secret.empty());
  cli::read_provider_secrets(loaded);
  EXPECT_EQ(loaded.config.handlers.sso.providers.at(0).client_secret.reveal(), "hush");
}

}  // namespace
}  // namespace postern::test
