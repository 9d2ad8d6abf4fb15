#include "domain/oauth_pushed.hpp"

#include <gtest/gtest.h>

#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

class PushedRequest : public testing::Test {
 protected:
  PushedRequest() : client(site.client().client) {}
  Result<Secret> take(const Secret& uri) {
    return take_pushed(world.services, client.id, uri.reveal());
  }

  DomainWorld world;
  OAuthWorld site{world};
  OAuthClient client;
};

TEST_F(PushedRequest, Rfc9126IsTakenOnce) {
  const auto uri = push_request(world.services, client.id, "scope=read&state=x").value();
  EXPECT_TRUE(uri.reveal().starts_with("urn:ietf:params:oauth:request_uri:"));
  const auto taken = take(uri);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->reveal(), "scope=read&state=x");
  EXPECT_EQ(take(uri).error().code, Errc::GrantInvalid);
}

TEST_F(PushedRequest, Rfc9126LastsNinetySeconds) {
  const auto late = push_request(world.services, client.id, "a=b").value();
  world.clock.advance(seconds(90));
  EXPECT_EQ(take(late).error().code, Errc::GrantInvalid);
  const auto uri = push_request(world.services, client.id, "a=b").value();
  world.clock.advance(seconds(89));
  EXPECT_TRUE(take(uri).ok());
}

TEST_F(PushedRequest, Rfc9126IsNobodyElses) {
  const auto uri = push_request(world.services, client.id, "a=b").value();
  const auto other = site.client().client;
  EXPECT_FALSE(take_pushed(world.services, other.id, uri.reveal()).ok());
  EXPECT_TRUE(take(uri).ok()) << "and nobody else can use it up";
  EXPECT_FALSE(take(Secret("urn:ietf:params:oauth:request_uri:")).ok());
  EXPECT_FALSE(take(Secret("https://app.example.com/request")).ok());
}

TEST_F(PushedRequest, R9StrangersKeepSoManyWaitingAndNoMore) {
  auto stranger = client;
  stranger.origin = ClientOrigin::Registered;
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(charge_push(world.services, stranger, world.origin).ok()) << i;
  }
  const auto refused = charge_push(world.services, stranger, world.origin);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::TooManyAttempts);
  EXPECT_GT(refused.error().retry_after.count(), 0);
  EXPECT_TRUE(charge_push(world.services, stranger, {"192.0.2.2", "", ""}).ok());
  EXPECT_TRUE(charge_push(world.services, client, world.origin).ok())
      << "an administrator's client sends all from its own server";
}

TEST_F(PushedRequest, R5NothingOfItIsReadableInTheDatabase) {
  const auto uri =
      push_request(world.services, client.id, "login_hint=alice%40example.org").value();
  const auto row = world.database_server.sql(
      "select p::text || ' ' || encode(p.parameters, 'escape') from postern.oauth_pushed p");
  EXPECT_EQ(row.find("alice"), std::string::npos);
  EXPECT_EQ(row.find(uri.reveal().substr(34)), std::string::npos);
}

}  // namespace
}  // namespace postern::domain
