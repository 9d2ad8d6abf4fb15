#include "domain/invite.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <memory>
#include <thread>

#include "domain/housekeeping.hpp"
#include "domain/role.hpp"
#include "tests/support/another_worker.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;

class Invites : public ::testing::Test {
 protected:
  Invites() {
    world_.settings.registration.mode = RegistrationMode::Invite;
    world_.settings.registration.per_network_per_hour = 1000;
  }

  IssuedInvite invite(const NewInvite& wanted = {}) {
    return create_invite(world_.services, wanted, {}, world_.origin).value();
  }
  std::string creating(const NewInvite& wanted, std::optional<AccountId> actor = {}) {
    const auto made = create_invite(world_.services, wanted, actor, world_.origin);
    return made ? "ok" : describe(made.error());
  }
  std::string registering(const std::string& username, const Secret& code) {
    const auto made = register_account(
        world_.services, {username, {}, Secret(DomainWorld::kPassword), code}, world_.origin);
    return made ? "ok " + made->role : describe(made.error());
  }
  /// Until it is neither for want of a hashing slot nor of a lock within its time, as a 503 asks.
  std::string insist(Services& services, const Registration& wanted) {
    for (;;) {
      try {
        const auto made = register_account(services, wanted, world_.origin);
        if (made || made.error().code != Errc::Busy) return made ? "ok" : describe(made.error());
      } catch (const DatabaseUnavailable&) {
        continue;
      }
    }
  }
  static std::string describe(const Error& error) {
    return std::string(name_of(error.code)) + (error.field.empty() ? "" : " " + error.field) +
           (error.reason.empty() ? "" : " " + error.reason);
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }
  std::string uses() { return sql("select sum(uses) from postern.invite"); }
  std::string status_of(InviteId id) {
    const auto page = list_invites(world_.services, {}).value();
    for (const auto& each : page.items)
      if (each.id == id) return std::string(name_of(each.status(world_.clock.now())));
    return "gone";
  }

  DomainWorld world_;
};

TEST_F(Invites, ACodeLetsSomebodyInWithItsRole) {
  const auto made = invite({.role = "moderator", .max_uses = 2, .lifetime = days(3)});
  EXPECT_EQ(made.invite.role, "moderator");
  EXPECT_EQ(made.invite.uses, 0);
  EXPECT_EQ(made.invite.created_at, world_.clock.now());
  EXPECT_EQ(made.invite.expires_at, world_.clock.now() + days(3));
  EXPECT_EQ(status_of(made.invite.id), "active");
  EXPECT_EQ(registering("ann", made.code), "ok moderator");
  EXPECT_EQ(uses(), "1");
  EXPECT_EQ(registering("bob", made.code), "ok moderator");
  EXPECT_EQ(status_of(made.invite.id), "used_up");
  EXPECT_EQ(registering("cid", made.code), "invite_invalid");
  EXPECT_EQ(sql("select string_agg(event || ' ' || subject, ' ' order by event) from postern.audit "
                "where event like 'invite%'"),
            "invite_created " + made.invite.id.text() + " invite_used " + made.invite.id.text() +
                " invite_used " + made.invite.id.text());
}

TEST_F(Invites, R5ACodeIsLongCheckedAndKeptAsAHash) {
  const auto made = invite();
  const std::string code(made.code.reveal());
  ASSERT_EQ(code.size(), 36U);
  EXPECT_EQ(code.substr(0, 4), "inv_");
  EXPECT_EQ(checksum6(code.substr(0, 30)), code.substr(30));
  EXPECT_EQ(made.invite.code_prefix, code.substr(0, 8));
  EXPECT_NE(invite().code.reveal(), code);
  const auto everything = sql("select string_agg(i::text, ' ') from postern.invite i") +
                          sql("select string_agg(a::text, ' ') from postern.audit a");
  EXPECT_EQ(everything.find(code.substr(8, 12)), std::string::npos);
  EXPECT_EQ(everything.find(hex_encode(as_bytes(code))), std::string::npos);
}

TEST_F(Invites, WhatIsNoGoodCodeIsOneAnswer) {
  const auto made = invite();
  std::string wrong(made.code.reveal());
  wrong[10] = wrong[10] == 'a' ? 'b' : 'a';
  for (const auto& code :
       {wrong, std::string("inv_"), std::string("x"), std::string(made.code.reveal()) + " ",
        std::string(made.code.reveal()).substr(1), std::string(5000, 'x'), std::string("a\0b", 3)})
    EXPECT_EQ(registering("ann", Secret(code)), "invite_invalid") << code.substr(0, 50);
  EXPECT_EQ(registering("ann", Secret("")), "invite_required");
  EXPECT_EQ(uses(), "0");
  EXPECT_EQ(sql("select count(*) from postern.account"), "0");
}

