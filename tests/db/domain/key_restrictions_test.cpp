#include "domain/key_restrictions.hpp"

#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "domain/check_credential.hpp"
#include "domain/credential_cache.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

/// Restrictions from the wish to the check, with a cache and a count of statements.
class StoredRestrictions : public testing::Test {
 protected:
  StoredRestrictions() {
    world_.services.memory = &memory_;
    cache_.cache.trust_until(world_.clock.uptime() + std::chrono::hours(1));
    world_.database.set_fault_hook_for_test([this](std::string_view) { ++statements_; });
  }

  Result<IssuedKey> issue(const KeyRestrictions& restrictions) {
    return issue_key(
        world_.services, alice_.id,
        {.name = "ci", .permissions = {}, .lifetime = {}, .restrictions = restrictions}, alice_.id,
        world_.origin);
  }
  /// What the gate is told, and whether that took a statement.
  std::pair<std::string, bool> told(const IssuedKey& key) {
    statements_ = 0;
    const auto check = check_credential(world_.services, PresentedAs::Key, key.text.reveal());
    EXPECT_FALSE(check.refusal);
    return {std::string(check.identity.fields().restrictions), statements_ > 0};
  }
  static void expect_same(const KeyRestrictions& one, const KeyRestrictions& other) {
    EXPECT_EQ(one.cidrs, other.cidrs);
    EXPECT_EQ(one.paths, other.paths);
    EXPECT_EQ(one.requests_per_minute, other.requests_per_minute);
  }

  test::DomainWorld world_;
  test::CacheWorld cache_;
  Fingerprinter fingerprints_{world_.ring, world_.settings};
  CheckMemory memory_{cache_.cache, fingerprints_};
  Account alice_ = world_.account("alice");
  int statements_ = 0;
  const KeyRestrictions all_{{"192.0.2.0/24", "2001:db8::/32"}, {"/feeds/**", "/a b,c\"{}"}, 5};
};

TEST_F(StoredRestrictions, AreKeptAsTheyWereAskedFor) {
  const auto issued = issue(all_);
  ASSERT_TRUE(issued.ok());
  expect_same(issued->key.restrictions, all_);
  expect_same(find_key(world_.services, issued->key.id)->restrictions, all_);
  expect_same(list_keys(world_.services, alice_.id, {})->items.front().restrictions, all_);
  EXPECT_EQ(authenticate_key(world_.services, issued->text.reveal())->restrictions,
            encode_restrictions(all_));
}

TEST_F(StoredRestrictions, AreRefusedWhereTheyAreWrong) {
  EXPECT_EQ(issue({{"nonsense"}, {}, {}}).error().field, "restrictions.cidrs");
  EXPECT_EQ(issue({{}, {"nonsense"}, {}}).error().field, "restrictions.paths");
  EXPECT_EQ(issue({{}, {}, 0}).error().field, "restrictions.requests_per_minute");
  EXPECT_EQ(world_.database_server.sql("select count(*) from postern.api_key"), "0");
}

TEST_F(StoredRestrictions, RotationKeepsThem) {
  const auto old = issue(all_);
  const auto fresh = rotate_key(world_.services, alice_.id, old->key.id, seconds(0), world_.origin);
  ASSERT_TRUE(fresh.ok());
  expect_same(fresh->key.restrictions, all_);
  EXPECT_EQ(told(*fresh).first, encode_restrictions(all_));
}

TEST_F(StoredRestrictions, TravelThroughTheCache) {
  const auto issued = issue(all_);
  EXPECT_EQ(told(*issued), std::pair(encode_restrictions(all_), true));
  EXPECT_EQ(told(*issued), std::pair(encode_restrictions(all_), false));
}

TEST_F(StoredRestrictions, AKeyWhoseLineDoesNotFitIsAskedForEachTimeAndRightEachTime) {
  KeyRestrictions large;
  for (int i = 0; i < 32; ++i) large.paths.push_back("/" + std::string(40, 'a') + "/**");
  const auto issued = issue(large);
  ASSERT_TRUE(issued.ok());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(told(*issued), std::pair(encode_restrictions(large), true)) << i;
  }
  EXPECT_EQ(cache_.cache.counts().too_large, 3U);
  EXPECT_EQ(cache_.cache.counts().stored, 0U);
}

TEST_F(StoredRestrictions, R7WhatTheDatabaseHoldsWronglyAllowsNothing) {
  const auto issued = issue(all_);
  world_.database_server.sql("update postern.api_key set cidrs = '{anywhere}'");
  const auto line = told(*issued).first;
  const auto outcome =
      enforce_restrictions(line, {.credential = "c", .address = "192.0.2.1", .path = "/feeds/a"},
                           world_.limiter, world_.clock);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, Errc::KeyRestricted);
}

}  // namespace
}  // namespace postern::domain
