#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

class KeyRotation : public testing::Test {
 protected:
  KeyRotation() : account(world.account("alice", "admin")) {}

  IssuedKey issue(const NewKey& wanted = {"ci", {}, {}}) {
    return issue_key(world.services, account.id, wanted, account.id, world.origin).value();
  }
  Result<IssuedKey> rotate(KeyId key, seconds grace) {
    world.clock.advance(seconds(1));
    return rotate_key(world.services, account.id, key, grace, world.origin);
  }
  bool works(const Secret& text) { return authenticate_key(world.services, text.reveal()).ok(); }
  Errc refusal(const Secret& text) {
    return authenticate_key(world.services, text.reveal()).error().code;
  }

  DomainWorld world;
  Account account;
};

TEST_F(KeyRotation, R6WithoutGraceTheOldOneEndsInTheSameCommit) {
  const auto old = issue({"ci", std::vector<std::string>{"admin"}, days(30)});
  const auto fresh = rotate(old.key.id, seconds(0));
  ASSERT_TRUE(fresh.ok());
  EXPECT_EQ(refusal(old.text), Errc::KeyRevoked);
  EXPECT_TRUE(works(fresh->text));
  EXPECT_EQ(fresh->key.name, "ci");
  EXPECT_EQ(fresh->key.permissions, old.key.permissions);
  EXPECT_EQ(fresh->key.expires_at, old.key.expires_at);
  EXPECT_NE(fresh->key.id, old.key.id);
  EXPECT_EQ(world.database_server.sql("select revoked_why from postern.api_key"
                                      " where revoked_at is not null"),
            "rotated");
}

TEST_F(KeyRotation, WithGraceBothWorkUntilItEnds) {
  const auto old = issue();
  const auto fresh = rotate(old.key.id, hours(1));
  ASSERT_TRUE(fresh.ok());
  world.clock.advance(hours(1) - std::chrono::microseconds(1));
  EXPECT_TRUE(works(old.text));
  EXPECT_TRUE(works(fresh->text));
  world.clock.advance(std::chrono::microseconds(1));
  EXPECT_EQ(refusal(old.text), Errc::KeyExpired);
  EXPECT_TRUE(works(fresh->text));
}

TEST_F(KeyRotation, GraceDoesNotLengthenALife) {
  const auto old = issue({"ci", {}, days(1)});
  ASSERT_TRUE(rotate(old.key.id, days(7)).ok());
  EXPECT_EQ(find_key(world.services, old.key.id)->expires_at, old.key.expires_at);
}

TEST_F(KeyRotation, GraceIsBounded) {
  const auto old = issue();
  EXPECT_EQ(rotate(old.key.id, seconds(-1)).error().field, "grace_seconds");
  EXPECT_EQ(rotate(old.key.id, days(7) + seconds(1)).error().field, "grace_seconds");
  EXPECT_TRUE(rotate(old.key.id, days(7)).ok());
}

TEST_F(KeyRotation, R9GraceDoesNotPassTheNumberOfKeys) {
  world.settings.keys.per_account = 2;
  const auto first = issue();
  const auto second = rotate(first.key.id, days(7));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(rotate(second->key.id, days(7)).error().code, Errc::TooManyAttempts);
  EXPECT_TRUE(rotate(second->key.id, seconds(0)).ok());
}

TEST_F(KeyRotation, OthersKeysAndEndedOnesAreNotFound) {
  const auto bob = world.account("bob");
  const auto key = issue();
  EXPECT_EQ(rotate_key(world.services, bob.id, key.key.id, seconds(0), world.origin).error().code,
            Errc::NotFound);
  ASSERT_TRUE(rotate(key.key.id, seconds(0)).ok());
  EXPECT_EQ(rotate(key.key.id, seconds(0)).error().code, Errc::NotFound);
}

TEST_F(KeyRotation, R4APersonalKeyHasNoGrace) {
  const auto personal =
      generate_personal_key(world.services, account.id, account.id, world.origin).value();
  EXPECT_EQ(rotate(personal.key.id, seconds(1)).error().field, "grace_seconds");
  const auto fresh = rotate(personal.key.id, seconds(0));
  ASSERT_TRUE(fresh.ok());
  EXPECT_EQ(fresh->key.kind, KeyKind::Personal);
  EXPECT_FALSE(works(personal.text));
  EXPECT_TRUE(works(fresh->text));
}

}  // namespace
}  // namespace postern::domain
