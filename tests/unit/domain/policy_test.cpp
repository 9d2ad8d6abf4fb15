#include "domain/policy.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

using Kind = Requirement::Kind;

Rule rule(std::string path, std::string_view requirement, std::vector<std::string> methods = {}) {
  return {std::move(path), std::move(methods), Requirement::parse(requirement).value()};
}

std::string reason_of(std::string path) {
  const auto policy = Policy::make({rule(std::move(path), "public")});
  return policy.ok() ? "" : policy.error().reason;
}

bool matches(std::string pattern, std::string_view path) {
  const auto policy = Policy::make({rule(std::move(pattern), "public")});
  return policy.value().find("GET", path) != nullptr;
}

TEST(PolicyRequirement, KnowsItsFourForms) {
  EXPECT_EQ(Requirement::parse("public")->kind, Kind::Public);
  EXPECT_EQ(Requirement::parse("signed_in")->kind, Kind::SignedIn);
  const auto permission = Requirement::parse("permission:posts.read-all_2");
  ASSERT_TRUE(permission.ok());
  EXPECT_EQ(permission->kind, Kind::Permission);
  EXPECT_EQ(permission->name, "posts.read-all_2");
  const auto role = Requirement::parse("role:admin");
  ASSERT_TRUE(role.ok());
  EXPECT_EQ(role->kind, Kind::Role);
  EXPECT_EQ(role->name, "admin");
}

TEST(PolicyRequirement, RefusesAllElse) {
  for (const char* text :
       {"", "Public", " public", "public ", "anyone", "signed-in", "permission",
        "permission:", "permission: x", "permission:A", "permission:1a", "permission:a b",
        "role:", "role:a.b", "role:Admin", "group:x", ":", "public:", "permission:a:b"}) {
    EXPECT_FALSE(Requirement::parse(text).ok()) << text;
  }
  EXPECT_TRUE(Requirement::parse("permission:" + std::string(64, 'a')).ok());
  EXPECT_FALSE(Requirement::parse("permission:" + std::string(65, 'a')).ok());
}

TEST(PolicyPatterns, RefusesWhatCouldNotMatchAsMeant) {
  EXPECT_EQ(reason_of(""), "not_absolute");
  EXPECT_EQ(reason_of("members/"), "not_absolute");
  EXPECT_EQ(reason_of("*"), "not_absolute");
  EXPECT_EQ(reason_of("/a//b"), "empty_segment");
  EXPECT_EQ(reason_of("//"), "empty_segment");
  EXPECT_EQ(reason_of("/a/./b"), "dot_segment");
  EXPECT_EQ(reason_of("/a/.."), "dot_segment");
  EXPECT_EQ(reason_of("/a*"), "misplaced_star");
  EXPECT_EQ(reason_of("/*.html"), "misplaced_star");
  EXPECT_EQ(reason_of("/**/b"), "misplaced_star");
  EXPECT_EQ(reason_of("/a/***"), "misplaced_star");
  EXPECT_EQ(reason_of("/**/"), "misplaced_star");
  for (const char* path : {"/a%20b", "/a?b", "/a#b", "/a\\b", "/a\nb", "/a\x7f", "/\xff"}) {
    EXPECT_EQ(reason_of(path), "invalid_characters") << path;
  }
  EXPECT_EQ(reason_of(std::string("/a\0b", 4)), "invalid_characters");
  EXPECT_EQ(reason_of("/" + std::string(1024, 'a')), "too_long");
  for (const char* path : {"/", "/a", "/a/", "/*", "/**", "/a/*/b/**", "/caf\xc3\xa9"}) {
    EXPECT_EQ(reason_of(path), "") << path;
  }
}

TEST(PolicyPatterns, SaysWhichRuleIsWrong) {
  const auto policy = Policy::make({rule("/", "public"), rule("x", "public")});
  ASSERT_FALSE(policy.ok());
  EXPECT_EQ(policy.error().code, Errc::InvalidInput);
  EXPECT_EQ(policy.error().field, "path");
  EXPECT_NE(policy.error().detail.find("rule 2"), std::string::npos);
}

