#include "domain/oauth_worth.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

using Texts = std::vector<std::string>;

const OAuthResources kAll{{"https://a.example", "site", {"posts.write", "admin", "posts"}, ""},
                          {"https://a.example/api/", "api", {"posts.read"}, "/api"},
                          {"https://b.example", "elsewhere", {}, std::nullopt}};

/// What is left of a list of words, in no more room than it takes.
std::string left(const OAuthResource& resource, std::string_view words) {
  std::string room(words.size(), '?');
  return std::string(listed_words(resource, words, room));
}

TEST(OAuthWorth, AResourceListsItsScopesToTheLetter) {
  for (const char* own : {"posts.write", "admin", "posts"}) EXPECT_TRUE(lists(kAll[0], own)) << own;
  for (const char* other : {"", "post", "posts.", "posts.read", "Admin", "openid"}) {
    EXPECT_FALSE(lists(kAll[0], other)) << other;
  }
  EXPECT_FALSE(lists(kAll[2], ""));
}

TEST(OAuthWorth, Rfc8707OfScopesIsLeftWhatOneOfTheResourcesLists) {
  const Texts scopes{"admin", "email", "offline_access", "openid", "posts.read", "profile"};
  EXPECT_EQ(scopes_at(kAll, {"https://a.example"}, scopes),
            (Texts{"admin", "email", "offline_access", "openid", "profile"}));
  EXPECT_EQ(scopes_at(kAll, {"https://a.example/", "https://a.example/api"}, scopes), scopes);
  const Texts person{"email", "offline_access", "openid", "profile"};
  EXPECT_EQ(scopes_at(kAll, {"https://b.example"}, scopes), person);
  EXPECT_EQ(scopes_at(kAll, {"https://gone.example"}, scopes), person);
  EXPECT_EQ(scopes_at(kAll, {}, {"admin"}), Texts());
}

TEST(OAuthWorth, OfAListIsLeftWhatTheResourceLists) {
  EXPECT_EQ(left(kAll[0], "admin posts posts.write"), "admin posts posts.write");
  EXPECT_EQ(left(kAll[0], "admin posts.read posts.write"), "admin posts.write");
  EXPECT_EQ(left(kAll[0], "posts.read posts.write"), "posts.write");
  EXPECT_EQ(left(kAll[0], "a posts.read"), "");
  EXPECT_EQ(left(kAll[2], "admin"), "");
  EXPECT_EQ(left(kAll[0], ""), "");
}

}  // namespace
}  // namespace postern::domain
