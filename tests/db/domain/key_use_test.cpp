#include "domain/key_use.hpp"

#include <gtest/gtest.h>

#include "tests/support/cache_world.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::CacheWorld;

class KeyUses : public ::testing::Test {
 protected:
  KeyUses() : account(world.account()) {}

  KeyId key(const std::string& name) {
    return issue_key(world.services, account.id, {name, {}, {}}, {}, world.origin).value().key.id;
  }
  std::optional<Instant> last_used(const KeyId& id) {
    return find_key(world.services, id)->last_used_at;
  }
  Instant at(int second) const { return world.clock.now() + seconds(second); }
  std::vector<KeyUse> write(const std::vector<KeyUse>& uses) {
    return write_key_uses(world.database, uses);
  }

  test::DomainWorld world;
  Account account;
};

TEST_F(KeyUses, AreWrittenTogetherAndOnlyForward) {
  const auto one = key("one");
  const auto two = key("two");
  EXPECT_TRUE(write({{one, at(5)}, {two, at(7)}}).empty());
  EXPECT_EQ(last_used(one), at(5));
  EXPECT_EQ(last_used(two), at(7));
  EXPECT_TRUE(write({{one, at(3)}, {two, at(9)}, {two, at(8)}}).empty());
  EXPECT_EQ(last_used(one), at(5));
  EXPECT_EQ(last_used(two), at(9));
}

TEST_F(KeyUses, OfKeysThatAreGoneArePassedOver) {
  const auto one = key("one");
  EXPECT_TRUE(write({{CacheWorld::key(1), at(1)}, {one, at(1)}}).empty());
  EXPECT_EQ(last_used(one), at(1));
  EXPECT_TRUE(write({}).empty());
}

TEST_F(KeyUses, DoNotWaitForAKeyThatIsBeingChanged) {
  const auto busy = key("busy");
  const auto free = key("free");
  constexpr Statement kHold{"test_hold_key", R"sql(
    select 1 from postern.api_key where id = $1 for update)sql"};
  Database other({world.database_server.url()});
  EXPECT_TRUE(other.transaction([&](Transaction& tx) -> Outcome {
    tx.run(kHold, {busy});
    const auto left = write({{busy, at(1)}, {free, at(2)}});
    EXPECT_EQ(left.size(), 1U);
    EXPECT_EQ(left.at(0).key, busy);
    EXPECT_EQ(left.at(0).at, at(1));
    return done;
  }));
  EXPECT_EQ(last_used(free), at(2));
  EXPECT_FALSE(last_used(busy));
}

TEST_F(KeyUses, R9GoOutInBatches) {
  world.database_server.sql(
      "insert into postern.api_key (id, account_id, kind, name, lookup_id, key_prefix, "
      "secret_hash, hash_key_id, created_at) select gen_random_uuid(), '" +
      account.id.text() + "', 1, i, i, 'x', '', 1, '2027-01-01' from generate_series(1, 1200) i");
  constexpr Statement kIds{"test_key_ids", R"sql(select id from postern.api_key)sql"};
  std::vector<KeyUse> uses;
  for (const auto& row : world.database.run(kIds, {})) uses.push_back({KeyId{row.uuid(0)}, at(1)});
  int statements = 0;
  world.database.set_fault_hook_for_test([&](std::string_view) { ++statements; });
  EXPECT_TRUE(write(uses).empty());
  EXPECT_EQ(statements, 3);
  EXPECT_EQ(world.database_server.sql(
                "select count(*) from postern.api_key where last_used_at is not null"),
            "1200");
}

TEST_F(KeyUses, ComeFromTheCacheAndAreKeptUntilTheyAreWritten) {
  CacheWorld memory;
  const auto id = key("cached");
  const auto use = [&] {
    auto record = memory.record(1);
    record.key = id;
    memory.cache.store(CacheWorld::print(1), memory.cache.stamp(), memory.clock, record, {});
  };
  KeyUseWriter writer(memory.cache);
  use();
  world.database.set_fault_hook_for_test(
      [](std::string_view) { throw DatabaseUnavailable("injected"); });
  EXPECT_THROW(writer.write(world.database, seconds(60)), DatabaseUnavailable);
  EXPECT_EQ(writer.kept(), 1U);
  world.database.set_fault_hook_for_test({});
  EXPECT_FALSE(last_used(id));
  writer.write(world.database, seconds(60));
  EXPECT_EQ(writer.kept(), 0U);
  EXPECT_EQ(last_used(id), memory.clock.now());

  memory.clock.advance(seconds(30));
  use();
  writer.write(world.database, seconds(60));
  EXPECT_EQ(last_used(id), memory.clock.now() - seconds(30)) << "not due";
  writer.write(world.database, seconds(0));
  EXPECT_EQ(last_used(id), memory.clock.now());
}

}  // namespace
}  // namespace postern::domain
