#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/config_text.hpp"

namespace postern::cli {
namespace {

using test::config_text;
using test::problems_of;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(GateConfiguration, OurSignInPageNeedsTheGateToTakeWhatItGives) {
  EXPECT_THAT(problems_of(config_text({{"gate.sign_in_url", "\"/oauth/sign-in\""}})), IsEmpty());
  EXPECT_THAT(
      problems_of(config_text(
          {{"gate.sign_in_url", "\"/oauth/sign-in\""}, {"gate.browser_sessions", "false"}})),
      ElementsAre(AllOf(HasSubstr("gate.sign_in_url"), HasSubstr("needs gate.browser_sessions"))));
  EXPECT_THAT(problems_of(config_text(
                  {{"gate.sign_in_url", "\"/oauth/sign-in\""}, {"oauth.enabled", "false"}})),
              ElementsAre(AllOf(HasSubstr("gate.sign_in_url"), HasSubstr("needs oauth.enabled"))));
}

TEST(GateConfiguration, APageOfTheSitesOwnNeedsNothing) {
  EXPECT_THAT(problems_of(config_text({{"gate.sign_in_url", "\"/sign-in/\""},
                                       {"gate.browser_sessions", "false"},
                                       {"oauth.enabled", "false"}})),
              IsEmpty());
}

}  // namespace
}  // namespace postern::cli
