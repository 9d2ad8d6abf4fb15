#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/oauth_pages.hpp"

namespace postern::handlers::oauth {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What people are shown of a name that a stranger chose.
class OAuthClientNames : public test::OAuthPages {
 protected:
  Response page_of(const std::string& name) {
    auto client = world_.stranger();
    // As versions that took such names have stored them.
    world_.domain.database_server.sql("update postern.oauth_client set name = '" + name + "'");
    return consent_page(client);
  }
};

TEST_F(OAuthClientNames, AnApplicationWhoseNameShowsNothingHasNone) {
  for (const char* name : {"\u200B", "\u2060\uFEFF", "\u3164", "\u00AD \u00A0", "\u2800", "   ",
                           "\uFE0F\u200D", "\U000E0041\U000E0042"}) {
    const auto page = page_of(name);
    EXPECT_THAT(page.body(), HasSubstr("An application without a name")) << name;
    EXPECT_THAT(page.body(), Not(HasSubstr("“"))) << name;
  }
}

TEST_F(OAuthClientNames, WhatShowsNothingWithinANameIsLeftOut) {
  EXPECT_THAT(page_of("The\u200B A\u2060pp\U000E0041").body(), HasSubstr("“The App”"));
  EXPECT_THAT(page_of("\U0001F469\u200D\U0001F4BB \u2764\uFE0F").body(),
              HasSubstr("“\U0001F469\u200D\U0001F4BB \u2764\uFE0F”"));
}

}  // namespace
}  // namespace postern::handlers::oauth
