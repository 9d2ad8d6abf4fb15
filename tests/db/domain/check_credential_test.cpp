#include "domain/check_credential.hpp"

#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "domain/credential_cache.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

/// With a cache, and a count of the statements that were run.
class CheckCredentialTest : public testing::Test {
 protected:
  CheckCredentialTest() {
    world_.services.memory = &memory_;
    believe();
    world_.database.set_fault_hook_for_test(
        [this](std::string_view point) { asked_.emplace_back(point); });
  }

  void believe() { cache_.cache.trust_until(world_.clock.uptime() + std::chrono::hours(1)); }
  CredentialCheck bearer(std::string_view text) {
    asked_.clear();
    return check_credential(world_.services, PresentedAs::Bearer, text);
  }
  std::string key_of(const Account& account) {
    const auto key =
        generate_personal_key(world_.services, account.id, std::nullopt, world_.origin);
    return std::string(key->text.reveal());
  }
  bool last_use_is_known(const Account& account) {
    constexpr Statement kUsed{"used",
                              "select last_used_at is not null from postern.api_key "
                              "where account_id = $1 and revoked_at is null"};
    return world_.database.run(kUsed, {account.id}).front().boolean(0);
  }

  test::DomainWorld world_;
  test::CacheWorld cache_;
  Fingerprinter fingerprints_{world_.ring, world_.settings};
  CheckMemory memory_{cache_.cache, fingerprints_};
  std::vector<std::string> asked_;
};

TEST_F(CheckCredentialTest, AsksOnceAndThenRemembers) {
  world_.account("alice");
  const auto tokens = world_.login("alice");
  const auto first = bearer(tokens.access.reveal());
  EXPECT_EQ(asked_, (std::vector<std::string>{"load_signing_keys", "find_principals_of_sessions"}))
      << "the keys once, since nobody had said yet that they are the present ones";
  EXPECT_FALSE(bearer(world_.login("alice").access.reveal()).refusal);
  EXPECT_EQ(asked_, (std::vector<std::string>{"find_principals_of_sessions"}));
  const auto second = bearer(tokens.access.reveal());
  EXPECT_TRUE(asked_.empty());
  EXPECT_FALSE(first.refusal || second.refusal);
  EXPECT_EQ(second.identity.fields().user, "alice");
  EXPECT_EQ(second.identity.fields().credential, first.identity.fields().credential);
}

TEST_F(CheckCredentialTest, AColdKeyIsOneStatementAndNoWrite) {
  const auto alice = world_.account("alice");
  const auto key = key_of(alice);
  EXPECT_FALSE(bearer(key).refusal);
  EXPECT_EQ(asked_, (std::vector<std::string>{"find_principals_of_keys"}));
  EXPECT_FALSE(last_use_is_known(alice));
  const auto uses = cache_.cache.take_uses();
  ASSERT_EQ(uses.size(), 1U) << "noted where the housekeeper finds it";
}

TEST_F(CheckCredentialTest, WithoutAMemoryTheUseOfAKeyIsWrittenAtOnce) {
  const auto alice = world_.account("alice");
  const auto key = key_of(alice);
  world_.services.memory = nullptr;
  EXPECT_FALSE(bearer(key).refusal);
  EXPECT_TRUE(last_use_is_known(alice));
}

TEST_F(CheckCredentialTest, SeveralAreOneStatementForEachKind) {
  std::vector<std::string> texts;
  for (const char* name : {"alice", "bob", "carol"}) {
    const auto account = world_.account(name);
    texts.emplace_back(world_.login(name).access.reveal());
    texts.push_back(key_of(account));
  }
  texts.emplace_back("nonsense");
  texts.emplace_back("a.b.c");
  std::vector<Presentation> presented;
  for (const auto& text : texts) presented.push_back({PresentedAs::Bearer, text});
  presented.push_back({PresentedAs::Key, texts[0]});  // a token is no key (R10)
  asked_.clear();
  const auto checks = check_credentials(world_.services, presented);
  EXPECT_EQ(asked_, (std::vector<std::string>{"load_signing_keys", "find_principals_of_sessions",
                                              "find_principals_of_keys"}));
  ASSERT_EQ(checks.size(), presented.size());
  const char* const owners[] = {"alice", "alice", "bob", "bob", "carol", "carol"};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_FALSE(checks[i].refusal) << i;
    EXPECT_EQ(checks[i].identity.fields().user, owners[i]) << "nobody gets another's answer";
  }
  EXPECT_EQ(checks[6].refusal, Errc::KeyInvalid);
  EXPECT_EQ(checks[7].refusal, Errc::TokenInvalid);
  EXPECT_EQ(checks[8].refusal, Errc::KeyInvalid);
}

