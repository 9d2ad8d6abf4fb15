#include "domain/key_restrictions.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using Texts = std::vector<std::string>;

class KeyRestrictionsTest : public testing::Test {
 protected:
  static constexpr std::array<std::byte, Limiter::kKeyBytes> kKey{std::byte{7}};

  /// The refusal's code, its field behind it; "" where the use is allowed.
  std::string use(std::string_view line, std::string_view address, std::string_view path,
                  std::string_view credential = "api_key:1") {
    const auto outcome = enforce_restrictions(
        line, {.credential = credential, .address = address, .path = path}, limiter_, clock_);
    if (outcome.ok()) return "";
    return std::string(name_of(outcome.error().code)) +
           (outcome.error().field.empty() ? "" : " " + outcome.error().field);
  }
  static std::string line_of(const KeyRestrictions& restrictions) {
    return encode_restrictions(restrictions);
  }

  alignas(64) std::array<std::byte, std::size_t{64} * 65> memory_{};
  Limiter limiter_{memory_, kKey};
  test::FixedClock clock_;
};

TEST_F(KeyRestrictionsTest, NoneIsAnEmptyLineAndAllowsAll) {
  EXPECT_EQ(line_of({}), "");
  const auto decoded = decode_restrictions("");
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->none());
  EXPECT_EQ(use("", "", ""), "");
}

TEST_F(KeyRestrictionsTest, ChecksNetworks) {
  const auto fault = [](Texts cidrs) {
    const auto outcome = check_restrictions({std::move(cidrs), {}, {}});
    return outcome.ok() ? "" : outcome.error().field + ":" + outcome.error().reason;
  };
  EXPECT_EQ(fault({"192.0.2.0/24", "192.0.2.7", "2001:db8::/32", "::1", "::ffff:192.0.2.0/120"}),
            "");
  for (const auto* bad : {"", "192.0.2.1/24", "192.0.2.0/33", "2001:db8::1/32", "localhost",
                          "192.0.2.0/024", "192.0.2", "192.0.2.0/", " 192.0.2.0", "::/129"}) {
    EXPECT_EQ(fault({bad}), "restrictions.cidrs:invalid_format") << bad;
  }
  EXPECT_EQ(fault(Texts(32, "192.0.2.0/24")), "");
  EXPECT_EQ(fault(Texts(33, "192.0.2.0/24")), "restrictions.cidrs:too_many");
}

TEST_F(KeyRestrictionsTest, ChecksPathsAsTheGatesRulesAreChecked) {
  const auto fault = [](Texts paths) {
    const auto outcome = check_restrictions({{}, std::move(paths), {}});
    return outcome.ok() ? "" : outcome.error().field + ":" + outcome.error().reason;
  };
  EXPECT_EQ(fault({"/", "/a/*/b", "/a/**", "/a b", "/\xc3\xa9/**"}), "");
  EXPECT_EQ(fault({""}), "restrictions.paths:not_absolute");
  EXPECT_EQ(fault({"a"}), "restrictions.paths:not_absolute");
  EXPECT_EQ(fault({"/a/../b"}), "restrictions.paths:dot_segment");
  EXPECT_EQ(fault({"/a//b"}), "restrictions.paths:empty_segment");
  EXPECT_EQ(fault({"/a*"}), "restrictions.paths:misplaced_star");
  for (const auto* bad : {"/a\tb", "/a\nb", "/a%20", "/a?b", "/a#b", "/\xff"}) {
    EXPECT_EQ(fault({bad}), "restrictions.paths:invalid_characters") << bad;
  }
  EXPECT_EQ(fault({"/" + std::string(1024, 'a')}), "restrictions.paths:too_long");
  EXPECT_EQ(fault(Texts(33, "/a")), "restrictions.paths:too_many");
}

TEST_F(KeyRestrictionsTest, ChecksTheRate) {
  for (const std::uint32_t good : {1U, 5U, 100'000U}) {
    EXPECT_TRUE(check_restrictions({{}, {}, good}).ok()) << good;
  }
  for (const std::uint32_t bad : {0U, 100'001U, 4'294'967'295U}) {
    const auto outcome = check_restrictions({{}, {}, bad});
    ASSERT_FALSE(outcome.ok()) << bad;
    EXPECT_EQ(outcome.error().field, "restrictions.requests_per_minute");
  }
}

TEST_F(KeyRestrictionsTest, WhatWasEncodedIsDecoded) {
  std::mt19937 random(1);  // NOLINT: the same each time
  const auto pick = [&](const Texts& from) {
    Texts some;
    for (std::size_t n = random() % 5; n > 0; --n) some.push_back(from[random() % from.size()]);
    return some;
  };
  const Texts networks{"192.0.2.0/24", "10.0.0.0/8",       "2001:db8::/32",
                       "::1",          "::ffff:192.0.2.1", "0.0.0.0/0"};
  const Texts paths{"/", "/a/*/b", "/r5", "/n1.2.3.4", "/p/**", "/a b,c;d=e", "/\xe2\x82\xac"};
  for (int i = 0; i < 2000; ++i) {
    KeyRestrictions made{pick(networks), pick(paths), {}};
    if (random() % 2 == 0) made.requests_per_minute = 1 + random() % 100'000;
    const auto line = line_of(made);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.empty(), made.none());
    const auto read = decode_restrictions(line);
    ASSERT_TRUE(read) << line;
    EXPECT_EQ(read->cidrs, made.cidrs);
    EXPECT_EQ(read->paths, made.paths);
    EXPECT_EQ(read->requests_per_minute, made.requests_per_minute);
  }
}

