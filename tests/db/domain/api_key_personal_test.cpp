#include <gtest/gtest.h>

#include <barrier>
#include <memory>
#include <mutex>
#include <thread>

#include "domain/api_key.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

class PersonalKey : public testing::Test {
 protected:
  PersonalKey() : account(world.account()) {}

  IssuedKey generate() {
    world.clock.advance(seconds(1));
    return generate_personal_key(world.services, account.id, account.id, world.origin).value();
  }
  bool works(const Secret& text) { return authenticate_key(world.services, text.reveal()).ok(); }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  std::string live() {
    return sql("select count(*) from postern.api_key where kind = 2 and revoked_at is null");
  }

  DomainWorld world;
  Account account;
};

TEST_F(PersonalKey, R4GeneratingReplacesTheOldOne) {
  const auto first = generate();
  EXPECT_TRUE(works(first.text));
  const auto second = generate();
  EXPECT_FALSE(works(first.text));
  EXPECT_TRUE(works(second.text));
  EXPECT_EQ(live(), "1");
  EXPECT_EQ(authenticate_key(world.services, first.text.reveal()).error().code, Errc::KeyRevoked);
  EXPECT_EQ(sql("select revoked_why from postern.api_key where revoked_at is not null"),
            "replaced");
  EXPECT_EQ(sql("select string_agg(detail, ',' order by id) from postern.audit"
                " where event = 'key_issued'"),
            "personal,personal, replaces " + first.key.id.text());
}

TEST_F(PersonalKey, R4NamedKeysAndOtherAccountsAreLeftAlone) {
  const auto bob = world.account("bob");
  const auto bobs = generate_personal_key(world.services, bob.id, bob.id, world.origin);
  const auto named =
      issue_key(world.services, account.id, {"personal", {}, {}}, account.id, world.origin);
  generate();
  generate();
  EXPECT_TRUE(works(bobs->text));
  EXPECT_TRUE(works(named->text));
}

TEST_F(PersonalKey, R4FiftySimultaneousCallsLeaveOneLiveKey) {
  constexpr int kCalls = 50;
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < kCalls; ++i) {
    workers.push_back(std::make_unique<test::AnotherWorker>(world));
  }
  std::mutex mutex;
  std::vector<IssuedKey> answers;
  std::barrier start(kCalls);
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&, &services = worker->services] {
      start.arrive_and_wait();
      auto issued = generate_personal_key(services, account.id, account.id, world.origin);
      ASSERT_TRUE(issued.ok()) << name_of(issued.error().code);
      const auto used = authenticate_key(services, issued->text.reveal());
      EXPECT_TRUE(used.ok() || used.error().code == Errc::KeyRevoked) << "working or replaced";
      const std::lock_guard lock(mutex);
      answers.push_back(*std::move(issued));
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(answers.size(), static_cast<std::size_t>(kCalls));
  int working = 0;
  for (const auto& answer : answers) working += works(answer.text) ? 1 : 0;
  EXPECT_EQ(working, 1);
  EXPECT_EQ(live(), "1");
  EXPECT_EQ(sql("select count(*) from postern.api_key"), std::to_string(kCalls));
}

TEST_F(PersonalKey, R4TheIndexAloneWouldKeepASecondOneOut) {
  generate();
  EXPECT_ANY_THROW(
      sql("insert into postern.api_key (id, account_id, kind, name, lookup_id,"
          " key_prefix, secret_hash, hash_key_id, created_at)"
          " select gen_random_uuid(), account_id, 2, 'x', 'y', 'z', '', 1, created_at"
          " from postern.api_key"));
}

TEST_F(PersonalKey, RevokingEndsItOnce) {
  const auto issued = generate();
  const auto revoke = [&] {
    return revoke_personal_key(world.services, account.id, account.id, world.origin);
  };
  ASSERT_TRUE(revoke().ok());
  EXPECT_FALSE(works(issued.text));
  EXPECT_EQ(revoke().error().code, Errc::NotFound);
  EXPECT_TRUE(works(generate().text));
}

TEST_F(PersonalKey, UnknownAccountsHaveNone) {
  const auto nobody = AccountId::make(world.clock.now(), world.random);
  EXPECT_EQ(generate_personal_key(world.services, nobody, {}, world.origin).error().code,
            Errc::NotFound);
  EXPECT_EQ(revoke_personal_key(world.services, nobody, {}, world.origin).error().code,
            Errc::NotFound);
}

TEST_F(PersonalKey, R5ByDefaultNoCopyIsKept) {
  generate();
  EXPECT_FALSE(read_back_personal_key(world.services, account.id));
  EXPECT_EQ(sql("select count(sealed_copy) from postern.api_key"), "0");
}

TEST_F(PersonalKey, ReadBackAnswersTheLiveKeyWhereItIsKept) {
  world.settings.keys.read_back = true;
  EXPECT_FALSE(read_back_personal_key(world.services, account.id));
  generate();
  const auto second = generate();
  EXPECT_EQ(read_back_personal_key(world.services, account.id)->reveal(), second.text.reveal());
  EXPECT_EQ(sql("select count(sealed_copy) from postern.api_key"), "1") << "gone on revocation";
  world.settings.keys.read_back = false;
  EXPECT_FALSE(read_back_personal_key(world.services, account.id)) << "switched off again";
  world.settings.keys.read_back = true;
  ASSERT_TRUE(revoke_personal_key(world.services, account.id, {}, world.origin).ok());
  EXPECT_FALSE(read_back_personal_key(world.services, account.id));
}

TEST_F(PersonalKey, R5NamedKeysAreNeverKept) {
  world.settings.keys.read_back = true;
  ASSERT_TRUE(issue_key(world.services, account.id, {"ci", {}, {}}, {}, world.origin).ok());
  EXPECT_EQ(sql("select count(sealed_copy) from postern.api_key"), "0");
}

TEST_F(PersonalKey, R5ACopyCannotBeMovedToAnotherKey) {
  world.settings.keys.read_back = true;
  const auto bob = world.account("bob");
  generate();
  ASSERT_TRUE(generate_personal_key(world.services, bob.id, bob.id, world.origin).ok());
  sql("update postern.api_key k set sealed_copy ="
      " (select o.sealed_copy from postern.api_key o where o.id <> k.id)");
  EXPECT_FALSE(read_back_personal_key(world.services, bob.id));
}

}  // namespace
}  // namespace postern::domain
