#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "domain/password_change.hpp"
#include "domain/session.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;

/// Whether what somebody held before something happened is still good, at every worker.
struct Holds {
  bool this_session, other_session, this_refresh, other_refresh, named_key, personal_key;
  bool operator==(const Holds&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Holds& holds) {
  return out << holds.this_session << holds.other_session << holds.this_refresh
             << holds.other_refresh << holds.named_key << holds.personal_key;
}

constexpr Holds kAll{true, true, true, true, true, true};
constexpr Holds kNothing{false, false, false, false, false, false};
constexpr Holds kKeysAlone{false, false, false, false, true, true};
constexpr Holds kThisSessionAndKeys{true, false, true, false, true, true};
constexpr Holds kOtherSessionAndKeys{false, true, false, true, true, true};

/// Every kind of credential of one account, and two more workers that know them all.
class Revocation : public testing::Test {
 protected:
  Revocation()
      : administrator(world.account("root", "admin")),
        account(world.account()),
        here(world.login()),
        elsewhere(world.login()),
        named(issue_key(world.services, account.id, {"ci", {}, {}}, {}, world.origin).value()),
        personal(generate_personal_key(world.services, account.id, {}, world.origin).value()) {
    for (int i = 0; i < 2; ++i) workers.push_back(std::make_unique<AnotherWorker>(world));
    EXPECT_EQ(judge(), kAll);
  }

  /// The same from every worker, or the test fails. Refreshing is tried last and once: it rotates.
  Holds judge() {
    const auto first = at(workers[0]->services);
    for (auto& worker : workers) EXPECT_EQ(at(worker->services), first);
    return first;
  }
  Holds at(Services& services) {
    const auto bearer = [&](const Secret& text) {
      return authenticate_bearer(services, text.reveal()).ok();
    };
    const auto refresh = [&](Tokens& tokens) {
      const auto next =
          refresh_session(services, SessionKind::Native, tokens.refresh.reveal(), world.origin);
      if (next.ok()) tokens.refresh = next->refresh;
      return next.ok();
    };
    return {bearer(here.access), bearer(elsewhere.access), refresh(here),
            refresh(elsewhere),  bearer(named.text),       bearer(personal.text)};
  }

  void change(const AccountChange& wanted) {
    ASSERT_TRUE(
        update_account(world.services, account.id, wanted, administrator.id, world.origin).ok());
  }
  static AccountChange active(bool value) {
    AccountChange change;
    change.is_active = value;
    return change;
  }
  void change_own_password() {
    ASSERT_TRUE(change_password(world.services, account.id, Secret(DomainWorld::kPassword),
                                Secret("another horse battery"), here.session, world.origin)
                    .ok());
  }

  DomainWorld world;
  Account administrator, account;
  Tokens here, elsewhere;
  IssuedKey named, personal;
  std::vector<std::unique_ptr<AnotherWorker>> workers;
};

TEST_F(Revocation, R6LoggingOutEndsThisSession) {
  ASSERT_TRUE(end_session(world.services, account.id, here.session, AuditEvent::LoggedOut,
                          account.id, world.origin)
                  .ok());
  EXPECT_EQ(judge(), kOtherSessionAndKeys);
}

TEST_F(Revocation, R6LoggingOutEverywhereEndsAllSessions) {
  ASSERT_TRUE(end_sessions(world.services, account.id, {}, account.id, world.origin).ok());
  EXPECT_EQ(judge(), kKeysAlone);
}

TEST_F(Revocation, R6EndingTheOthersKeepsThisOne) {
  ASSERT_TRUE(
      end_sessions(world.services, account.id, here.session, account.id, world.origin).ok());
  EXPECT_EQ(judge(), kThisSessionAndKeys);
}

TEST_F(Revocation, R6CVE202322492DisablingRefusesEverything) {
  change(active(false));
  EXPECT_EQ(judge(), kNothing);
  change(active(true));
  EXPECT_EQ(judge(), kKeysAlone) << "the sessions have ended for good";
}

TEST_F(Revocation, R6WithdrawingApprovalRefusesEverything) {
  AccountChange wanted;
  wanted.is_approved = false;
  change(wanted);
  EXPECT_EQ(judge(), kNothing);
}

TEST_F(Revocation, R6ARoleChangeHoldsFromTheNextRequest) {
  AccountChange wanted;
  wanted.role = "admin";
  change(wanted);
  EXPECT_EQ(judge(), kAll);
  for (auto& worker : workers) {
    EXPECT_TRUE(authenticate_bearer(worker->services, here.access.reveal())->may("admin"));
    EXPECT_TRUE(authenticate_bearer(worker->services, named.text.reveal())->may("admin"));
  }
  wanted.role = "member";
  change(wanted);
  for (auto& worker : workers) {
    EXPECT_FALSE(authenticate_bearer(worker->services, here.access.reveal())->may("admin"));
    EXPECT_EQ(authenticate_bearer(worker->services, named.text.reveal())->account.role, "member");
  }
}

TEST_F(Revocation, R6AnOwnPasswordChangeEndsEveryOtherSession) {
  change_own_password();
  EXPECT_EQ(judge(), kThisSessionAndKeys);
}

TEST_F(Revocation, R6APasswordChangeEndsKeysWhereTheSettingsSaySo) {
  world.settings.keys.end_on_password_change = true;
  change_own_password();
  EXPECT_EQ(judge(), (Holds{true, false, true, false, false, false}));
}

TEST_F(Revocation, R6ASetPasswordEndsEverySession) {
  ASSERT_TRUE(set_password(world.services, account.id, Secret("another horse battery"),
                           administrator.id, world.origin)
                  .ok());
  EXPECT_EQ(judge(), kKeysAlone);
}

TEST_F(Revocation, R6RevokingAKeyEndsThatKey) {
  ASSERT_TRUE(revoke_account_key(world.services, account.id, named.key.id, {}, world.origin).ok());
  EXPECT_EQ(judge(), (Holds{true, true, true, true, false, true}));
}

TEST_F(Revocation, R6GeneratingAPersonalKeyEndsTheOldOne) {
  ASSERT_TRUE(generate_personal_key(world.services, account.id, {}, world.origin).ok());
  EXPECT_EQ(judge(), (Holds{true, true, true, true, true, false}));
}

TEST_F(Revocation, R6DeletingTheAccountEndsEverything) {
  ASSERT_TRUE(delete_account(world.services, account.id, administrator.id, world.origin).ok());
  EXPECT_EQ(judge(), kNothing);
}

}  // namespace
}  // namespace postern::domain
