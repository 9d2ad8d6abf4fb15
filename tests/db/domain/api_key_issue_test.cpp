#include <gtest/gtest.h>

#include <barrier>
#include <memory>
#include <thread>

#include "domain/api_key.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using Names = std::vector<std::string>;

class KeyIssue : public testing::Test {
 protected:
  KeyIssue() : account(world.account("alice", "admin")) {
    sql("update postern.role set permissions = '{admin,read,submit}' where name = 'admin'");
  }
  Result<IssuedKey> issue(const std::string& name, std::optional<Names> permissions = {},
                          std::optional<days> lifetime = {}) {
    world.clock.advance(seconds(1));
    return issue_key(world.services, account.id, {name, std::move(permissions), lifetime},
                     account.id, world.origin);
  }
  Error refusal(const std::string& name, std::optional<Names> permissions = {},
                std::optional<days> lifetime = {}) {
    const auto result = issue(name, std::move(permissions), lifetime);
    EXPECT_FALSE(result.ok());
    return result.ok() ? Error{} : result.error();
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  Account account;
};

TEST_F(KeyIssue, AnswersAKeyThatWorksAndWhatIsKnownOfIt) {
  const auto issued = issue("ci");
  ASSERT_TRUE(issued.ok());
  EXPECT_TRUE(issued->text.reveal().starts_with("pst_"));
  EXPECT_EQ(issued->text.size(), 55U);
  EXPECT_EQ(issued->key.key_prefix, issued->text.reveal().substr(0, 12));
  EXPECT_EQ(issued->key.account, account.id);
  EXPECT_EQ(issued->key.account_number, account.number);
  EXPECT_EQ(issued->key.username, "alice");
  EXPECT_EQ(issued->key.kind, KeyKind::Named);
  EXPECT_EQ(issued->key.created_at, world.clock.now());
  EXPECT_FALSE(issued->key.expires_at);
  EXPECT_GT(issued->key.number, 0);

  const auto principal = authenticate_key(world.services, issued->text.reveal());
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->key, issued->key.id);
  EXPECT_EQ(principal->permissions, (Names{"admin", "read", "submit"}));

  const auto found = find_key(world.services, issued->key.id);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->name, "ci");
  EXPECT_EQ(found->number, issued->key.number);
  EXPECT_EQ(find_key_by_number(world.services, issued->key.number)->id, issued->key.id);
}

TEST_F(KeyIssue, PermissionsAreOfTheRoleSortedAndOnce) {
  const auto issued = issue("ci", Names{"submit", "read", "submit"});
  ASSERT_TRUE(issued.ok());
  EXPECT_EQ(issued->key.permissions, (Names{"read", "submit"}));
  EXPECT_EQ(refusal("other", Names{"read", "posts"}).code, Errc::NotPermitted);
  const auto none = issue("none", Names{});
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(authenticate_key(world.services, none->text.reveal())->permissions.empty());
}

TEST_F(KeyIssue, FieldsAreChecked) {
  EXPECT_EQ(refusal("").field, "name");
  EXPECT_EQ(refusal(std::string(101, 'x')).field, "name");
  EXPECT_EQ(refusal(std::string("a\0b", 3)).field, "name");
  EXPECT_EQ(refusal("a\nb").field, "name");
  EXPECT_EQ(refusal("a", Names{""}).field, "permissions");
  EXPECT_EQ(refusal("a", Names{std::string("x\0", 2)}).field, "permissions");
  EXPECT_EQ(refusal("a", Names(65, "read")).field, "permissions");
  for (const int wrong : {0, -1, 3651}) {
    EXPECT_EQ(refusal("a", {}, days(wrong)).field, "expires_in_days") << wrong;
  }
  EXPECT_TRUE(issue("shortest", {}, days(1)).ok());
  EXPECT_TRUE(issue("longest", {}, days(3650)).ok());
}

TEST_F(KeyIssue, NamesAreTakenAmongLiveKeysOfTheAccountAlone) {
  const auto bob = world.account("bob");
  const auto first = issue("ci");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(refusal("ci").code, Errc::Taken);
  EXPECT_EQ(refusal("ci").field, "name");
  EXPECT_TRUE(issue_key(world.services, bob.id, {"ci", {}, {}}, bob.id, world.origin).ok());
  ASSERT_TRUE(revoke_account_key(world.services, account.id, first->key.id, {}, world.origin).ok());
  ASSERT_TRUE(issue("ci", {}, days(1)).ok());
  world.clock.advance(days(1));
  EXPECT_TRUE(issue("ci").ok());
}

