#include "domain/signing_key_rotation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <thread>

#include "domain/audit.hpp"
#include "domain/signed_claims.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string kid_of(const std::string& token) {
  const auto header = base64url_decode(token.substr(0, token.find('.'))).value();
  const std::string text(header.begin(), header.end());
  return text.substr(text.find("kid\":\"") + 6, 16);
}

class SigningKeyRotation : public testing::Test {
 protected:
  std::string sign() {
    keep_up_signing_keys(world.services);
    return sign_claims(world.services, FlatJsonWriter());
  }
  bool verifies(Services& services, const std::string& token) {
    return read_any_signed_claims(services, token).has_value();
  }
  bool verifies(const std::string& token) { return verifies(world.services, token); }
  std::vector<std::string> published() {
    world.signing_keys.load(world.database, world.ring, world.clock.now());
    std::vector<std::string> kids;
    for (const auto& key : world.signing_keys.public_keys()) kids.push_back(key.kid);
    return kids;
  }
  /// To just before it is time for the next key, and to it.
  void wait_for_rotation() {
    const auto& settings = world.settings.signing;
    world.clock.set(newest().sign_after + settings.rotate_every - settings.publish_ahead);
  }
  SigningKeyInfo newest() { return list_signing_keys(world.services).front(); }

  test::DomainWorld world;
};

TEST_F(SigningKeyRotation, NothingHappensBeforeItsTime) {
  wait_for_rotation();
  world.clock.advance(-seconds(1));
  EXPECT_EQ(rotate_signing_keys_when_due(world.services), std::nullopt);
  EXPECT_THAT(list_signing_keys(world.services), SizeIs(1));
  world.clock.advance(seconds(1));
  const auto made = rotate_signing_keys_when_due(world.services);
  ASSERT_TRUE(made);
  EXPECT_EQ(newest().kid, *made);
  EXPECT_EQ(rotate_signing_keys_when_due(world.services), std::nullopt) << "once";
}

TEST_F(SigningKeyRotation, TheNextKeyIsPublishedAtOnceAndSignsFromItsTime) {
  const auto first = newest().kid;
  wait_for_rotation();
  const auto next = rotate_signing_keys_when_due(world.services).value();
  EXPECT_THAT(published(), ElementsAre(next, first));
  EXPECT_EQ(kid_of(sign()), first);
  world.clock.advance(world.settings.signing.publish_ahead - seconds(1));
  EXPECT_EQ(kid_of(sign()), first);
  world.clock.advance(seconds(1));
  EXPECT_EQ(kid_of(sign_claims(world.services, FlatJsonWriter())), next)
      << "by the time, not by when it was read";
}

TEST_F(SigningKeyRotation, TheFormerKeyVerifiesUntilItsLastTokenHasDied) {
  wait_for_rotation();
  const auto next = rotate_signing_keys_when_due(world.services).value();
  const auto changes_at = newest().sign_after;
  world.clock.set(changes_at - seconds(1));
  const auto last = sign();
  const auto dies_at = changes_at + longest_signed_lifetime(world.settings);
  world.clock.set(dies_at);
  EXPECT_TRUE(verifies(last));
  world.clock.set(dies_at + minutes(1));
  EXPECT_FALSE(verifies(last));
  EXPECT_THAT(published(), ElementsAre(next));
}

TEST_F(SigningKeyRotation, TheLongestLifetimeCountsWhoeverHasIt) {
  Settings settings;
  EXPECT_EQ(longest_signed_lifetime(settings), days(15)) << "Kitsu's refresh tokens";
  settings.sessions[5].access_lifetime = days(20);
  EXPECT_EQ(longest_signed_lifetime(settings), days(20));
}

TEST_F(SigningKeyRotation, KeysThatEndedLongAgoAreForgotten) {
  const auto first = newest().kid;
  wait_for_rotation();
  const auto second = rotate_signing_keys_when_due(world.services).value();
  wait_for_rotation();
  const auto third = rotate_signing_keys_when_due(world.services).value();
  EXPECT_THAT(list_signing_keys(world.services), SizeIs(3));
  wait_for_rotation();
  ASSERT_TRUE(rotate_signing_keys_when_due(world.services));
  std::vector<std::string> kids;
  for (const auto& key : list_signing_keys(world.services)) kids.push_back(key.kid);
  EXPECT_THAT(kids, ::testing::Not(::testing::Contains(first)));
  EXPECT_THAT(kids, ::testing::Contains(second));
  EXPECT_THAT(kids, ::testing::Contains(third));
}

TEST_F(SigningKeyRotation, SeveralMachinesAtOnceMakeOne) {
  wait_for_rotation();
  std::vector<std::unique_ptr<test::AnotherWorker>> machines;
  for (int i = 0; i < 4; ++i) machines.push_back(std::make_unique<test::AnotherWorker>(world));
  std::atomic<int> made{0};
  {
    std::vector<std::jthread> threads;
    for (auto& machine : machines) {
      threads.emplace_back([&made, &machine] {
        if (rotate_signing_keys_when_due(machine->services)) ++made;
      });
    }
  }
  EXPECT_EQ(made, 1);
  EXPECT_THAT(list_signing_keys(world.services), SizeIs(2));
}

