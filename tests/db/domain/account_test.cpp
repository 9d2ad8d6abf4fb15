#include "domain/account.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "domain/password_change.hpp"
#include "tests/support/another_worker.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;

const std::optional<AccountId> kNobody;

class Accounts : public ::testing::Test {
 protected:
  std::string registering(const std::string& username, std::optional<std::string> email) {
    const auto made = register_account(
        world_.services, {username, std::move(email), Secret(test::DomainWorld::kPassword)},
        world_.origin);
    return made ? "ok" : describe(made.error());
  }
  static std::string describe(const Error& error) {
    return std::string(name_of(error.code)) + (error.field.empty() ? "" : " " + error.field);
  }
  std::string updating(AccountId id, const AccountChange& change) {
    const auto changed = update_account(world_.services, id, change, kNobody, world_.origin);
    return changed ? "ok" : describe(changed.error());
  }
  std::string count(const std::string& what) {
    return world_.database_server.sql("select count(*) from postern." + what);
  }
  std::string events() {
    return world_.database_server.sql(
        "select string_agg(event || case detail when '' then '' else ':' || detail end, ' ' order "
        "by id) from postern.audit");
  }
  void forget_events() { world_.database_server.sql("delete from postern.audit"); }
  /// Audit ids are in the order of time, so steps of one test need times of their own.
  void step() { world_.clock.advance(std::chrono::milliseconds(5)); }

  test::DomainWorld world_;
};

TEST_F(Accounts, ARegisteredOneIsFoundByEveryName) {
  const auto made = register_account(
      world_.services, {"Ann.B", "Ann@Example.org", Secret(test::DomainWorld::kPassword)},
      world_.origin);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->username, "Ann.B");
  EXPECT_EQ(made->email, "Ann@Example.org");
  EXPECT_EQ(made->role, "member");
  EXPECT_TRUE(made->may_act());
  EXPECT_FALSE(made->last_login_at);
  EXPECT_EQ(made->created_at, world_.clock.now());
  for (const char* login : {"Ann.B", "ann.b", "ann@example.ORG"})
    EXPECT_EQ(find_account_by_login(world_.services, login)->id, made->id) << login;
  EXPECT_EQ(find_account(world_.services, made->id)->number, made->number);
  EXPECT_EQ(find_account_by_number(world_.services, made->number)->id, made->id);
  EXPECT_EQ(events(), "account_registered:role member");
}

TEST_F(Accounts, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(find_account(world_.services, AccountId{}).error().code, Errc::NotFound);
  EXPECT_EQ(find_account_by_number(world_.services, -1).error().code, Errc::NotFound);
  for (const std::string& login :
       {std::string(), std::string("nobody"), std::string("a\0b", 3), std::string("\xFF")})
    EXPECT_EQ(find_account_by_login(world_.services, login).error().code, Errc::NotFound);
}

TEST_F(Accounts, RegistrationFollowsTheSettings) {
  world_.settings.registration.approval = true;
  world_.settings.registration.role = "streamer";
  ASSERT_EQ(registering("ann", std::nullopt), "ok");
  const auto ann = find_account_by_login(world_.services, "ann");
  EXPECT_FALSE(ann->is_approved);
  EXPECT_EQ(ann->role, "streamer");
  world_.settings.registration.mode = RegistrationMode::Closed;
  EXPECT_EQ(registering("bob", std::nullopt), "registration_closed");
}

TEST_F(Accounts, RegistrationSaysWhichFieldIsWrong) {
  EXPECT_EQ(registering("", std::nullopt), "invalid_input username");
  EXPECT_EQ(registering("ann", "nonsense"), "invalid_input email");
  EXPECT_EQ(registering("ann", ""), "invalid_input email");
  const auto weak =
      register_account(world_.services, {"ann", std::nullopt, Secret("short")}, world_.origin);
  EXPECT_EQ(describe(weak.error()), "invalid_input password");
}

