#include <gtest/gtest.h>

#include "handlers/oauth/parameters.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::oauth {
namespace {

using Values = std::vector<std::string>;

domain::Error refusal(const domain::Result<Parameters>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? domain::Error{} : result.error();
}

TEST(OAuthParameters, AreReadFromAQueryAndFromABody) {
  const auto query = Parameters::of_query(test::request("GET", "/x?client_id=a%20b&scope=a+b"));
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->get("client_id"), "a b");
  EXPECT_EQ(query->get_or_empty("scope"), "a b");
  EXPECT_FALSE(query->get("state"));
  EXPECT_EQ(query->get_or_empty("state"), "");
  const auto body = Parameters::of_body(
      test::raw_request("POST", "/x?code=query", "application/x-www-form-urlencoded", "code=body"));
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(body->get("code"), "body") << "the address is not looked at";
}

TEST(OAuthParameters, Rfc6749EmptyCountsAsAbsent) {
  const auto parameters = Parameters::of_text("scope=&scope=read&state=");
  ASSERT_TRUE(parameters.ok());
  EXPECT_EQ(parameters->get("scope"), "read");
  EXPECT_FALSE(parameters->get("state"));
}

TEST(OAuthParameters, Rfc9700Rule21EachComesOnceButResource) {
  const auto twice = refusal(Parameters::of_text("scope=a&scope=a"));
  EXPECT_EQ(twice.field, "scope");
  EXPECT_EQ(twice.reason, "repeated");
  const auto several = Parameters::of_text("resource=a&resource=b");
  ASSERT_TRUE(several.ok());
  EXPECT_EQ(several->resources(), (Values{"a", "b"}));
}

TEST(OAuthParameters, ARefusalNeverRepeatsWhatWasSent) {
  EXPECT_EQ(refusal(Parameters::of_text("my-secret=a&my-secret=b")).field, "parameter");
}

TEST(OAuthParameters, WhatIsNoFormIsRefused) {
  for (const auto* text : {"a=%zz", "a=%", "a=%00", "a=%ff", "a=%c0%80"}) {
    EXPECT_FALSE(Parameters::of_text(text).ok()) << text;
  }
  EXPECT_FALSE(Parameters::of_body(test::raw_request("POST", "/x", "application/json", "{}")).ok());
  EXPECT_FALSE(Parameters::of_body(test::raw_request("POST", "/x", "", "a=b")).ok());
  EXPECT_FALSE(
      Parameters::of_body(test::raw_request("POST", "/x", "multipart/form-data", "a=b")).ok());
}

TEST(OAuthParameters, R9TooManyAreRefused) {
  std::string text;
  for (int i = 0; i < 65; ++i) text += "p" + std::to_string(i) + "=1&";
  EXPECT_FALSE(Parameters::of_text(text).ok());
}

TEST(OAuthParameters, TextIsReadAsTheSameAgain) {
  Parameters parameters;
  parameters.set("state", "a b&c=d\n%");
  parameters.set("state", "x&y=z \xC3\xA4");
  parameters.set("resource", "https://a.example/");
  parameters.set("resource", "https://b.example/");
  EXPECT_EQ(parameters.resources().size(), 2U);
  const auto again = Parameters::of_text(parameters.text());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->get("state"), "x&y=z \xC3\xA4");
  EXPECT_EQ(again->resources(), parameters.resources());
  EXPECT_EQ(Parameters().text(), "");
}

}  // namespace
}  // namespace postern::handlers::oauth
