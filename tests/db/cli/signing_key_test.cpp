#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SigningKeyCommand : public ::testing::Test {
 protected:
  SigningKeyCommand() { EXPECT_EQ(here.run({"init"}).status, 0); }

  using Keys = std::vector<std::pair<std::string, std::string>>;
  /// kid and state of each of this algorithm, newest first.
  [[nodiscard]] Keys list(const std::string& algorithm) const {
    Keys keys;
    for (const auto& key : here.json({"signing-key", "list", "--json"})) {
      if (key["alg"] != algorithm) continue;
      keys.emplace_back(key["kid"].asString(), key["state"].asString());
    }
    return keys;
  }

  TestDatabase database;
  Installation here{database.url()};
};

TEST_F(SigningKeyCommand, TheFirstOfEachAlgorithmSigns) {
  const auto shown = here.run({"signing-key", "list"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.out, HasSubstr("VERIFIES UNTIL"));
  for (const auto* algorithm : {"ES256", "RS256"}) {
    const auto keys = list(algorithm);
    ASSERT_EQ(keys.size(), 1U) << algorithm;
    EXPECT_EQ(keys[0].second, "signing");
    EXPECT_THAT(shown.out, HasSubstr(keys[0].first + "  " + algorithm));
  }
}

TEST_F(SigningKeyCommand, TheNextArePublishedAheadAndOnce) {
  const std::string first[] = {list("ES256")[0].first, list("RS256")[0].first};
  const auto done = here.run({"signing-key", "rotate"});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.out, AllOf(HasSubstr("(ES256) is published, and signs from"),
                              HasSubstr("(RS256) is published, and signs from")));
  for (const std::size_t i : {0U, 1U}) {
    const auto keys = list(i == 0 ? "ES256" : "RS256");
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0].second, "next");
    EXPECT_EQ(keys[1], (std::pair<std::string, std::string>(first[i], "signing")));
  }
  const auto again = here.run({"signing-key", "rotate"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("published already"));
  EXPECT_EQ(list("ES256").size() + list("RS256").size(), 4U);
}

TEST_F(SigningKeyCommand, AnEmergencyEndsAllOthersNow) {
  const std::string first[] = {list("ES256")[0].first, list("RS256")[0].first};
  const auto done = here.run({"signing-key", "rotate", "--emergency"});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.out, HasSubstr("signs from now on"));
  for (const std::size_t i : {0U, 1U}) {
    const std::string algorithm = i == 0 ? "ES256" : "RS256";
    EXPECT_THAT(done.out,
                HasSubstr("The signing key " + first[i] + " (" + algorithm + ") has ended"));
    const auto keys = list(algorithm);
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0].second, "signing");
    EXPECT_EQ(keys[1], (std::pair<std::string, std::string>(first[i], "ended")));
  }
}

}  // namespace
}  // namespace postern::test
