#include "domain/signing_keys.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

std::string segment(std::string_view text) {
  return base64url_encode(as_bytes(text));
}

std::string header_of(std::string_view kid) {
  return segment(R"({"alg":"ES256","kid":")" + std::string(kid) + R"(","typ":"at+jwt"})");
}

TEST(SigningKeyRing, SignsWithTheHeaderThatItAccepts) {
  DomainWorld world;
  const auto token = world.signing_keys.sign(R"({"a":1})");
  const auto kid = world.database_server.sql("select kid from postern.signing_key");
  EXPECT_EQ(kid.size(), 16U);
  EXPECT_EQ(token.substr(0, token.find('.')), header_of(kid));
  const auto payload = world.signing_keys.verify(token);
  ASSERT_TRUE(payload.ok());
  EXPECT_EQ(*payload, R"({"a":1})");
}

TEST(SigningKeyRing, PublishesTheHalfItStored) {
  DomainWorld world;
  const auto keys = world.signing_keys.public_keys();
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].x, world.database_server.sql("select public_x from postern.signing_key"));
  EXPECT_EQ(keys[0].y, world.database_server.sql("select public_y from postern.signing_key"));
  EXPECT_EQ(base64url_decode(keys[0].x)->size(), 32U);
}

TEST(SigningKeyRing, WithoutAnyKeyNothingIsSignedOrAccepted) {
  DomainWorld world;
  SigningKeys none;
  EXPECT_FALSE(none.ready());
  EXPECT_THROW(static_cast<void>(none.sign("{}")), std::runtime_error);
  EXPECT_FALSE(none.verify(world.signing_keys.sign("{}")).ok());
}

TEST(SigningKeyRing, TheNewestSignsAndTheOlderGoOnVerifying) {
  DomainWorld world;
  const auto before = world.signing_keys.sign("{}");
  world.clock.advance(seconds(1));
  const auto kid = SigningKeys::create(world.database, world.ring, world.random, world.clock.now());
  world.signing_keys.load(world.database, world.ring, world.clock.now());
  EXPECT_TRUE(world.signing_keys.verify(before).ok());
  const auto after = world.signing_keys.sign("{}");
  EXPECT_EQ(after.substr(0, after.find('.')), header_of(kid));
  EXPECT_EQ(world.signing_keys.public_keys().size(), 2U);
}

TEST(SigningKeyRing, AKeyPastItsEndVerifiesNothing) {
  DomainWorld world;
  const auto token = world.signing_keys.sign("{}");
  world.database_server.sql("update postern.signing_key set verify_until = '2027-01-15T08:00:00Z'");
  world.signing_keys.load(world.database, world.ring, world.clock.now() - seconds(1));
  EXPECT_TRUE(world.signing_keys.verify(token).ok());
  world.signing_keys.load(world.database, world.ring, world.clock.now());
  EXPECT_FALSE(world.signing_keys.verify(token).ok());
  EXPECT_FALSE(world.signing_keys.ready());
}

TEST(SigningKeyRing, AKeyPublishedAheadVerifiesButDoesNotSignYet) {
  DomainWorld world;
  const auto kid = SigningKeys::create(world.database, world.ring, world.random,
                                       world.clock.now() + std::chrono::hours(1));
  world.signing_keys.load(world.database, world.ring, world.clock.now());
  EXPECT_EQ(world.signing_keys.public_keys().size(), 2U);
  EXPECT_NE(world.signing_keys.sign("{}").substr(0, header_of(kid).size()), header_of(kid));
}

TEST(SigningKeyRing, R5AnotherMasterKeyOpensNothing) {
  DomainWorld world;
  const auto other = KeyRing::parse(KeyRing::make_line(1, world.random)).value();
  SigningKeys keys;
  EXPECT_THROW(keys.load(world.database, other, world.clock.now()), std::runtime_error);
  EXPECT_FALSE(keys.ready());
}

TEST(SigningKeyRing, R5ASealedKeyCannotBeMovedUnderAnotherName) {
  DomainWorld world;
  world.database_server.sql("update postern.signing_key set kid = '0123456789abcdef'");
  EXPECT_THROW(world.signing_keys.load(world.database, world.ring, world.clock.now()),
               std::runtime_error);
}

TEST(SigningKeyRing, AFailedLoadLeavesWhatWasThere) {
  DomainWorld world;
  const auto token = world.signing_keys.sign("{}");
  world.database_server.sql("update postern.signing_key set sealed_key = '\\x00'");
  EXPECT_THROW(world.signing_keys.load(world.database, world.ring, world.clock.now()),
               std::runtime_error);
  EXPECT_TRUE(world.signing_keys.verify(token).ok());
}

TEST(SigningKeyRing, OnlyAWellFormedUnknownKidIsWorthAReload) {
  DomainWorld world;
  const auto& keys = world.signing_keys;
  EXPECT_FALSE(keys.names_unknown_key(keys.sign("{}")));
  EXPECT_TRUE(keys.names_unknown_key(header_of("0123456789abcdef") + ".e30.AAAA"));
  for (const auto& token :
       {std::string(), std::string("a.b.c"), header_of("0123456789abcdef") + ".e30",
        header_of("0123456789abcdeX") + ".e30.AAAA", header_of("0123456789abcde") + ".e30.AAAA",
        header_of("0123456789abcdef") + ".e30.AAAA.AAAA",
        segment(R"({"alg":"none","kid":"0123456789abcdef","typ":"at+jwt"})") + ".e30.AAAA"}) {
    EXPECT_FALSE(keys.names_unknown_key(token)) << token;
  }
}

TEST(SigningKeyRing, ReloadsAtMostOncePerInterval) {
  DomainWorld world;
  auto& keys = world.signing_keys;
  EXPECT_TRUE(keys.reload(world.database, world.ring, world.clock.now()))
      << "whoever read them for another reason a moment ago";
  EXPECT_FALSE(keys.reload(world.database, world.ring, world.clock.now()));
  world.clock.advance(SigningKeys::kReloadInterval - std::chrono::microseconds(1));
  EXPECT_FALSE(keys.reload(world.database, world.ring, world.clock.now()));
  world.clock.advance(std::chrono::microseconds(1));
  EXPECT_TRUE(keys.reload(world.database, world.ring, world.clock.now()));
  EXPECT_FALSE(keys.reload(world.database, world.ring, world.clock.now()));
  world.clock.advance(-std::chrono::hours(1));
  EXPECT_TRUE(keys.reload(world.database, world.ring, world.clock.now())) << "a clock set back";
}

}  // namespace
}  // namespace postern::domain
