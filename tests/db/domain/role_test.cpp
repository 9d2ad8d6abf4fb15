#include "domain/role.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <memory>
#include <thread>

#include "domain/dialect_profile.hpp"
#include "domain/invite.hpp"
#include "tests/support/another_worker.hpp"

namespace postern::domain {
namespace {

using Names = std::vector<std::string>;
using test::AnotherWorker;
using test::DomainWorld;

class Roles : public ::testing::Test {
 protected:
  Result<Role> put(const std::string& name, Names permissions,
                   std::optional<std::string> description = {}) {
    return put_role(world_.services, name, {std::move(permissions), std::move(description)}, {},
                    world_.origin);
  }
  std::string putting(const std::string& name, Names permissions) {
    const auto role = put(name, std::move(permissions));
    return role ? "ok" : describe(role.error());
  }
  std::string deleting(const std::string& name) {
    const auto gone = delete_role(world_.services, name, {}, world_.origin);
    return gone ? "ok" : describe(gone.error());
  }
  static std::string describe(const Error& error) {
    return std::string(name_of(error.code)) + (error.field.empty() ? "" : " " + error.field) +
           (error.reason.empty() ? "" : " " + error.reason);
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }
  /// How many revoking transactions there were.
  std::string announced() { return sql("select n from postern.revocation_clock"); }

  DomainWorld world_;
};

TEST_F(Roles, TheOnesThatComeWithPosternAreThere) {
  const auto roles = list_roles(world_.services);
  Names names;
  for (const auto& role : roles) {
    names.push_back(role.name);
    EXPECT_TRUE(role.built_in) << role.name;
    EXPECT_FALSE(role.description.empty()) << role.name;
    EXPECT_TRUE(std::is_sorted(role.permissions.begin(), role.permissions.end())) << role.name;
  }
  EXPECT_EQ(names, (Names{"admin", "client", "contributor", "manager", "member", "moderator",
                          "owner", "streamer", "supervisor", "user", "vendor"}));
  EXPECT_EQ(find_role(world_.services, "moderator")->permissions,
            (Names{"moderate", "read", "submit"}));
  EXPECT_EQ(find_role(world_.services, "emperor").error().code, Errc::NotFound);
  EXPECT_EQ(find_role(world_.services, std::string_view("a\0b", 3)).error().code, Errc::NotFound);
}

TEST_F(Roles, PutMakesTheRoleAndWhatItPermits) {
  const auto made = put("editor", {"write", "read", "write", "pages.publish"}, "Edits");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->permissions, (Names{"pages.publish", "read", "write"}));
  EXPECT_EQ(made->description, "Edits");
  EXPECT_FALSE(made->built_in);
  EXPECT_EQ(made->accounts, 0);
  Names known;
  for (const auto& permission : list_permissions(world_.services)) known.push_back(permission.name);
  EXPECT_EQ(std::count(known.begin(), known.end(), "pages.publish"), 1);
  EXPECT_EQ(std::count(known.begin(), known.end(), "read"), 1) << "that was there before";

