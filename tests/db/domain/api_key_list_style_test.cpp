#include "domain/api_key_list_style.hpp"

#include <gtest/gtest.h>

#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using Names = std::vector<std::string>;

struct ListOfStyle : testing::Test {
  test::DomainWorld world;
  Account alice = world.account("alice");

  ApiKey issue(const std::string& name, const std::string& type, int lifetime = 0) {
    NewKey wanted;
    wanted.name = name;
    wanted.dialect = "scriptix";
    wanted.type = type;
    if (lifetime > 0) wanted.lifetime = days(lifetime);
    return issue_key(world.services, alice.id, wanted, alice.id, world.origin).value().key;
  }
  Names names(const KeyStyleFilter& filter, const OffsetRequest& part = {}) {
    const auto listing = list_keys_of_style(world.services, alice.id, filter, part).value();
    Names result;
    for (const auto& key : listing.keys) result.push_back(key.name);
    total = listing.total;
    return result;
  }
  std::int64_t total = -1;
};

TEST_F(ListOfStyle, TakesTheTypesOrAllOthersNewestFirst) {
  issue("a", "batch");
  issue("b", "live");
  issue("c", "realtime");
  issue("d", "test");
  EXPECT_EQ(names({"scriptix", {"batch", "realtime"}}), (Names{"c", "a"}));
  EXPECT_EQ(total, 2);
  EXPECT_EQ(names({"scriptix", {"batch", "realtime"}, false}), (Names{"d", "b"}));
  EXPECT_EQ(names({"scriptix", {}, true}), Names{});
  EXPECT_EQ(names({"native", {""}, true}), Names{});
}

TEST_F(ListOfStyle, TellsEndedOnesWhereAsked) {
  issue("expired", "live", 1);
  const auto revoked = issue("revoked", "live");
  issue("active", "live");
  ASSERT_TRUE(
      revoke_account_key(world.services, alice.id, revoked.id, alice.id, world.origin).ok());
  world.clock.advance(days(1));
  EXPECT_EQ(names({"scriptix", {"live"}}), Names{"active"});
  EXPECT_EQ(total, 1);
  EXPECT_EQ(names({"scriptix", {"live"}, true, true}), (Names{"active", "revoked", "expired"}));
  EXPECT_EQ(total, 3);
}

TEST_F(ListOfStyle, IsTheAccountsOwn) {
  issue("hers", "live");
  alice = world.account("bob");
  EXPECT_EQ(names({"scriptix", {"live"}, true, true}), Names{});
  EXPECT_EQ(total, 0);
}

TEST_F(ListOfStyle, R9PartsHaveBounds) {
  for (const auto* name : {"a", "b", "c"}) issue(name, "live");
  const KeyStyleFilter live{"scriptix", {"live"}};
  EXPECT_EQ(names(live, {0, 2}), (Names{"c", "b"}));
  EXPECT_EQ(names(live, {2, 2}), Names{"a"});
  EXPECT_EQ(names(live, {3, 2}), Names{});
  EXPECT_EQ(total, 3);
  const auto refused = [&](const OffsetRequest& part) {
    const auto listing = list_keys_of_style(world.services, alice.id, live, part);
    return listing.ok() ? std::string() : listing.error().field;
  };
  EXPECT_EQ(refused({-1, 1}), "offset");
  EXPECT_EQ(refused({100'001, 1}), "offset");
  EXPECT_EQ(refused({100'000, 100}), "");
  EXPECT_EQ(refused({0, 0}), "limit");
  EXPECT_EQ(refused({0, 101}), "limit");
}

}  // namespace
}  // namespace postern::domain