TEST_F(Invites, PastItsEndItIsOver) {
  const auto made = invite({.max_uses = 10, .lifetime = days(1)});
  world_.clock.advance(days(1) - std::chrono::microseconds(1));
  EXPECT_EQ(registering("ann", made.code), "ok member");
  world_.clock.advance(std::chrono::microseconds(1));
  EXPECT_EQ(registering("bob", made.code), "invite_invalid");
  EXPECT_EQ(status_of(made.invite.id), "expired");
  EXPECT_EQ(revoke_invite(world_.services, made.invite.id, {}, world_.origin).error().code,
            Errc::NotFound);
}

TEST_F(Invites, R6TakenBackItIsOver) {
  const auto made = invite({.max_uses = 10});
  ASSERT_EQ(registering("ann", made.code), "ok member");
  ASSERT_TRUE(revoke_invite(world_.services, made.invite.id, {}, world_.origin));
  EXPECT_EQ(registering("bob", made.code), "invite_invalid");
  EXPECT_EQ(status_of(made.invite.id), "revoked");
  EXPECT_EQ(revoke_invite(world_.services, made.invite.id, {}, world_.origin).error().code,
            Errc::NotFound)
      << "once";
  EXPECT_TRUE(find_account_by_login(world_.services, "ann")) << "who came with it stays";
}

TEST_F(Invites, AUseThatCameToNothingIsNotSpent) {
  const auto made = invite();
  world_.account("ann");
  EXPECT_EQ(registering("ANN", made.code), "taken username");
  EXPECT_EQ(uses(), "0");
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'invite_used'"), "0");
  EXPECT_EQ(registering("bob", made.code), "ok member");
}

// Without a good code nobody learns who is registered.
TEST_F(Invites, R8ABadCodeTellsNothingOfNames) {
  world_.account("ann");
  const Secret bad("inv_0000000000000000000000000000000000");
  const auto before = world_.passwords.hashes_for_test();
  EXPECT_EQ(registering("ann", bad), "invite_invalid");
  EXPECT_EQ(registering("bob", bad), "invite_invalid");
  EXPECT_EQ(world_.passwords.hashes_for_test() - before, 2U) << "one hash each, as for a good one";
}

TEST_F(Invites, R5WithoutItsMasterKeyThereIsNone) {
  const auto made = invite({.max_uses = 3});
  const auto second = KeyRing::make_line(2, world_.random);
  auto ring = KeyRing::parse(second).value();
  Services stranger{world_.settings,     world_.database,  world_.clock,  world_.random, ring,
                    world_.signing_keys, world_.passwords, world_.limiter};
  const Registration wanted{"ann", {}, Secret(DomainWorld::kPassword), made.code};
  EXPECT_EQ(describe(register_account(stranger, wanted, world_.origin).error()), "invite_invalid")
      << "without the key it was made under there is none";
}

TEST_F(Invites, AnInvitationOutlivesTheChangeOfTheMasterKey) {
  const auto first = KeyRing::make_line(1, world_.random);
  const auto second = KeyRing::make_line(2, world_.random);
  auto former = KeyRing::parse(first).value();
  auto later = KeyRing::parse(second + "\n" + first).value();
  const auto with = [&](const KeyRing& ring) {
    return Services{world_.settings,     world_.database,  world_.clock,  world_.random, ring,
                    world_.signing_keys, world_.passwords, world_.limiter};
  };
  auto before = with(former);
  auto after = with(later);
  const auto old = create_invite(before, {}, {}, world_.origin).value();
  const auto fresh = create_invite(after, {}, {}, world_.origin).value();
  const auto use = [&](const char* name, const Secret& code) {
    return register_account(after, {name, {}, Secret(DomainWorld::kPassword), code}, world_.origin)
        .ok();
  };
  EXPECT_TRUE(use("ann", old.code));
  EXPECT_TRUE(use("bob", fresh.code));
}

