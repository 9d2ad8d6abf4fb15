#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/signed_claims.hpp"
#include "domain/signing_key_rotation.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using ::testing::SizeIs;

constexpr auto kRs256 = SigningAlgorithm::Rs256;

class RsaKeyRotation : public testing::Test {
 protected:
  std::optional<std::string> rotate() {
    return rotate_signing_keys_when_due(world.services, kRs256);
  }
  std::string id_token() {
    keep_up_signing_keys(world.services);
    return sign_claims(world.services, FlatJsonWriter(), TokenType::IdToken, kRs256);
  }
  bool verifies(const std::string& token, TokenType type = TokenType::IdToken) {
    return read_any_signed_claims(world.services, token, type).has_value();
  }
  static bool is_by(const std::string& token, const std::string& kid) {
    const auto header = base64url_decode(token.substr(0, token.find('.'))).value();
    return std::string(header.begin(), header.end()).find(kid) != std::string::npos;
  }
  SigningKeyInfo info(const std::string& kid) {
    for (auto& key : list_signing_keys(world.services)) {
      if (key.kid == kid) return key;
    }
    return {};
  }

  test::DomainWorld world;
};

TEST_F(RsaKeyRotation, AnInstallationFromBeforeGetsOneThatSignsAtOnce) {
  const auto made = rotate();
  ASSERT_TRUE(made);
  EXPECT_EQ(info(*made).algorithm, kRs256);
  EXPECT_EQ(info(*made).sign_after, world.clock.now());
  EXPECT_TRUE(is_by(id_token(), *made));
  EXPECT_FALSE(rotate()) << "once";
  EXPECT_THAT(list_signing_keys(world.services), SizeIs(2));
}

TEST_F(RsaKeyRotation, BeforeTheFirstStepNothingIsMade) {
  world.database_server.sql("delete from postern.signing_key");
  EXPECT_FALSE(rotate());
  EXPECT_FALSE(rotate_signing_keys_when_due(world.services));
  EXPECT_THAT(list_signing_keys(world.services), SizeIs(0));
}

TEST_F(RsaKeyRotation, WorkersWithACacheHaveItAtOnce) {
  test::CacheWorld cache;
  const Fingerprinter fingerprints(world.ring, world.settings);
  CheckMemory memory{cache.cache, fingerprints};
  world.services.memory = &memory;
  keep_up_signing_keys(world.services);
  EXPECT_FALSE(world.signing_keys.ready(kRs256));
  test::AnotherWorker housekeeper(world);
  housekeeper.services.memory = &memory;
  ASSERT_TRUE(rotate_signing_keys_when_due(housekeeper.services, kRs256));
  keep_up_signing_keys(world.services);
  EXPECT_TRUE(world.signing_keys.ready(kRs256));
  world.services.memory = nullptr;
}

TEST_F(RsaKeyRotation, TheNextIsPublishedAheadAndLeavesTheOtherAlgorithmAlone) {
  const auto first = rotate().value();
  const auto es256 = world.signing_keys.public_keys().front().kid;
  const auto& settings = world.settings.signing;
  world.clock.advance(settings.rotate_every - settings.publish_ahead);
  const auto next = rotate().value();
  EXPECT_EQ(info(next).sign_after, world.clock.now() + settings.publish_ahead);
  EXPECT_TRUE(info(first).verify_until);
  EXPECT_FALSE(info(es256).verify_until) << "its time has come, but not by this";
  const auto last = id_token();
  EXPECT_TRUE(is_by(last, first));
  world.clock.advance(settings.publish_ahead);
  EXPECT_TRUE(is_by(id_token(), next));
  EXPECT_TRUE(verifies(last));
}

TEST_F(RsaKeyRotation, EachAlgorithmRotatesByItself) {
  const auto rsa = rotate().value();
  const auto next = publish_next_signing_key(world.services, world.origin).value();
  EXPECT_EQ(next.algorithm, SigningAlgorithm::Es256);
  EXPECT_FALSE(info(rsa).verify_until);
  const auto next_rsa = publish_next_signing_key(world.services, world.origin, kRs256).value();
  EXPECT_EQ(next_rsa.algorithm, kRs256);
  EXPECT_EQ(publish_next_signing_key(world.services, world.origin, kRs256).error().code,
            Errc::InUse);
}

TEST_F(RsaKeyRotation, R6AnEmergencyEndsWhatTheRsaKeySignedAndNothingElse) {
  const auto first = rotate().value();
  const auto stolen = id_token();
  const auto es256 = sign_claims(world.services, FlatJsonWriter());
  ASSERT_TRUE(verifies(stolen));
  const auto replaced = replace_signing_keys(world.services, world.origin, kRs256);
  EXPECT_THAT(replaced.retired, testing::ElementsAre(first));
  EXPECT_FALSE(verifies(stolen));
  EXPECT_TRUE(verifies(es256, TokenType::AccessToken));
  EXPECT_TRUE(is_by(id_token(), replaced.made));
}

}  // namespace
}  // namespace postern::domain