TEST_F(Accounts, NamesAreUniqueHoweverWritten) {
  ASSERT_EQ(registering("ann", "ann@example.org"), "ok");
  EXPECT_EQ(registering("ANN", "other@example.org"), "taken username");
  EXPECT_EQ(registering("bob", "ANN@example.org"), "taken email");
  EXPECT_EQ(registering("Ann", "ANN@example.org"), "taken username") << "username first";
  EXPECT_EQ(registering("bob", std::nullopt), "ok");
  EXPECT_EQ(registering("cid", std::nullopt), "ok") << "any number without an address";
}

// Otherwise one could register the address of somebody as a username, and be found by it first.
TEST_F(Accounts, AUsernameMustNotBeAnothersAddressNorTheOtherWayRound) {
  ASSERT_EQ(registering("ann", "ann@example.org"), "ok");
  ASSERT_EQ(registering("bob@example.org", std::nullopt), "ok");
  EXPECT_EQ(registering("Ann@Example.org", std::nullopt), "taken username");
  EXPECT_EQ(registering("cid", "Bob@example.org"), "taken email");
  EXPECT_EQ(registering("dan@example.org", "dan@example.org"), "ok") << "one's own may be both";
  const auto ann = find_account_by_login(world_.services, "ann");
  EXPECT_EQ(updating(ann->id, {.username = "bob@EXAMPLE.org"}), "taken username");
  EXPECT_EQ(updating(ann->id, {.email = "bob@EXAMPLE.org"}), "taken email");
}

