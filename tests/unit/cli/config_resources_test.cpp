#include "cli/config_resources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_text.hpp"

namespace postern::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kSite = config_text({{"server.issuer", "\"https://a.example\""}});

std::string resource(const std::string& uri, const std::string& more = "") {
  return "\n[[oauth.resource]]\nuri = \"" + uri + "\"\n" + more;
}

const std::vector<domain::OAuthResource> resources(const std::string& text) {
  return check_text(kSite + text).config.domain.oauth.resources.all();
}

TEST(ConfigResources, WithoutAnyTheSiteIsOneWithThePermissionsOfItsRules) {
  const auto all = resources(
      "\n[[gate.rule]]\npath = \"/b\"\nallow = \"permission:posts.read\"\n"
      "[[gate.rule]]\npath = \"/a\"\nallow = \"permission:admin\"\n"
      "[[gate.rule]]\npath = \"/c\"\nallow = \"permission:submit\"\n"
      "[[gate.rule]]\npath = \"/e\"\nallow = \"permission:submit\"\n"
      "[[gate.rule]]\npath = \"/d\"\nallow = \"role:owner\"\n");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].uri, "https://a.example");
  EXPECT_EQ(all[0].name, "https://a.example");
  EXPECT_EQ(all[0].path, "");
  EXPECT_THAT(all[0].scopes, ElementsAre("posts.read", "submit"))
      << "who registers himself cannot ask for admin without the site's own word";
}

TEST(ConfigResources, AnIssuersPathIsNotTheSites) {
  const auto text = config_text(
      {{"server.issuer", "\"https://a.example\""}, {"oauth.issuer", "\"https://a.example/id\""}});
  const auto config = check_text(text).config;
  ASSERT_EQ(config.domain.oauth.resources.size(), 1U);
  EXPECT_EQ(config.domain.oauth.resources[0].uri, "https://a.example");
}

TEST(ConfigResources, EveryMemberIsRead) {
  const auto all = resources(resource("https://a.example/api/",
                                      "name = \"The library\"\npath = \"/library\"\n"
                                      "scopes = [\"submit\", \"read\", \"read\"]\n"));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].uri, "https://a.example/api/") << "as clients have to write it";
  EXPECT_EQ(all[0].name, "The library");
  EXPECT_EQ(all[0].path, "/library");
  EXPECT_THAT(all[0].scopes, ElementsAre("read", "submit"));
}

TEST(ConfigResources, LieWhereTheirAddressSaysIfItIsOfThisSite) {
  const auto all = resources(resource("https://a.example") + resource("https://a.example/api/") +
                             resource("https://b.example/api") +
                             resource("https://c.example", "path = \"/c\"\n") +
                             resource("https://a.example:8443/x"));
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0].path, "");
  EXPECT_EQ(all[1].path, "/api");
  EXPECT_EQ(all[2].path, std::nullopt) << "it is somewhere else";
  EXPECT_EQ(all[3].path, "/c");
  EXPECT_EQ(all[4].path, std::nullopt) << "another port is another site";
}

TEST(ConfigResources, EachMistakeIsNamedWithItsKey) {
  const std::vector<std::pair<std::string, std::string>> kMistakes{
      {"\n[[oauth.resource]]\nname = \"x\"\n", "oauth.resource.uri: must be"},
      {resource("a.example"), "oauth.resource.uri: must be"},
      {resource("http://a.example"), "oauth.resource.uri: must be"},
      {resource("https://A.example"), "oauth.resource.uri: must be"},
      {resource("https://a.example/x?y=z"), "oauth.resource.uri: must be"},
      {resource("https://a.example/x#y"), "oauth.resource.uri: must be"},
      {resource("https://a.example/../x"), "oauth.resource.uri: must be"},
      {resource("https://a.example//"), "oauth.resource.uri: must be"},
      {resource("https://a.example", "name = \"\"\n"), "oauth.resource.name: must be"},
      {resource("https://a.example", "scopes = \"read\"\n"), "oauth.resource.scopes: must be"},
      {resource("https://a.example", "scopes = [\"a b\"]\n"), "oauth.resource.scopes: must be"},
      {resource("https://a.example", "scopes = [1]\n"), "oauth.resource.scopes: must be"},
      {resource("https://a.example", "path = \"api\"\n"), "oauth.resource.path: must be"},
      {resource("https://a.example", "path = \"/a/../b\"\n"), "oauth.resource.path: must be"},
      {resource("https://a.example", "scope = \"read\"\n"),
       "oauth.resource.scope: is no key of a resource"},
      {resource("https://a.example/x") + resource("https://a.example/x/", "path = \"/y\"\n"),
       "oauth.resource.uri: stands twice"},
      {resource("https://a.example/x") + resource("https://b.example", "path = \"/x\"\n"),
       "oauth.resource.path: is another resource's"},
      {"\n[oauth]\nresource = 7\n", "oauth.resource: must be written as [[oauth.resource]]"},
      {"\n[oauth]\nresource = [7]\n", "oauth.resource: must be a table"},
  };
  for (const auto& [text, complaint] : kMistakes) {
    EXPECT_THAT(problems_of(kSite + text), ElementsAre(HasSubstr(complaint))) << text;
  }
}

}  // namespace
}  // namespace postern::test
