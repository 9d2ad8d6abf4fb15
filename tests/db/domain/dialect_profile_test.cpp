#include "domain/dialect_profile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

struct DialectProfile : testing::Test {
  test::DomainWorld world;
  Services& services = world.services;
};

TEST_F(DialectProfile, IsEmptyUntilWritten) {
  const auto alice = world.account("alice");
  EXPECT_EQ(read_profile(services, alice.id, "x"), "");
  ASSERT_TRUE(write_profile(services, alice.id, "x", R"({"a":1})"));
  EXPECT_EQ(read_profile(services, alice.id, "x"), R"({"a": 1})");
  EXPECT_EQ(read_profile(services, alice.id, "y"), "");
  ASSERT_TRUE(write_profile(services, alice.id, "x", R"({"b":2})"));
  EXPECT_EQ(read_profile(services, alice.id, "x"), R"({"b": 2})");
}

TEST_F(DialectProfile, IsReadForManyAtOnce) {
  const auto alice = world.account("alice");
  const auto bob = world.account("bob");
  ASSERT_TRUE(write_profile(services, bob.id, "x", "{}"));
  const auto profiles = read_profiles(services, {alice.id, bob.id}, "x");
  ASSERT_EQ(profiles.size(), 1U);
  EXPECT_EQ(profiles.at(bob.id.text()), "{}");
  EXPECT_TRUE(read_profiles(services, {}, "x").empty());
}

TEST_F(DialectProfile, IsBoundedAndNeedsAnAccount) {
  const auto alice = world.account("alice");
  const std::string longest = '"' + std::string(kProfileLimit - 2, 'x') + '"';
  EXPECT_TRUE(write_profile(services, alice.id, "x", longest));
  const auto refused = write_profile(services, alice.id, "x", longest + " ");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::InvalidInput);
  const auto nobody = AccountId::make(world.clock.now(), world.random);
  EXPECT_EQ(write_profile(services, nobody, "x", "{}").error().code, Errc::NotFound);
  const auto change = [](const std::string&) { return Result<std::string>(std::string("{}")); };
  EXPECT_EQ(change_profile(services, nobody, "x", change).error().code, Errc::NotFound);
}

TEST_F(DialectProfile, GoesWithItsAccount) {
  const auto alice = world.account("alice");
  ASSERT_TRUE(write_profile(services, alice.id, "x", "{}"));
  ASSERT_TRUE(delete_account(services, alice.id, std::nullopt, world.origin));
  EXPECT_EQ(world.database_server.sql("select count(*) from postern.dialect_profile"), "0");
}

TEST_F(DialectProfile, ARefusedChangeWritesNothing) {
  const auto alice = world.account("alice");
  const auto refuse = [](const std::string&) {
    return Result<std::string>(Error{Errc::InvalidInput, "x"});
  };
  EXPECT_EQ(change_profile(services, alice.id, "x", refuse).error().field, "x");
  EXPECT_EQ(read_profile(services, alice.id, "x"), "");
}

TEST_F(DialectProfile, ConcurrentChangesLoseNothing) {
  const auto alice = world.account("alice");
  constexpr int kWriters = 8;
  constexpr int kChanges = 10;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      SodiumRandom random;
      Database database({world.database_server.url()});
      SigningKeys keys;
      std::array<HashSlots::Slot, 1> slots{};
      PasswordHasher passwords(test::cheap_passwords(), HashSlots(slots));
      Services own{world.settings, database, world.clock, random,
                   world.ring,     keys,     passwords,   world.limiter};
      for (int j = 0; j < kChanges; ++j) {
        EXPECT_TRUE(change_profile(own, alice.id, "x", [](const std::string& present) {
          const int count = present.empty() ? 0 : std::stoi(present);
          return Result<std::string>(std::to_string(count + 1));
        }));
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(read_profile(services, alice.id, "x"), std::to_string(kWriters * kChanges));
}

struct DialectGroups : DialectProfile {
  std::int64_t admin = list_permissions(services).front().number;
};

TEST_F(DialectGroups, AreKeptPerDialectWithSortedPermissions) {
  const auto saved = save_group(services, "x", {0, "Family", {admin, admin}});
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->permissions, std::vector<std::int64_t>{admin});
  EXPECT_TRUE(save_group(services, "y", {0, "Family", {}}));
  EXPECT_EQ(list_groups(services, "x").size(), 1U);
  EXPECT_EQ(find_group(services, "y", saved->number).error().code, Errc::NotFound);
  EXPECT_EQ(delete_group(services, "y", saved->number).error().code, Errc::NotFound);
  EXPECT_TRUE(delete_group(services, "x", saved->number));
}

TEST_F(DialectGroups, RefuseWhatIsTakenUnknownOrTooMuch) {
  const auto saved = save_group(services, "x", {0, "Family", {}});
  ASSERT_TRUE(saved);
  EXPECT_EQ(save_group(services, "x", {0, "Family", {}}).error().code, Errc::Taken);
  EXPECT_TRUE(save_group(services, "x", {saved->number, "Family", {admin}}));
  EXPECT_EQ(save_group(services, "x", {987654, "New", {}}).error().code, Errc::NotFound);
  EXPECT_EQ(save_group(services, "x", {0, "New", {987654}}).error().field, "permissions");
  EXPECT_EQ(save_group(services, "x", {0, "", {}}).error().field, "name");
  std::vector<std::int64_t> many(kGroupPermissionLimit + 1);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int64_t>(i) + 1;
  EXPECT_EQ(save_group(services, "x", {0, "New", many}).error().reason, "too_long");
}

TEST_F(DialectGroups, R9AreBoundedInNumber) {
  world.database_server.sql(
      "insert into postern.dialect_group (dialect, name) "
      "select 'x', 'g' || n from generate_series(1, 1000) n");
  EXPECT_EQ(save_group(services, "x", {0, "New", {}}).error().code, Errc::TooManyAttempts);
  EXPECT_TRUE(save_group(services, "y", {0, "New", {}}));
}

TEST_F(DialectGroups, OfManyWithOneNameAtOnceOneIsMade) {
  std::array<int, 8> made{};
  std::vector<std::thread> writers;
  for (auto& mine : made) {
    writers.emplace_back([&] {
      SodiumRandom random;
      Database database({world.database_server.url()});
      SigningKeys keys;
      std::array<HashSlots::Slot, 1> slots{};
      PasswordHasher passwords(test::cheap_passwords(), HashSlots(slots));
      Services own{world.settings, database, world.clock, random,
                   world.ring,     keys,     passwords,   world.limiter};
      mine = save_group(own, "x", {0, "Family", {}}) ? 1 : 0;
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(std::count(made.begin(), made.end(), 1), 1);
}

}  // namespace
}  // namespace postern::domain