  world_.account("ann", "editor");
  EXPECT_EQ(find_role(world_.services, "editor")->accounts, 1);
}

TEST_F(Roles, PutGivesThesePermissionsAndNoOthers) {
  ASSERT_TRUE(put("editor", {"read", "write"}, "Edits"));
  const auto changed = put("editor", {"read", "moderate"});
  EXPECT_EQ(changed->permissions, (Names{"moderate", "read"}));
  EXPECT_EQ(changed->description, "Edits") << "absent: stays";
  EXPECT_EQ(put("editor", {}, "")->permissions, Names{});
  EXPECT_EQ(find_role(world_.services, "editor")->description, "");
  EXPECT_TRUE(put("member", {})->built_in) << "what came with Postern can be shaped, too";
}

TEST_F(Roles, PutIsWrittenDown) {
  const auto step = [&] { world_.clock.advance(std::chrono::milliseconds(5)); };
  ASSERT_TRUE(put("editor", {"read", "write"}));
  step();
  ASSERT_TRUE(put("editor", {"read", "moderate"}));
  step();
  ASSERT_TRUE(put("editor", {"read", "moderate"}, "Other words, same power"));
  EXPECT_EQ(deleting("editor"), "ok");
  EXPECT_EQ(sql("select string_agg(event || ' ' || subject || ' ' || detail, '; ' order by id) "
                "from postern.audit"),
            "role_permissions_changed editor +read +write; "
            "role_permissions_changed editor +moderate -write; role_deleted editor ");
}

TEST_F(Roles, R9NamesHaveAFormAndALength) {
  const std::string longest(64, 'a');
  for (const char* name : {"", "Editor", "1st", "_x", "a b", "a.b", "é", "a'b"})
    EXPECT_EQ(putting(name, {}), "invalid_input name invalid_format") << name;
  EXPECT_EQ(putting(longest + "a", {}), "invalid_input name invalid_format");
  EXPECT_EQ(putting(longest, {}), "ok");
  EXPECT_EQ(putting("e-d_1", {}), "ok");
  for (const char* permission : {"", "Read", "9", ".x", "a b", "a,b", "a\"b"}) {
    EXPECT_EQ(putting("editor", {"read", permission}), "invalid_input permissions invalid_format")
        << permission;
  }
  EXPECT_EQ(putting("editor", {"read.all-of_it2"}), "ok");
  Names many;
  for (int i = 0; i < 65; ++i) many.push_back("p" + std::to_string(i));
  EXPECT_EQ(putting("editor", many), "invalid_input permissions too_many");
  EXPECT_EQ(describe(put("editor", {}, std::string(201, 'x')).error()),
            "invalid_input description too_long");
  EXPECT_EQ(describe(put("editor", {}, "two\nlines").error()),
            "invalid_input description invalid_characters");
}

TEST_F(Roles, R9ThereAreOnlySoMany) {
  sql("insert into postern.role select 'r' || i, '{}', '' from generate_series(1, 189) i");
  ASSERT_EQ(list_roles(world_.services).size(), kMostRoles);
  EXPECT_EQ(putting("one-more", {}), "too_many_attempts");
  EXPECT_EQ(putting("r1", {"read"}), "ok") << "a change is none more";

  const auto present = list_permissions(world_.services).size();
  sql("insert into postern.permission (name, description) select 'p' || i, '' from "
      "generate_series(1, " +
      std::to_string(kMostPermissions - present) + ") i");
  EXPECT_EQ(putting("r2", {"read", "p1"}), "ok");
  EXPECT_EQ(putting("r2", {"one.more"}), "too_many_attempts");
  EXPECT_EQ(sql("select count(*) from postern.permission where name = 'one.more'"), "0");
}

// A session and a key may at once what their role may now, no more and no less.
TEST_F(Roles, R6AChangeHoldsFromTheNextRequestOfSessionsAndKeys) {
  ASSERT_TRUE(put("editor", {"read", "write"}));
  const auto ann = world_.account("ann", "editor");
  const auto session = world_.login("ann").access;
  const auto key = generate_personal_key(world_.services, ann.id, {}, world_.origin)->text;
  NewKey narrow;
  narrow.name = "narrow";
  narrow.permissions = Names{"write"};
  const auto own = issue_key(world_.services, ann.id, narrow, {}, world_.origin)->text;
  const auto power = [&](const Secret& credential) {
    return authenticate_bearer(world_.services, credential.reveal())->permissions;
  };
  EXPECT_EQ(power(session), (Names{"read", "write"}));
  EXPECT_EQ(power(own), Names{"write"});

  ASSERT_TRUE(put("editor", {"read"}));
  EXPECT_EQ(power(session), Names{"read"});
  EXPECT_EQ(power(key), Names{"read"});
  EXPECT_EQ(power(own), Names{}) << "a key never has more than the role";

  ASSERT_TRUE(put("editor", {"read", "write", "moderate"}));
  EXPECT_EQ(power(session), (Names{"moderate", "read", "write"}));
  EXPECT_EQ(power(own), Names{"write"}) << "nor more than its own";
}

TEST_F(Roles, R6AChangeIsAnnouncedToEveryCache) {
  world_.settings.cache.coherence = Coherence::Poll;  // so that the journal shows it
  ASSERT_TRUE(put("editor", {"read", "write"}));
  EXPECT_EQ(announced(), "0") << "nobody has a new role";
  ASSERT_TRUE(put("editor", {"read"}));
  EXPECT_EQ(announced(), "1");
  EXPECT_EQ(sql("select subjects from postern.revocation"), "*");
  ASSERT_TRUE(put("editor", {"read"}, "Other words"));
  ASSERT_TRUE(put("editor", {"read"}));
  EXPECT_EQ(announced(), "1") << "nothing changed for anybody";
}

TEST_F(Roles, SomebodyAlwaysAdministers) {
  ASSERT_TRUE(put("chief", {"admin", "read"}));
  EXPECT_EQ(putting("chief", {"read"}), "last_admin") << "there is no account yet that could";
  world_.account("root", "admin");
  EXPECT_EQ(putting("chief", {"read"}), "ok");
  EXPECT_EQ(putting("admin", {"read"}), "last_admin");
  EXPECT_EQ(find_role(world_.services, "admin")->permissions.front(), "accounts.connect")
      << "refused means unchanged";
  ASSERT_TRUE(put("chief", {"admin"}));
  world_.account("boss", "chief");
  EXPECT_EQ(putting("admin", {"read"}), "ok");
  EXPECT_EQ(putting("chief", {}), "last_admin");
}

TEST_F(Roles, TwoWhoTakeEachOthersPowerAwayLeaveOne) {
  world_.account("root", "admin");
  ASSERT_TRUE(put("chief", {"admin"}));
  world_.account("boss", "chief");
  AnotherWorker one(world_);
  AnotherWorker two(world_);
  for (int round = 0; round < 10; ++round) {
    ASSERT_TRUE(put("admin", {"admin"}));
    ASSERT_TRUE(put("chief", {"admin"}));
    std::atomic<int> gone{0};
    std::barrier start(2);
    const auto demote = [&](Services& services, const char* role) {
      start.arrive_and_wait();
      gone += put_role(services, role, {}, {}, world_.origin).ok() ? 1 : 0;
    };
    std::thread first([&] { demote(one.services, "admin"); });
    std::thread second([&] { demote(two.services, "chief"); });
    first.join();
    second.join();
    EXPECT_EQ(gone, 1) << round;
    EXPECT_TRUE(any_admin_exists(world_.services));
  }
}

TEST_F(Roles, ARoleThatSomebodyHasStays) {
  EXPECT_EQ(deleting("emperor"), "not_found");
  EXPECT_EQ(deleting("streamer"), "in_use") << "came with Postern";
  ASSERT_TRUE(put("editor", {"read"}));
  const auto ann = world_.account("ann", "editor");
  EXPECT_EQ(deleting("editor"), "in_use");
  ASSERT_TRUE(update_account(world_.services, ann.id, {.role = "member"}, {}, world_.origin));
  EXPECT_EQ(deleting("editor"), "ok");
  EXPECT_EQ(find_role(world_.services, "editor").error().code, Errc::NotFound);
}

TEST_F(Roles, ARoleThatALiveInvitationGivesStays) {
  ASSERT_TRUE(put("editor", {"read"}));
  const auto first =
      create_invite(world_.services, {.role = "editor", .lifetime = days(1)}, {}, world_.origin);
  const auto second = create_invite(world_.services, {.role = "editor"}, {}, world_.origin);
  ASSERT_TRUE(second);
  world_.clock.advance(days(2));
  EXPECT_EQ(deleting("editor"), "in_use");
  ASSERT_TRUE(revoke_invite(world_.services, second->invite.id, {}, world_.origin));
  EXPECT_EQ(deleting("editor"), "ok") << "those that are over go with it";
  EXPECT_EQ(sql("select count(*) from postern.invite"), "0");
}

TEST_F(Roles, NobodyIsGivenARoleThatIsBeingDeleted) {
  AnotherWorker one(world_);
  AnotherWorker two(world_);
  for (int round = 0; round < 10; ++round) {
    ASSERT_TRUE(put("editor", {"read"}));
    std::barrier start(2);
    std::string made, gone;
    std::thread maker([&] {
      NewAccount wanted;
      wanted.username = "u" + std::to_string(round);
      wanted.role = "editor";
      start.arrive_and_wait();
      const auto account = create_account(one.services, wanted, {}, world_.origin);
      made = account ? "ok" : describe(account.error());
    });
    std::thread deleter([&] {
      start.arrive_and_wait();
      const auto deleted = delete_role(two.services, "editor", {}, world_.origin);
      gone = deleted ? "ok" : describe(deleted.error());
    });
    maker.join();
    deleter.join();
    EXPECT_TRUE((made == "ok" && gone == "in_use") ||
                (made == "invalid_input role unknown" && gone == "ok"))
        << made << " and " << gone;
    sql("delete from postern.account");
  }
}

}  // namespace
}  // namespace postern::domain