TEST_F(KeyIssue, R9TheNumberOfLiveKeysIsBounded) {
  world.settings.keys.per_account = 3;
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(issue(name).ok());
  EXPECT_EQ(refusal("d").code, Errc::TooManyAttempts);
  const auto first = list_keys(world.services, account.id, {})->items.back();
  ASSERT_TRUE(revoke_account_key(world.services, account.id, first.id, {}, world.origin).ok());
  EXPECT_TRUE(issue("d").ok());
}

TEST_F(KeyIssue, R9TheBoundHoldsForSimultaneousCalls) {
  constexpr int kCalls = 16;
  world.settings.keys.per_account = 5;
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < kCalls; ++i) {
    workers.push_back(std::make_unique<test::AnotherWorker>(world));
  }
  std::barrier start(kCalls);
  std::vector<std::thread> threads;
  for (int i = 0; i < kCalls; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      static_cast<void>(issue_key(workers[static_cast<std::size_t>(i)]->services, account.id,
                                  {std::to_string(i), {}, {}}, account.id, world.origin));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sql("select count(*) from postern.api_key"), "5");
}

TEST_F(KeyIssue, UnknownAccountsGetNone) {
  const auto result = issue_key(world.services, AccountId::make(world.clock.now(), world.random),
                                {"ci", {}, {}}, {}, world.origin);
  EXPECT_EQ(result.error().code, Errc::NotFound);
}

TEST_F(KeyIssue, RevokingIsTheOwnersAndOnce) {
  const auto bob = world.account("bob");
  const auto issued = issue("ci");
  const auto revoke = [&](AccountId owner) {
    world.clock.advance(seconds(1));
    return revoke_account_key(world.services, owner, issued->key.id, owner, world.origin);
  };
  EXPECT_EQ(revoke(bob.id).error().code, Errc::NotFound);
  EXPECT_TRUE(authenticate_key(world.services, issued->text.reveal()).ok());
  ASSERT_TRUE(revoke(account.id).ok());
  EXPECT_EQ(authenticate_key(world.services, issued->text.reveal()).error().code, Errc::KeyRevoked);
  EXPECT_EQ(revoke(account.id).error().code, Errc::NotFound);
  const auto expired = issue("short", {}, days(1));
  world.clock.advance(days(1));
  EXPECT_EQ(revoke_account_key(world.services, account.id, expired->key.id, {}, world.origin)
                .error()
                .code,
            Errc::NotFound);
  EXPECT_EQ(sql("select string_agg(event, ',' order by id) from postern.audit"
                " where event like 'key%'"),
            "key_issued,key_revoked,key_issued");
}

TEST_F(KeyIssue, ListsShowTombstonesInPages) {
  const auto bob = world.account("bob");
  ASSERT_TRUE(issue_key(world.services, bob.id, {"bobs", {}, {}}, bob.id, world.origin).ok());
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(issue(name).ok());
  const auto own = list_keys(world.services, account.id, {})->items;
  ASSERT_EQ(own.size(), 3U);
  EXPECT_EQ(own[0].name, "c");
  ASSERT_TRUE(revoke_account_key(world.services, account.id, own[0].id, {}, world.origin).ok());
  EXPECT_EQ(list_keys(world.services, account.id, {})->items[0].status(world.clock.now()),
            KeyStatus::Revoked);

  const auto first = list_keys(world.services, {}, {.limit = 3, .after = {}});
  ASSERT_EQ(first->items.size(), 3U);
  const auto rest = list_keys(world.services, {}, {.limit = 3, .after = first->next_cursor});
  ASSERT_EQ(rest->items.size(), 1U);
  EXPECT_EQ(rest->items[0].username, "bob");
  EXPECT_FALSE(rest->next_cursor);
  EXPECT_FALSE(list_keys(world.services, {}, {.limit = 3, .after = "x"}).ok());
  EXPECT_EQ(find_key_by_number(world.services, -1).error().code, Errc::NotFound);
}

}  // namespace
}  // namespace postern::domain
