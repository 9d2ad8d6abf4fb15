#include "domain/oauth_scope.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

using Texts = std::vector<std::string>;

TEST(OAuthScope, Rfc6749Section33WordsWithSingleSpaces) {
  EXPECT_EQ(parse_scope("b a b"), (Texts{"a", "b"}));
  EXPECT_EQ(parse_scope(""), Texts{});
  EXPECT_EQ(parse_scope("!#[]~"), Texts{"!#[]~"});
  for (const char* text : {" ", " a", "a ", "a  b", "a\tb", "a\"b", "a\\b", "a\nb", "\xC3\xA9"})
    EXPECT_FALSE(parse_scope(text)) << text;
}

TEST(OAuthScope, R9AtMost2048BytesAnd100Words) {
  EXPECT_TRUE(parse_scope(std::string(2048, 'a')));
  EXPECT_FALSE(parse_scope(std::string(2049, 'a')));
  std::string words = "a";
  for (int i = 1; i < 100; ++i) words += " a";
  EXPECT_TRUE(parse_scope(words));
  EXPECT_FALSE(parse_scope(words + " a"));
}

TEST(OAuthScope, JoinsWhatItTakesApart) {
  EXPECT_EQ(join_scope({"a", "b.c"}), "a b.c");
  EXPECT_EQ(join_scope({}), "");
}

TEST(OAuthScope, IdentityScopesAreNoPermissions) {
  for (const char* scope : {"openid", "profile", "email", "offline_access"})
    EXPECT_TRUE(is_identity_scope(scope));
  EXPECT_FALSE(is_identity_scope("admin"));
  EXPECT_FALSE(is_identity_scope("OpenID"));
}

}  // namespace
}  // namespace postern::domain