TEST_F(Accounts, OfConcurrentRegistrationsOneNameGoesToOne) {
  world_.settings.registration.per_network_per_hour = 1000;
  std::vector<std::unique_ptr<AnotherWorker>> workers;
  for (int i = 0; i < 8; ++i) workers.push_back(std::make_unique<AnotherWorker>(world_));
  for (int round = 0; round < 5; ++round) {
    const std::string name = "n" + std::to_string(round) + "@example.org";
    std::atomic<int> made{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < workers.size(); ++i) {
      threads.emplace_back([&, i] {
        Registration wanted{name, std::nullopt, Secret(test::DomainWorld::kPassword)};
        if (i % 2 == 0)
          wanted = {"u" + std::to_string(round) + std::to_string(i), name,
                    Secret(test::DomainWorld::kPassword)};
        made += register_account(workers[i]->services, wanted, world_.origin) ? 1 : 0;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(made, 1) << round;
  }
}

TEST_F(Accounts, ATakenNameCostsTheSameHash) {
  ASSERT_EQ(registering("ann", std::nullopt), "ok");
  const auto before = world_.passwords.hashes_for_test();
  EXPECT_EQ(registering("ann", std::nullopt), "taken username");
  EXPECT_EQ(world_.passwords.hashes_for_test() - before, 1U);
}

TEST_F(Accounts, R9RegistrationsAreLimitedPerNetwork) {
  world_.settings.registration.per_network_per_hour = 3;
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(registering(name, std::nullopt), "ok");
  EXPECT_EQ(registering("d", std::nullopt), "too_many_attempts");
  world_.origin.address = "192.0.2.77";
  EXPECT_EQ(registering("d", std::nullopt), "ok");
}

TEST_F(Accounts, AnAdministratorMakesOneWithoutAPassword) {
  NewAccount bot;
  bot.username = "builder";
  bot.is_bot = true;
  const auto admin = world_.account("root", "admin");
  const auto made = create_account(world_.services, bot, admin.id, world_.origin);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->is_bot);
  for (const char* password : {"", " ", "0"}) {
    const auto answer = sign_in(world_.services, {"builder", Secret(password)}, world_.origin);
    EXPECT_EQ(answer.error().code, Errc::InvalidCredentials);
  }
  bot.username = "other";
  bot.role = "emperor";
  EXPECT_EQ(describe(create_account(world_.services, bot, kNobody, world_.origin).error()),
            "invalid_input role");
  bot.role = std::string("a\0b", 3);
  EXPECT_EQ(describe(create_account(world_.services, bot, kNobody, world_.origin).error()),
            "invalid_input role");
}

// CVE-2022-24124 and its kind: the same texts everywhere, and none of them is more than a text.
TEST_F(Accounts, Cve202224124NoTextIsSql) {
  world_.settings.registration.per_network_per_hour = 1000;
  for (const std::string& text :
       {std::string("'; drop table postern.account; --"), std::string("\" or 1=1 --"),
        std::string("\\'; select pg_sleep(9); --"), std::string("$$;$1;%s;{0}"),
        std::string("admin'/*"), std::string("a\0b", 3), std::string("\xBF' or 1=1")}) {
    EXPECT_NE(registering(text, std::nullopt), "ok");
    EXPECT_NE(registering("ann", text), "ok");
    EXPECT_FALSE(find_account_by_login(world_.services, text));
    AccountFilter filter;
    filter.query = text;
    const auto listed = list_accounts(world_.services, filter, {});
    EXPECT_TRUE(!listed || listed->items.empty());
    EXPECT_FALSE(list_accounts(world_.services, {}, {50, text}));
    EXPECT_FALSE(role_permissions(world_.database, text));
    world_.origin.user_agent = world_.origin.request_id = text;
    EXPECT_FALSE(sign_in(world_.services, {text, Secret(text)}, world_.origin));
  }
  EXPECT_EQ(count("account"), "0");
}

TEST_F(Accounts, ListsInPagesOldestFirst) {
  for (const char* name : {"ann", "bob", "cid", "dan", "eve"}) world_.account(name);
  std::string seen;
  PageRequest page{2, std::nullopt};
  int pages = 0;
  do {
    const auto answer = list_accounts(world_.services, {}, page).value();
    EXPECT_LE(answer.items.size(), 2U);
    for (const Account& account : answer.items) seen += account.username + " ";
    page.after = answer.next_cursor;
    ++pages;
  } while (page.after);
  EXPECT_EQ(seen, "ann bob cid dan eve ");
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(list_accounts(world_.services, {}, {101, std::nullopt}).error().field, "limit");
}

TEST_F(Accounts, ListsWhatTheFilterSays) {
  const auto ann = world_.account("ann");
  const auto bob = world_.account("bob");
  world_.account("cid_x");
  ASSERT_EQ(updating(ann.id, {.is_active = false}), "ok");
  ASSERT_EQ(updating(bob.id, {.is_approved = false}), "ok");
  const auto names = [&](const AccountFilter& filter) {
    std::string text;
    const auto page = list_accounts(world_.services, filter, {}).value();
    for (const auto& account : page.items) text += account.username + " ";
    return text;
  };
  EXPECT_EQ(names({AccountStatus::Disabled, {}}), "ann ");
  EXPECT_EQ(names({AccountStatus::Pending, {}}), "bob ");
  EXPECT_EQ(names({AccountStatus::Active, {}}), "cid_x ");
  EXPECT_EQ(names({{}, "BOB@EXAMPLE"}), "bob ");
  EXPECT_EQ(names({{}, "_"}), "cid_x ") << "not a wildcard";
  EXPECT_EQ(names({{}, "%"}), "");
}

TEST_F(Accounts, AChangeTouchesOnlyWhatItNames) {
  const auto ann = world_.account("ann");
  forget_events();
  step();
  EXPECT_EQ(updating(ann.id, {}), "ok");
  EXPECT_EQ(updating(ann.id, {.username = "ann", .role = "member"}), "ok");
  EXPECT_EQ(events(), "") << "nothing changed";
  EXPECT_EQ(updating(ann.id, {.username = "Anna"}), "ok");
  step();
  EXPECT_EQ(updating(ann.id, {.email = ""}), "ok");
  step();
  EXPECT_EQ(updating(ann.id, {.role = "streamer"}), "ok");
  const auto now = find_account(world_.services, ann.id);
  EXPECT_EQ(now->username, "Anna");
  EXPECT_EQ(now->email, std::nullopt);
  EXPECT_EQ(now->role, "streamer");
  EXPECT_TRUE(now->may_act());
  EXPECT_EQ(events(),
            "account_changed:username account_changed:email role_changed:member to streamer");
  EXPECT_EQ(updating(ann.id, {.username = "a b"}), "invalid_input username");
  EXPECT_EQ(updating(ann.id, {.email = "x"}), "invalid_input email");
  EXPECT_EQ(updating(ann.id, {.role = "emperor"}), "invalid_input role");
  EXPECT_EQ(updating(AccountId{}, {.role = "member"}), "not_found");
}

// CVE-2023-22492: a deactivated user could go on refreshing.
TEST_F(Accounts, R6Cve202322492DisablingEndsEverySession) {
  const auto ann = world_.account("ann");
  const Tokens tokens = world_.login("ann");
  world_.login("ann", SessionKind::Dispatcharr);
  EXPECT_EQ(updating(ann.id, {.is_active = false}), "ok");
  EXPECT_EQ(count("session"), "0");
  EXPECT_FALSE(authenticate_access_token(world_.services, tokens.access.reveal()));
  EXPECT_FALSE(refresh_session(world_.services, SessionKind::Native, tokens.refresh.reveal(),
                               world_.origin));
  EXPECT_EQ(updating(ann.id, {.is_active = true}), "ok");
  EXPECT_FALSE(authenticate_access_token(world_.services, tokens.access.reveal()));
}

TEST_F(Accounts, R6WithdrawnApprovalEndsEverySession) {
  const auto ann = world_.account("ann");
  world_.login("ann");
  EXPECT_EQ(updating(ann.id, {.is_approved = false}), "ok");
  EXPECT_EQ(count("session"), "0");
}

TEST_F(Accounts, ARoleChangeKeepsTheSessionsAndShowsAtOnce) {
  const auto ann = world_.account("ann");
  const Tokens tokens = world_.login("ann");
  EXPECT_EQ(updating(ann.id, {.role = "admin"}), "ok");
  EXPECT_TRUE(authenticate_access_token(world_.services, tokens.access.reveal())->may("admin"));
  world_.account("root", "admin");
  EXPECT_EQ(updating(ann.id, {.role = "member"}), "ok");
  EXPECT_FALSE(authenticate_access_token(world_.services, tokens.access.reveal())->may("admin"));
}

TEST_F(Accounts, TheLastAdministratorStays) {
  EXPECT_FALSE(any_admin_exists(world_.services));
  const auto root = world_.account("root", "admin");
  EXPECT_TRUE(any_admin_exists(world_.services));
  const auto spare = world_.account("spare", "admin");
  EXPECT_EQ(updating(spare.id, {.is_active = false}), "ok");
  EXPECT_EQ(updating(root.id, {.role = "member"}), "last_admin");
  EXPECT_EQ(updating(root.id, {.is_active = false}), "last_admin");
  EXPECT_EQ(updating(root.id, {.is_approved = false}), "last_admin");
  EXPECT_EQ(delete_account(world_.services, root.id, kNobody, world_.origin).error().code,
            Errc::LastAdmin);
  EXPECT_EQ(updating(root.id, {.email = ""}), "ok");
  EXPECT_EQ(updating(spare.id, {.is_active = true}), "ok");
  EXPECT_EQ(updating(root.id, {.role = "member"}), "ok");
  EXPECT_TRUE(any_admin_exists(world_.services));
}

TEST_F(Accounts, AdministratorsWhoDemoteEachOtherLeaveOne) {
  std::vector<std::unique_ptr<AnotherWorker>> workers;
  for (int i = 0; i < 4; ++i) workers.push_back(std::make_unique<AnotherWorker>(world_));
  for (int round = 0; round < 10; ++round) {
    world_.database_server.sql("delete from postern.account");
    std::vector<AccountId> admins;
    for (int i = 0; i < 4; ++i)
      admins.push_back(world_.account("root" + std::to_string(i), "admin").id);
    std::atomic<int> gone{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < workers.size(); ++i) {
      threads.emplace_back([&, i] {
        Services& services = workers[i]->services;
        AccountChange change;
        change.role = "member";
        const bool went =
            i % 2 == 0 ? update_account(services, admins[i], change, kNobody, world_.origin).ok()
                       : delete_account(services, admins[i], kNobody, world_.origin).ok();
        gone += went ? 1 : 0;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(gone, 3) << round;
    EXPECT_TRUE(any_admin_exists(world_.services));
  }
}

// CVE-2026-55670: an identifier that comes back.
TEST_F(Accounts, Cve202655670DeletionIsForEver) {
  const auto ann = world_.account("ann");
  const Tokens tokens = world_.login("ann");
  ASSERT_TRUE(delete_account(world_.services, ann.id, kNobody, world_.origin));
  EXPECT_EQ(delete_account(world_.services, ann.id, kNobody, world_.origin).error().code,
            Errc::NotFound);
  EXPECT_EQ(count("session"), "0");
  const auto again = world_.account("ann");
  EXPECT_NE(again.id, ann.id);
  EXPECT_GT(again.number, ann.number);
  EXPECT_FALSE(authenticate_access_token(world_.services, tokens.access.reveal()));
  EXPECT_EQ(world_.database_server.sql("select detail from postern.audit where event = "
                                       "'account_deleted'"),
            "ann");
}

TEST_F(Accounts, RolesGiveTheirPermissionsSorted) {
  EXPECT_EQ(role_permissions(world_.database, "member").value(),
            (std::vector<std::string>{"posts.compose", "posts.read"}));
  EXPECT_TRUE(role_permissions(world_.database, "streamer")->empty());
  EXPECT_EQ(role_permissions(world_.database, "emperor").error().code, Errc::NotFound);
  world_.database_server.sql("insert into postern.role values ('odd', '{b,a,c}', '')");
  EXPECT_EQ(role_permissions(world_.database, "odd").value(),
            (std::vector<std::string>{"a", "b", "c"}));
}

// Fail at the n-th point, n = 1, 2, 3 …, until nothing is left to fail.
TEST_F(Accounts, R7AFaultAnywhereLeavesAllOrNothing) {
  const auto root = world_.account("root", "admin");
  int n = 0;
  for (bool finished = false; !finished; ++n) {
    const std::string name = "n" + std::to_string(n);
    int point = 0;
    std::string at;
    world_.database.set_fault_hook_for_test([&](std::string_view where) {
      if (point++ == n) {
        at = where;
        throw DatabaseUnavailable("injected");
      }
    });
    try {
      const auto made = world_.account(name);
      ASSERT_TRUE(
          update_account(world_.services, made.id, {.is_active = false}, root.id, world_.origin));
      ASSERT_TRUE(delete_account(world_.services, made.id, root.id, world_.origin));
      finished = true;
    } catch (const DatabaseUnavailable&) {
      EXPECT_FALSE(at.empty());
    }
    world_.database.set_fault_hook_for_test({});
    const auto left = find_account_by_login(world_.services, name);
    const auto audited = world_.database_server.sql(
        "select count(*) filter (where event = 'account_created') - count(*) filter (where event = "
        "'account_deleted') from postern.audit where account_id is distinct from '" +
        root.id.text() + "'");
    const auto kept =
        world_.database_server.sql("select count(*) from postern.account where username <> 'root'");
    EXPECT_EQ(audited, kept) << "after a fault at " << at;
    if (left) {
      EXPECT_TRUE(delete_account(world_.services, left->id, kNobody, world_.origin));
    }
  }
  EXPECT_GT(n, 15);
}

}  // namespace
}  // namespace postern::domain