TEST_F(KeyRestrictionsTest, R7HostileLinesAllowNothing) {
  for (const std::string& line : {std::string("x"),
                                  std::string("\t"),
                                  std::string("r"),
                                  std::string("r0"),
                                  std::string("r05"),
                                  std::string("r+5"),
                                  std::string("r5 "),
                                  std::string("r-1"),
                                  std::string("r100001"),
                                  std::string("r4294967297"),
                                  std::string("r5\tr6"),
                                  std::string("r5\t"),
                                  std::string("\tr5"),
                                  std::string("r5\t\tp/a"),
                                  std::string("n"),
                                  std::string("nlocalhost"),
                                  std::string("n192.0.2.1/24"),
                                  std::string("p"),
                                  std::string("pa"),
                                  std::string("p/../a"),
                                  std::string("p/a\tn192.0.2.0/24"),
                                  std::string("n192.0.2.0/24\tr5"),
                                  std::string("p/a\n"),
                                  std::string("P/a"),
                                  std::string("r5\0", 3),
                                  std::string("p/a\0b", 5),
                                  std::string("p/\xff")}) {
    EXPECT_FALSE(decode_restrictions(line)) << line;
    EXPECT_EQ(use(line, "192.0.2.7", "/a"), "key_restricted restrictions") << line;
  }
}

TEST_F(KeyRestrictionsTest, R7ALineWithOneByteChangedIsNeverMoreThanItSays) {
  const auto line = line_of({{"192.0.2.0/24"}, {"/reports/**"}, 5});
  for (std::size_t at = 0; at < line.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      auto changed = line;
      changed[at] = static_cast<char>(byte);
      const auto read = decode_restrictions(changed);
      if (!read) continue;
      EXPECT_FALSE(read->none());
      EXPECT_EQ(line_of(*read), changed);
    }
  }
}

TEST_F(KeyRestrictionsTest, NetworksOfBothFamilies) {
  const auto line = line_of({{"192.0.2.0/24", "2001:db8::/32"}, {}, {}});
  EXPECT_EQ(use(line, "192.0.2.255", "/"), "");
  EXPECT_EQ(use(line, "::ffff:192.0.2.1", "/"), "") << "as nginx may write an IPv4 visitor";
  EXPECT_EQ(use(line, "2001:db8:ffff::1", "/"), "");
  for (const auto* outside : {"192.0.3.0", "2001:db9::1", "::ffff:192.0.3.1", "::1", "",
                              "unix:", "192.0.2.1 ", "192.0.2.1/24", "192.0.2.1,10.0.0.1"}) {
    EXPECT_EQ(use(line, outside, "/"), "key_restricted network") << outside;
  }
}

TEST_F(KeyRestrictionsTest, PathsInThePatternLanguageOfTheRules) {
  const auto line = line_of({{}, {"/reports/*/download", "/feeds/**"}, {}});
  for (const auto* inside : {"/reports/7/download", "/feeds", "/feeds/", "/feeds/a/b"}) {
    EXPECT_EQ(use(line, "192.0.2.7", inside), "") << inside;
  }
  for (const auto* outside : {"/", "/reports", "/reports/7", "/reports/7/8/download", "/feed",
                              "/feedsx", "", "feeds", "/Feeds/a"}) {
    EXPECT_EQ(use(line, "192.0.2.7", outside), "key_restricted path") << outside;
  }
}

TEST_F(KeyRestrictionsTest, SoManyAMinuteAndNoMoreForEachKeyByItself) {
  const auto line = line_of({{}, {}, 5});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(use(line, "192.0.2.7", "/"), "") << i;
  EXPECT_EQ(use(line, "192.0.2.7", "/"), "too_many_attempts");
  EXPECT_EQ(use(line, "192.0.2.7", "/", "api_key:2"), "") << "another key";
  const auto refused = enforce_restrictions(
      line, {.credential = "api_key:1", .address = "", .path = "/"}, limiter_, clock_);
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds(12));
  clock_.advance(std::chrono::seconds(12));
  EXPECT_EQ(use(line, "192.0.2.7", "/"), "");
  EXPECT_EQ(use(line, "192.0.2.7", "/"), "too_many_attempts");
}

TEST_F(KeyRestrictionsTest, AUseOutsideCountsNot) {
  const auto line = line_of({{"192.0.2.0/24"}, {"/feeds/**"}, 1});
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(use(line, "198.51.100.1", "/feeds/a"), "key_restricted network");
    EXPECT_EQ(use(line, "192.0.2.1", "/other"), "key_restricted path");
  }
  EXPECT_EQ(use(line, "192.0.2.1", "/feeds/a"), "");
  EXPECT_EQ(use(line, "192.0.2.1", "/feeds/a"), "too_many_attempts");
  EXPECT_EQ(use(line, "198.51.100.1", "/feeds/a"), "key_restricted network")
      << "how much is left is nobody's business elsewhere";
}

}  // namespace
}  // namespace postern::domain