// Of a hundred at once on ten uses ten come in, whichever workers they reach.
TEST_F(Invites, B7AHundredAtOnceOnTenUsesAreTenAccounts) {
  const auto made = invite({.role = "contributor", .max_uses = 10});
  constexpr std::size_t kAtOnce = 100;
  std::vector<std::unique_ptr<AnotherWorker>> workers;
  for (std::size_t i = 0; i < kAtOnce; ++i)
    workers.push_back(std::make_unique<AnotherWorker>(world_));
  std::atomic<int> in{0}, invalid{0};
  std::barrier start(static_cast<std::ptrdiff_t>(kAtOnce));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    threads.emplace_back([&, i] {
      const Registration wanted{
          "u" + std::to_string(i), {}, Secret(DomainWorld::kPassword), made.code};
      start.arrive_and_wait();
      const auto answer = insist(workers[i]->services, wanted);
      in += answer == "ok" ? 1 : 0;
      invalid += answer == "invite_invalid" ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(in, 10);
  EXPECT_EQ(invalid, 90);
  EXPECT_EQ(uses(), "10");
  EXPECT_EQ(sql("select count(*) from postern.account where role = 'contributor'"), "10");
  EXPECT_EQ(sql("select count(*) from postern.account"), "10") << "the refused left nothing";
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'account_registered'"), "10");
}

// The database's own check stands behind the statement's.
TEST_F(Invites, TheTableRefusesMoreUsesThanThereAre) {
  invite({.max_uses = 1});
  EXPECT_ANY_THROW(sql("update postern.invite set uses = 2"));
}

TEST_F(Invites, R9WhatIsAskedHasLimits) {
  EXPECT_EQ(creating({.role = "emperor"}), "invalid_input role unknown");
  EXPECT_EQ(creating({.role = std::string("a\0b", 3)}), "invalid_input role unknown");
  EXPECT_EQ(creating({.max_uses = 0}), "invalid_input max_uses out_of_range");
  EXPECT_EQ(creating({.max_uses = 10'001}), "invalid_input max_uses out_of_range");
  EXPECT_EQ(creating({.max_uses = 10'000}), "ok");
  EXPECT_EQ(creating({.lifetime = days(0)}), "invalid_input expires_in_days out_of_range");
  EXPECT_EQ(creating({.lifetime = days(366)}), "invalid_input expires_in_days out_of_range");
  EXPECT_EQ(creating({.lifetime = days(365)}), "ok");
  EXPECT_EQ(creating({.email = "nonsense"}), "invalid_input email invalid");
}

// B7: who may invite must not make himself mightier by it.
TEST_F(Invites, B7NobodyGivesAwayMoreThanHeHas) {
  ASSERT_TRUE(put_role(world_.services, "doorman", {{"admin", "read"}, {}}, {}, world_.origin));
  const auto doorman = world_.account("doorman", "doorman").id;
  EXPECT_EQ(creating({.role = "admin"}, doorman), "not_permitted");
  EXPECT_EQ(creating({.role = "moderator"}, doorman), "not_permitted");
  EXPECT_EQ(creating({.role = "streamer"}, doorman), "ok");
  EXPECT_EQ(creating({.role = "doorman"}, doorman), "ok");
  EXPECT_EQ(creating({.role = "admin"}, world_.account("root", "admin").id), "ok");
  EXPECT_EQ(creating({.role = "admin"}), "ok") << "the command line may everything";
}

TEST_F(Invites, AreListedInPagesNewestFirst) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) {
    made.insert(made.begin(), invite().invite.id.text());
    world_.clock.advance(std::chrono::milliseconds(5));
  }
  std::vector<std::string> seen;
  PageRequest request{2, {}};
  do {
    const auto page = list_invites(world_.services, request).value();
    for (const auto& each : page.items) seen.push_back(each.id.text());
    request.after = page.next_cursor;
  } while (request.after);
  EXPECT_EQ(seen, made);
  EXPECT_EQ(describe(list_invites(world_.services, {0, {}}).error()),
            "invalid_input limit out_of_range");
  EXPECT_EQ(describe(list_invites(world_.services, {10, "junk"}).error()),
            "invalid_input cursor invalid");
}

TEST_F(Invites, WhatItsMakerWasIsForgottenWithHim) {
  const auto root = world_.account("root", "admin");
  world_.account("spare", "admin");
  ASSERT_EQ(creating({}, root.id), "ok");
  EXPECT_EQ(list_invites(world_.services, {})->items.front().created_by, root.id);
  ASSERT_TRUE(delete_account(world_.services, root.id, {}, world_.origin));
  EXPECT_FALSE(list_invites(world_.services, {})->items.front().created_by);
}

TEST_F(Invites, AreSweptThirtyDaysPastTheirEnd) {
  const auto made = invite({.lifetime = days(1)});
  world_.clock.advance(days(30));
  EXPECT_EQ(sweep(world_.services).invites, 0);
  world_.clock.advance(days(1));
  EXPECT_EQ(sweep(world_.services).invites, 1);
  EXPECT_EQ(status_of(made.invite.id), "gone");
}

// Where mail is set up, a letter with the code waits to be sent; it is sealed as all letters are.
TEST_F(Invites, ALetterGoesOutWhereOneWasAskedFor) {
  EXPECT_EQ(creating({.email = "erin@example.org"}), "ok");
  EXPECT_EQ(sql("select count(*) from postern.mail"), "0") << "mail is not set up";
  world_.settings.mail.enabled = true;
  EXPECT_EQ(creating({.email = "erin@example.org"}), "ok");
  EXPECT_EQ(creating({}), "ok");
  EXPECT_EQ(sql("select string_agg(kind::text, ' ') from postern.mail"), "4");
  EXPECT_EQ(creating({.role = "emperor", .email = "erin@example.org"}),
            "invalid_input role unknown");
  EXPECT_EQ(sql("select count(*) from postern.mail"), "1") << "what is refused sends nothing";
}

}  // namespace
}  // namespace postern::domain
