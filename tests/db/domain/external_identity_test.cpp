#include "domain/external_identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/another_worker.hpp"

namespace postern::domain {
namespace {

using ::testing::Contains;
using ::testing::UnorderedElementsAre;

constexpr const char* kIssuer = "https://login.example";

constexpr Statement kConfirmEmail{"test_confirm_email", R"sql(
  update postern.account set email = $2, email_key = $2, email_verified = $3 where id = $1)sql"};
constexpr Statement kSecondFactor{"test_second_factor", R"sql(
  update postern.account set totp_enabled = true where id = $1)sql"};
constexpr Statement kCountAccounts{"test_count_accounts", R"sql(
  select count(*) from postern.account)sql"};

VouchedIdentity vouched(const std::string& name) {
  return {.provider = kIssuer,
          .subject = "subject of " + name,
          .email = name + "@example.org",
          .email_verified = true,
          .preferred_username = name};
}

class ExternalIdentityTest : public testing::Test {
 protected:
  Result<Tokens> sign_in(const VouchedIdentity& identity, const LinkRules& rules) {
    return sign_in_with_identity(world_.services, identity, rules, SessionKind::Native,
                                 world_.origin);
  }

  Account with_address(const std::string& username, bool confirmed) {
    const auto account = world_.account(username);
    world_.database.run(kConfirmEmail, {account.id, username + "@example.org", confirmed});
    return account;
  }

  std::int64_t accounts() { return world_.database.run(kCountAccounts, {}).front().integer(0); }

  std::vector<std::string> events(AccountId account) {
    const auto page = list_audit(world_.services, {.account = account, .event = {}}, {});
    std::vector<std::string> names;
    for (const auto& record : page->items) names.push_back(record.event + " " + record.detail);
    return names;
  }

  test::DomainWorld world_;
  const LinkRules nobody_{}, make_{.link_verified_email = false, .create_accounts = true},
      link_{.link_verified_email = true, .create_accounts = false};
};

TEST_F(ExternalIdentityTest, StrangersStayOutUnlessTheRulesSayOtherwise) {
  const auto refused = sign_in(vouched("ann"), nobody_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::IdentityNotLinked);
  EXPECT_EQ(accounts(), 0);
}

TEST_F(ExternalIdentityTest, MakesAnAccountWithoutAPasswordAndFindsItAgain) {
  const auto first = sign_in(vouched("ann"), make_);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->account.username, "ann");
  EXPECT_EQ(first->account.email, "ann@example.org");
  EXPECT_TRUE(first->account.email_verified);
  EXPECT_EQ(first->account.role, "member");

  auto renamed = vouched("annabel");
  renamed.subject = vouched("ann").subject;
  const auto second = sign_in(renamed, nobody_);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->account.id, first->account.id);
  EXPECT_EQ(accounts(), 1);
  EXPECT_THAT(events(first->account.id),
              UnorderedElementsAre("login_succeeded sso", "login_succeeded sso",
                                   std::string("identity_linked ") + kIssuer,
                                   "account_registered sso, role member"));
}

TEST_F(ExternalIdentityTest, AnotherProvidersPersonOfThatNameIsSomebodyElse) {
  const auto ann = sign_in(vouched("ann"), make_);
  auto other = vouched("ann");
  other.provider = "https://other.example";
  other.email = "other@example.org";
  const auto second = sign_in(other, make_);
  ASSERT_TRUE(ann.ok() && second.ok());
  EXPECT_NE(second->account.id, ann->account.id);
  EXPECT_EQ(second->account.username, "ann2");
}

TEST_F(ExternalIdentityTest, UsernamesAreMadeAcceptable) {
  const auto named = [&](std::string wanted, std::optional<std::string> email) {
    auto identity = vouched(wanted);
    identity.subject = wanted.substr(0, 50) + email.value_or("");
    identity.preferred_username = std::move(wanted);
    identity.email = std::move(email);
    const auto tokens = sign_in(identity, make_);
    return tokens ? tokens->account.username : std::string(name_of(tokens.error().code));
  };
  EXPECT_EQ(named("carl@corp.example", {}), "carl");
  EXPECT_EQ(named("Zo\xC3\xAB M\xC3\xBCller", {}), "ZoMller");
  EXPECT_EQ(named("", "dora@example.org"), "dora");
  EXPECT_EQ(named("\xE6\x97\xA5", {}), "user");
  EXPECT_EQ(named(std::string(500, 'x'), {}), std::string(100, 'x'));
}

TEST_F(ExternalIdentityTest, JoinsWhoseAddressIsConfirmedHereAndThere) {
  const auto ann = with_address("ann", true);
  const auto tokens = sign_in(vouched("ann"), link_);
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(tokens->account.id, ann.id);
}

TEST_F(ExternalIdentityTest, CVE202421589AnAddressUnconfirmedOnEitherSideJoinsNobody) {
  with_address("ann", false);
  EXPECT_EQ(sign_in(vouched("ann"), link_).error().code, Errc::IdentityNotLinked);
  with_address("bob", true);
  auto bob = vouched("bob");
  bob.email_verified = false;
  EXPECT_EQ(sign_in(bob, link_).error().code, Errc::IdentityNotLinked);
  with_address("cid", true);
  EXPECT_EQ(sign_in(vouched("cid"), nobody_).error().code, Errc::IdentityNotLinked);
}