TEST_F(CheckCredentialTest, NothingPresentedAsksNothing) {
  asked_.clear();
  EXPECT_TRUE(check_credentials(world_.services, {}).empty());
  EXPECT_TRUE(asked_.empty());
}

TEST_F(CheckCredentialTest, OnlyWhatNothingTakesBackIsRememberedAsRefused) {
  const auto alice = world_.account("alice");
  const auto token = std::string(world_.login("alice").access.reveal());
  ASSERT_TRUE(
      update_account(world_.services, alice.id, {.is_approved = false}, std::nullopt, world_.origin)
          .ok());
  const auto key = key_of(alice);
  EXPECT_EQ(bearer(key).refusal, Errc::AccountInactive);
  EXPECT_EQ(bearer(key).refusal, Errc::AccountInactive);
  EXPECT_FALSE(asked_.empty()) << "the account may be approved again";
  EXPECT_EQ(bearer(token).refusal, Errc::TokenRevoked);
  EXPECT_EQ(bearer(token).refusal, Errc::TokenRevoked);
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(bearer("nonsense").refusal, Errc::KeyInvalid);
  EXPECT_EQ(bearer("x.y.z").refusal, Errc::TokenInvalid);
  EXPECT_EQ(cache_.cache.counts().stored, 1U) << "what anybody can make up fills no memory (R9)";
}

TEST_F(CheckCredentialTest, R6IsAskedAnewAfterItsLifetimeWhateverHappened) {
  const auto alice = world_.account("alice");
  const auto key = key_of(alice);
  EXPECT_FALSE(bearer(key).refusal);
  // By hand, past everything that tells the cache.
  constexpr Statement kByHand{"by_hand", "update postern.account set is_active = false"};
  world_.database.run(kByHand, {});
  EXPECT_FALSE(bearer(key).refusal);
  world_.clock.advance(world_.settings.cache.lifetime);
  believe();
  EXPECT_EQ(bearer(key).refusal, Errc::AccountInactive);
}

TEST_F(CheckCredentialTest, NeverOutlivesTheTokenOrItsSession) {
  world_.settings.cache.lifetime = hours(24);
  world_.account("alice");
  const auto token = std::string(world_.login("alice").access.reveal());
  EXPECT_FALSE(bearer(token).refusal);
  world_.clock.advance(world_.settings.session(SessionKind::Native).access_lifetime);
  believe();
  EXPECT_EQ(bearer(token).refusal, Errc::TokenExpired);
}

TEST_F(CheckCredentialTest, WhatIsTooLargeIsAskedEachTimeAndRight) {
  std::string names;
  for (int i = 0; i < 60; ++i) {
    const std::string name = "permission.number." + std::to_string(i);
    world_.database.run(
        {"add_permission", "insert into postern.permission (name, description) values ($1, $1)"},
        {name});
    names += (i == 0 ? "" : ",") + name;
  }
  world_.database.run({"add_role",
                       "insert into postern.role (name, permissions, description) "
                       "values ('mighty', string_to_array($1, ','), 'x')"},
                      {names});
  world_.account("alice", "mighty");
  const auto token = std::string(world_.login("alice").access.reveal());
  EXPECT_FALSE(bearer(token).refusal);
  const auto again = bearer(token);
  EXPECT_FALSE(asked_.empty());
  EXPECT_TRUE(again.identity.fields().may("permission.number.59"));
  EXPECT_EQ(cache_.cache.counts().too_large, 2U);
}

TEST_F(CheckCredentialTest, Cve202633496AnotherConfigurationIsAnotherQuestion) {
  world_.account("alice");
  const auto token = std::string(world_.login("alice").access.reveal());
  EXPECT_FALSE(bearer(token).refusal);
  auto other_settings = world_.settings;
  other_settings.issuer = "https://other.example.org";
  const Fingerprinter other(world_.ring, other_settings);
  EXPECT_NE(fingerprints_.of(PresentedAs::Bearer, token), other.of(PresentedAs::Bearer, token));
  EXPECT_NE(fingerprints_.of(PresentedAs::Bearer, token),
            fingerprints_.of(PresentedAs::Key, token));
  CheckMemory memory{cache_.cache, other};
  Services services{other_settings,   world_.database, world_.clock,
                    world_.random,    world_.ring,     world_.signing_keys,
                    world_.passwords, world_.limiter,  &memory};
  EXPECT_EQ(check_credential(services, PresentedAs::Bearer, token).refusal, Errc::TokenInvalid);
}

}  // namespace
}  // namespace postern::domain
