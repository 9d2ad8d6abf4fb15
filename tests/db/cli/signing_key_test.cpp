#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <json/reader.h>

#include <sstream>

#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::HasSubstr;

class SigningKeyCommand : public ::testing::Test {
 protected:
  SigningKeyCommand() { EXPECT_EQ(here.run({"init"}).status, 0); }

  /// kid and state of each, newest first.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> list() const {
    Json::Value json;
    std::istringstream(here.run({"signing-key", "list", "--json"}).out) >> json;
    std::vector<std::pair<std::string, std::string>> keys;
    for (const auto& key : json) keys.emplace_back(key["kid"].asString(), key["state"].asString());
    return keys;
  }

  TestDatabase database;
  Installation here{database.url()};
};

TEST_F(SigningKeyCommand, TheFirstSigns) {
  const auto keys = list();
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].second, "signing");
  const auto shown = here.run({"signing-key", "list"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.out, HasSubstr(keys[0].first));
  EXPECT_THAT(shown.out, HasSubstr("VERIFIES UNTIL"));
}

TEST_F(SigningKeyCommand, TheNextIsPublishedAheadAndOnce) {
  const auto first = list()[0].first;
  const auto done = here.run({"signing-key", "rotate"});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.out, HasSubstr("is published, and signs from"));
  const auto keys = list();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].second, "next");
  EXPECT_EQ(keys[1], (std::pair<std::string, std::string>(first, "signing")));
  const auto again = here.run({"signing-key", "rotate"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("published already"));
  EXPECT_EQ(list().size(), 2U);
}

TEST_F(SigningKeyCommand, AnEmergencyEndsAllOthersNow) {
  const auto first = list()[0].first;
  const auto done = here.run({"signing-key", "rotate", "--emergency"});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.out, HasSubstr("signs from now on"));
  EXPECT_THAT(done.out, HasSubstr("The signing key " + first + " has ended"));
  const auto keys = list();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].second, "signing");
  EXPECT_EQ(keys[1], (std::pair<std::string, std::string>(first, "ended")));
}

}  // namespace
}  // namespace postern::test
