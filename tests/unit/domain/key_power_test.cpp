#include "domain/key_power.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

using Names = std::vector<std::string>;

const Instant kNow = from_unix_seconds(1'800'000'000);
const Names kRole{"moderate", "read", "submit"};

KeyPower power(std::optional<Names> permissions, std::optional<Instant> expires_at = {}) {
  return {std::move(permissions), {}, expires_at};
}

KeyPower restricted(Names cidrs, Names paths, std::optional<std::uint32_t> per_minute) {
  return {std::nullopt, {std::move(cidrs), std::move(paths), per_minute}, std::nullopt};
}

TEST(KeyPower, PermissionsIntersect) {
  const auto permissions = [](std::optional<Names> wanted, std::optional<Names> maker) {
    return narrowed(power(std::move(wanted)), power(std::move(maker)), kRole).permissions;
  };
  EXPECT_EQ(permissions(std::nullopt, std::nullopt), std::nullopt);
  EXPECT_EQ(permissions(std::nullopt, Names{"read"}), Names{"read"});
  EXPECT_EQ(permissions(Names{"read", "submit"}, std::nullopt), (Names{"read", "submit"}));
  EXPECT_EQ(permissions(Names{"read", "submit"}, Names{"submit"}), Names{"submit"});
  EXPECT_EQ(permissions(Names{"moderate"}, Names{"submit"}), Names{});
  EXPECT_EQ(permissions(Names{}, Names{"submit"}), Names{});
  EXPECT_EQ(permissions(std::nullopt, Names{"admin", "read"}), Names{"read"})
      << "what the role has lost is not passed on";
}

TEST(KeyPower, TheEarlierEndCounts) {
  const auto end = [](std::optional<Instant> wanted, std::optional<Instant> maker) {
    return narrowed(power({}, wanted), power({}, maker), kRole).expires_at;
  };
  EXPECT_EQ(end(std::nullopt, std::nullopt), std::nullopt);
  EXPECT_EQ(end(kNow, std::nullopt), kNow);
  EXPECT_EQ(end(std::nullopt, kNow), kNow);
  EXPECT_EQ(end(kNow + days(1), kNow), kNow);
  EXPECT_EQ(end(kNow, kNow + days(1)), kNow);
}

TEST(KeyPower, RestrictionsAreInherited) {
  const auto maker = restricted({"192.0.2.0/24"}, {"/api/**"}, 5);
  for (const auto& wanted : {restricted({}, {}, {}), restricted({"0.0.0.0/0"}, {"/**"}, 100)}) {
    const auto made = narrowed(wanted, maker, kRole);
    EXPECT_EQ(made.restrictions.cidrs, maker.restrictions.cidrs);
    EXPECT_EQ(made.restrictions.paths, maker.restrictions.paths);
    EXPECT_EQ(made.restrictions.requests_per_minute, 5U);
  }
}

TEST(KeyPower, WhatWasMadeIsAlwaysCovered) {
  const std::vector<KeyPower> powers{power({}),
                                     power(Names{}),
                                     power(Names{"read"}),
                                     power(Names{"read", "submit"}, kNow),
                                     power({}, kNow + days(1)),
                                     restricted({"192.0.2.0/24"}, {}, {}),
                                     restricted({}, {"/a", "/b"}, 7)};
  for (const auto& maker : powers) {
    for (const auto& wanted : powers) EXPECT_TRUE(covers(maker, narrowed(wanted, maker, kRole)));
  }
}

TEST(KeyPower, CoversWhatExceedsItInNoRespect) {
  EXPECT_TRUE(covers(power({}), power(Names{"read"})));
  EXPECT_FALSE(covers(power(Names{"read"}), power({})));
  EXPECT_TRUE(covers(power(Names{"read", "submit"}), power(Names{"submit"})));
  EXPECT_FALSE(covers(power(Names{"submit"}), power(Names{"read", "submit"})));
  EXPECT_TRUE(covers(power({}), power({}, kNow)));
  EXPECT_FALSE(covers(power({}, kNow), power({})));
  EXPECT_TRUE(covers(power({}, kNow), power({}, kNow)));
  EXPECT_FALSE(covers(power({}, kNow), power({}, kNow + seconds(1))));
}

TEST(KeyPower, ComparesRestrictionsAsTheyAreWritten) {
  const auto any = restricted({}, {}, {});
  const auto one = restricted({"192.0.2.0/24"}, {}, {});
  const auto two = restricted({"192.0.2.0/24", "2001:db8::/32"}, {}, {});
  EXPECT_TRUE(covers(any, two));
  EXPECT_FALSE(covers(two, any));
  EXPECT_TRUE(covers(two, one));
  EXPECT_FALSE(covers(one, two));
  EXPECT_FALSE(covers(one, restricted({"192.0.2.1"}, {}, {})));
  EXPECT_TRUE(covers(restricted({}, {"/a", "/b"}, {}), restricted({}, {"/b"}, {})));
  EXPECT_FALSE(covers(restricted({}, {"/b"}, {}), restricted({}, {"/a", "/b"}, {})));
  EXPECT_TRUE(covers(restricted({}, {}, 5), restricted({}, {}, 5)));
  EXPECT_FALSE(covers(restricted({}, {}, 5), restricted({}, {}, 6)));
  EXPECT_FALSE(covers(restricted({}, {}, 5), any));
  EXPECT_TRUE(covers(any, restricted({}, {}, 5)));
}

}  // namespace
}  // namespace postern::domain