TEST(PolicyPatterns, MethodsAreUpperCaseTokens) {
  for (const char* method : {"", "get", "Get", "GE T", "*", "GET,POST"}) {
    EXPECT_FALSE(Policy::make({rule("/", "public", {method})}).ok()) << method;
  }
  EXPECT_TRUE(Policy::make({rule("/", "public", {"GET", "PROPFIND"})}).ok());
}

TEST(PolicyPatterns, AreBoundedInNumber) {
  EXPECT_TRUE(Policy::make(std::vector<Rule>(1000, rule("/", "public"))).ok());
  EXPECT_FALSE(Policy::make(std::vector<Rule>(1001, rule("/", "public"))).ok());
}

TEST(PolicyMatching, NoRulesDenyEverything) {
  EXPECT_EQ(Policy().find("GET", "/"), nullptr);
  EXPECT_EQ(Policy::make({})->find("GET", "/"), nullptr);
}

TEST(PolicyMatching, PlainPathsMatchThemselvesAlone) {
  EXPECT_TRUE(matches("/a/b", "/a/b"));
  EXPECT_TRUE(matches("/", "/"));
  EXPECT_TRUE(matches("/a/", "/a/"));
  for (const char* path : {"/a", "/a/b/", "/a/b/c", "/A/b", "/a/bb", "/", ""}) {
    EXPECT_FALSE(matches("/a/b", path)) << path;
  }
  EXPECT_FALSE(matches("/a", "/a/"));
  EXPECT_FALSE(matches("/a/", "/a"));
  EXPECT_FALSE(matches("/", "/a"));
}

TEST(PolicyMatching, StarIsOneWholeSegment) {
  EXPECT_TRUE(matches("/users/*/photo", "/users/5/photo"));
  EXPECT_FALSE(matches("/users/*/photo", "/users/photo"));
  EXPECT_FALSE(matches("/users/*/photo", "/users/5/6/photo"));
  EXPECT_TRUE(matches("/*", "/a"));
  EXPECT_FALSE(matches("/*", "/"));
  EXPECT_FALSE(matches("/*", "/a/"));
  EXPECT_FALSE(matches("/a/*", "/a/"));
}

TEST(PolicyMatching, TwoStarsAreEverythingBelowAndThePlaceItself) {
  for (const char* path : {"/a", "/a/", "/a/b", "/a/b/c/"}) {
    EXPECT_TRUE(matches("/a/**", path)) << path;
  }
  for (const char* path : {"/ab", "/", "/b/a", "/A/b"}) {
    EXPECT_FALSE(matches("/a/**", path)) << path;
  }
  EXPECT_TRUE(matches("/**", "/"));
  EXPECT_TRUE(matches("/**", "/anything/at/all"));
  EXPECT_TRUE(matches("/a/*/**", "/a/b"));
  EXPECT_FALSE(matches("/a/*/**", "/a"));
}

TEST(PolicyMatching, WhatIsNoAbsolutePathIsDenied) {
  const auto policy = Policy::make({rule("/**", "public")}).value();
  EXPECT_EQ(policy.find("GET", ""), nullptr);
  EXPECT_EQ(policy.find("GET", "a"), nullptr);
  EXPECT_EQ(policy.find("GET", "http://x/"), nullptr);
}

TEST(PolicyMatching, TheFirstRuleThatMatchesDecides) {
  const auto policy =
      Policy::make({rule("/staff/help", "public"), rule("/staff/**", "permission:admin"),
                    rule("/form", "public", {"GET", "HEAD"}),
                    rule("/form", "role:member", {"POST"}), rule("/members/**", "signed_in")})
          .value();
  EXPECT_EQ(policy.find("GET", "/staff/help")->kind, Kind::Public);
  EXPECT_EQ(policy.find("GET", "/staff/other")->kind, Kind::Permission);
  EXPECT_EQ(policy.find("HEAD", "/form")->kind, Kind::Public);
  EXPECT_EQ(policy.find("POST", "/form")->kind, Kind::Role);
  EXPECT_EQ(policy.find("PUT", "/form"), nullptr);
  EXPECT_EQ(policy.find("get", "/form"), nullptr);
  EXPECT_EQ(policy.find("BREW", "/members/")->kind, Kind::SignedIn);
  EXPECT_EQ(policy.find("GET", "/elsewhere"), nullptr);
}

}  // namespace
}  // namespace postern::domain
