#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "cli/config_file.hpp"
#include "cli/domain_host.hpp"
#include "domain/oauth_client.hpp"
#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class ClientCommand : public ::testing::Test {
 protected:
  ClientCommand() { EXPECT_EQ(here.run({"init"}).status, 0); }

  [[nodiscard]] Json::Value list() const { return here.json({"client", "list", "--json"}); }
  /// The last line, alone.
  static std::string secret_in(const std::string& out) {
    const auto end = out.find_last_not_of('\n');
    const auto start = out.rfind('\n', end);
    return out.substr(start + 1, end - start);
  }
  [[nodiscard]] bool opens(const std::string& client_id, const std::string& secret) const {
    const auto loaded = cli::load_config({here.config().string(), ""});
    cli::CommandHost host(loaded.config);
    return domain::find_client_by_secret(host.services(), client_id, secret).ok();
  }

  TestDatabase database;
  Installation here{database.url()};
};

TEST_F(ClientCommand, TheSecretStandsAloneOnTheLastLineAndIsTheirs) {
  const auto made =
      here.run({"client", "create", "--name", "Wiki", "--redirect-uri",
                "https://wiki.example.org/cb", "--redirect-uri", "http://localhost/cb", "--scope",
                "read", "--logout-uri", "https://wiki.example.org/logout",
                "--post-logout-redirect-uri", "https://wiki.example.org/"});
  ASSERT_EQ(made.status, 0) << made.err;
  const auto listed = list();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_THAT(made.out, HasSubstr("client_id " + listed[0]["client_id"].asString()));
  EXPECT_TRUE(opens(listed[0]["client_id"].asString(), secret_in(made.out)));
  EXPECT_EQ(listed[0]["name"].asString(), "Wiki");
  EXPECT_EQ(listed[0]["origin"].asString(), "administrator");
  EXPECT_EQ(listed[0]["redirect_uris"].size(), 2U);
  EXPECT_EQ(listed[0]["grant_types"][1].asString(), "refresh_token");
  EXPECT_EQ(listed[0]["scopes"][0].asString(), "read");
  const auto table = here.run({"client", "list"}).out;
  EXPECT_THAT(table, HasSubstr("Wiki"));
  EXPECT_THAT(table, Not(HasSubstr(secret_in(made.out))));
}

TEST_F(ClientCommand, OneThatActsForItselfHasAnAccount) {
  ASSERT_EQ(here.run({"account", "add", "backup", "--bot"}).status, 0);
  EXPECT_THAT(here.run({"client", "create", "--name", "Backup", "--grant", "client"}).err,
              HasSubstr("account is not acceptable (required)"));
  const auto made = here.run(
      {"client", "create", "--name", "Backup", "--grant", "client", "--account", "backup"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_FALSE(list()[0]["account_id"].isNull());
  EXPECT_EQ(list()[0]["grant_types"][0].asString(), "client_credentials");
}

TEST_F(ClientCommand, IdTokensAreOfTheAlgorithmThatWasTyped) {
  const auto create = [&](const std::string& name, const Arguments& more) {
    Arguments arguments{"client", "create",         "--name",
                        name,     "--redirect-uri", "https://a.example/cb"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return here.run(arguments).status;
  };
  EXPECT_EQ(create("Plain", {}), 0);
  EXPECT_EQ(create("Small", {"--id-token-alg", "ES256"}), 0);
  EXPECT_EQ(create("Wrong", {"--id-token-alg", "HS256"}), 2);
  EXPECT_EQ(database.sql("select string_agg(name || ' ' || id_token_alg, ', ' order by name)"
                         " from postern.oauth_client"),
            "Plain RS256, Small ES256");
  std::map<std::string, std::string> shown;
  for (const auto& client : list())
    shown[client["name"].asString()] = client["id_token_signed_response_alg"].asString();
  EXPECT_EQ(shown, (std::map<std::string, std::string>{{"Plain", "RS256"}, {"Small", "ES256"}}));
  const auto table = here.run({"client", "list"}).out;
  EXPECT_THAT(table, HasSubstr("ID TOKENS"));
  EXPECT_THAT(table, ContainsRegex("Small .*client_secret_basic +ES256 "));
}

TEST_F(ClientCommand, PublicOnesAndThoseWithKeysHaveNoSecret) {
  const auto open = here.run({"client", "create", "--name", "Tool", "--auth", "none",
                              "--redirect-uri", "http://127.0.0.1/cb"});
  EXPECT_EQ(open.status, 0) << open.err;
  EXPECT_THAT(open.out, Not(HasSubstr("secret")));
  const auto file = here.config().parent_path() / "keys.json";
  std::ofstream(file) << R"({"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]})";
  const auto signing =
      here.run({"client", "create", "--name", "Mirror", "--auth", "private_key_jwt", "--jwks",
                file.string(), "--redirect-uri", "https://m.example.org/cb"});
  EXPECT_EQ(signing.status, 0) << signing.err;
  EXPECT_THAT(signing.out, Not(HasSubstr("secret")));
  std::ofstream(file) << R"({"keys":[{"kty":"oct","k":"secret"}]})";
  EXPECT_EQ(here.run({"client", "create", "--name", "Mirror", "--auth", "private_key_jwt", "--jwks",
                      file.string(), "--redirect-uri", "https://m.example.org/cb"})
                .status,
            1)
      << "what has to stay secret is not stored";
}

TEST_F(ClientCommand, DeletedItIsGone) {
  ASSERT_EQ(here.run({"client", "create", "--name", "Wiki", "--redirect-uri",
                      "https://wiki.example.org/cb"})
                .status,
            0);
  const auto id = list()[0]["id"].asString();
  const auto deleted = here.run({"client", "delete", id});
  EXPECT_EQ(deleted.status, 0) << deleted.err;
  EXPECT_THAT(deleted.out, HasSubstr("Wiki"));
  EXPECT_EQ(list().size(), 0U);
  EXPECT_EQ(here.run({"client", "delete", id}).status, 1);
  EXPECT_EQ(here.run({"client", "delete", "https://app.example.org/client.json"}).status, 1);
}

TEST_F(ClientCommand, SaysWhyNot) {
  EXPECT_THAT(here.run({"client", "create", "--name", "Wiki", "--redirect-uri",
                        "http://wiki.example.org/cb"})
                  .err,
              HasSubstr("redirect_uris is not acceptable (insecure)"));
  EXPECT_EQ(here.run({"client", "create", "--redirect-uri", "https://a.example/cb"}).status, 2);
  EXPECT_EQ(here.run({"client", "create", "--name", "Wiki", "--auth", "magic", "--redirect-uri",
                      "https://a.example/cb"})
                .status,
            2);
  EXPECT_THAT(here.run({"client", "create", "--name", "Wiki", "--grant", "password",
                        "--redirect-uri", "https://a.example/cb"})
                  .err,
              HasSubstr("grant_types"));
}

}  // namespace
}  // namespace postern::test