// Oauth.md 2b: openid-client keeps keys for 300 s and refetches only where its set is a minute old.
TEST_F(SigningKeyRotation, AClientThatKeepsThePublishedKeysMeetsNoUnknownOneThroughTwoRotations) {
  std::vector<std::string> kept;
  Instant fetched_at{};
  std::vector<std::string> signers;
  const auto end = world.clock.now() + 2 * world.settings.signing.rotate_every + days(1);
  while (world.clock.now() < end) {
    (void)rotate_signing_keys_when_due(world.services);
    if (world.clock.now() >= fetched_at + world.settings.signing.jwks_max_age) {
      kept = published();
      fetched_at = world.clock.now();
    }
    const auto kid = kid_of(sign());
    ASSERT_THAT(kept, ::testing::Contains(kid));
    if (signers.empty() || signers.back() != kid) signers.push_back(kid);
    // Steps that are no divisor of the age, small where a change is near.
    const bool near = newest().sign_after > world.clock.now() - minutes(10);
    world.clock.advance(near ? seconds(97) : minutes(61));
  }
  EXPECT_THAT(signers, SizeIs(3)) << "it went through two rotations";
}

TEST_F(SigningKeyRotation, ByHandTheNextIsPublishedAheadAsWell) {
  const auto first = newest().kid;
  const auto made = publish_next_signing_key(world.services, world.origin).value();
  EXPECT_EQ(made.sign_after, world.clock.now() + world.settings.signing.publish_ahead);
  EXPECT_EQ(kid_of(sign()), first);
  const auto again = publish_next_signing_key(world.services, world.origin);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Errc::InUse);
}

TEST_F(SigningKeyRotation, R6AnEmergencyEndsAllOthersAtOnceEverywhere) {
  const auto first = newest().kid;
  const auto before = sign();
  const auto next = publish_next_signing_key(world.services, world.origin).value().kid;
  test::AnotherWorker other(world);
  ASSERT_TRUE(verifies(other.services, before));
  const auto replaced = replace_signing_keys(world.services, world.origin);
  EXPECT_THAT(replaced.retired, UnorderedElementsAre(first, next))
      << "one that is not in use yet may have been stolen, too";
  EXPECT_FALSE(verifies(before));
  EXPECT_FALSE(verifies(other.services, before)) << "a worker that had read it already";
  EXPECT_THAT(published(), ElementsAre(replaced.made));
  EXPECT_EQ(kid_of(sign()), replaced.made);
  EXPECT_TRUE(verifies(sign()));
}

TEST_F(SigningKeyRotation, R6AWorkerWithACacheHearsOfItBeforeItBelievesAKeyAgain) {
  test::CacheWorld cache;
  const Fingerprinter fingerprints(world.ring, world.settings);
  CheckMemory memory{cache.cache, fingerprints};
  world.services.memory = &memory;
  const auto before = sign();
  EXPECT_TRUE(verifies(before));
  test::AnotherWorker thief(world);
  thief.services.memory = &memory;
  ASSERT_FALSE(replace_signing_keys(thief.services, world.origin).retired.empty());
  EXPECT_FALSE(verifies(before));
  world.services.memory = nullptr;
}

TEST_F(SigningKeyRotation, AfterAnEmergencyAWorkerThatHasJustReadTheKeysTakesTheNewOnesTokens) {
  test::AnotherWorker other(world);
  ASSERT_TRUE(verifies(other.services, sign()));
  ASSERT_FALSE(replace_signing_keys(world.services, world.origin).retired.empty());
  EXPECT_TRUE(verifies(other.services, sign()));
}

TEST_F(SigningKeyRotation, AfterAnEmergencyOneWithACacheDoesSoToo) {
  test::CacheWorld cache;
  const Fingerprinter fingerprints(world.ring, world.settings);
  CheckMemory memory{cache.cache, fingerprints};
  world.services.memory = &memory;
  test::AnotherWorker other(world);
  other.services.memory = &memory;
  ASSERT_TRUE(verifies(other.services, sign()));
  ASSERT_FALSE(replace_signing_keys(world.services, world.origin).retired.empty());
  EXPECT_TRUE(verifies(other.services, sign()));
  world.services.memory = nullptr;
}

TEST_F(SigningKeyRotation, WhatHappenedIsAudited) {
  const auto first = newest().kid;
  const auto made = replace_signing_keys(world.services, world.origin).made;
  std::map<std::string, std::string> told;
  const auto page = list_audit(world.services, {}, {}).value();
  for (const auto& event : page.items) {
    told[event.event] = event.subject;
  }
  EXPECT_EQ(told["signing_key_created"], made);
  EXPECT_EQ(told["signing_key_retired"], first);
}

}  // namespace
}  // namespace postern::domain