TEST_F(ExternalIdentityTest, NobodysAddressIsTakenByANewAccount) {
  with_address("ann", true);
  EXPECT_EQ(sign_in(vouched("ann"), make_).error().code, Errc::IdentityNotLinked);
  EXPECT_EQ(accounts(), 1);
  auto unconfirmed = vouched("ann");
  unconfirmed.email_verified = false;
  const auto tokens = sign_in(unconfirmed, make_);
  ASSERT_TRUE(tokens.ok());
  EXPECT_FALSE(tokens->account.email.has_value());
  EXPECT_EQ(tokens->account.username, "ann2");
}

TEST_F(ExternalIdentityTest, DisabledAccountsStayOut) {
  const auto tokens = sign_in(vouched("ann"), make_);
  ASSERT_TRUE(update_account(world_.services, tokens->account.id, {.is_active = false},
                             std::nullopt, world_.origin)
                  .ok());
  EXPECT_EQ(sign_in(vouched("ann"), make_).error().code, Errc::InvalidCredentials);
  EXPECT_THAT(events(tokens->account.id), Contains("login_failed sso: invalid_credentials"));
}

TEST_F(ExternalIdentityTest, NewAccountsWaitForApprovalWhereItIsAsked) {
  world_.settings.registration.approval = true;
  EXPECT_EQ(sign_in(vouched("ann"), make_).error().code, Errc::ApprovalPending);
  ASSERT_EQ(accounts(), 1) << "there must be something to approve";
  EXPECT_EQ(sign_in(vouched("ann"), make_).error().code, Errc::ApprovalPending);
  const auto ann = find_account_by_login(world_.services, "ann");
  ASSERT_TRUE(
      update_account(world_.services, ann->id, {.is_approved = true}, std::nullopt, world_.origin)
          .ok());
  EXPECT_TRUE(sign_in(vouched("ann"), make_).ok());
}

TEST_F(ExternalIdentityTest, ASecondFactorIsNeededUnlessTheProviderAskedForOne) {
  const auto ann = with_address("ann", true);
  world_.database.run(kSecondFactor, {ann.id});
  EXPECT_EQ(sign_in(vouched("ann"), link_).error().code, Errc::SecondFactorRequired);
  EXPECT_TRUE(list_identities(world_.services, ann.id).empty()) << "nothing is linked by half";
  auto checked = vouched("ann");
  checked.factor_checked = true;
  EXPECT_TRUE(sign_in(checked, link_).ok());
}

TEST_F(ExternalIdentityTest, ARoleThatIsNoneMakesNoAccount) {
  const LinkRules rules{.link_verified_email = false, .create_accounts = true, .role = "nonsense"};
  EXPECT_EQ(sign_in(vouched("ann"), rules).error().code, Errc::IdentityNotLinked);
  EXPECT_EQ(accounts(), 0);
}

TEST_F(ExternalIdentityTest, SubjectsThatAreNoneAreRefused) {
  for (const auto& subject : {std::string(), std::string(256, 'x'), std::string("a\0b", 3)}) {
    auto identity = vouched("ann");
    identity.subject = subject;
    EXPECT_EQ(sign_in(identity, make_).error().code, Errc::ProviderRefused);
  }
}

TEST_F(ExternalIdentityTest, B5SimultaneousFirstSignInsMakeOneAccount) {
  constexpr int kWorkers = 8;
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.push_back(std::make_unique<test::AnotherWorker>(world_));
  }
  std::atomic<int> signed_in{0};
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&] {
      signed_in += sign_in_with_identity(worker->services, vouched("ann"), make_,
                                         SessionKind::Native, world_.origin)
                       .ok();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(signed_in, kWorkers);
  EXPECT_EQ(accounts(), 1);
}

TEST_F(ExternalIdentityTest, TheLastWayInCannotBeUnlinked) {
  const auto ann = sign_in(vouched("ann"), make_)->account.id;
  const auto subject = vouched("ann").subject;
  const auto unlink = [&](AccountId whose) {
    return unlink_identity(world_.services, whose, kIssuer, subject, world_.origin);
  };
  EXPECT_EQ(unlink(ann).error().code, Errc::NotPermitted);
  EXPECT_EQ(list_identities(world_.services, ann).size(), 1U);

  const auto bob = with_address("bob", true);
  EXPECT_EQ(unlink(bob.id).error().code, Errc::NotFound) << "another's";
  ASSERT_TRUE(sign_in(vouched("bob"), link_).ok());
  ASSERT_TRUE(
      unlink_identity(world_.services, bob.id, kIssuer, vouched("bob").subject, world_.origin)
          .ok());
  EXPECT_TRUE(list_identities(world_.services, bob.id).empty());
  EXPECT_EQ(sign_in(vouched("bob"), nobody_).error().code, Errc::IdentityNotLinked);
}

TEST_F(ExternalIdentityTest, IdentitiesAreListedWithTheirTimes) {
  const auto ann = sign_in(vouched("ann"), make_)->account.id;
  const auto begin = world_.clock.now();
  world_.clock.advance(hours(1));
  ASSERT_TRUE(sign_in(vouched("ann"), make_).ok());
  const auto identities = list_identities(world_.services, ann);
  ASSERT_EQ(identities.size(), 1U);
  EXPECT_EQ(identities[0].provider, kIssuer);
  EXPECT_EQ(identities[0].created_at, begin);
  EXPECT_EQ(identities[0].last_login_at, begin + hours(1));
}

}  // namespace
}  // namespace postern::domain
