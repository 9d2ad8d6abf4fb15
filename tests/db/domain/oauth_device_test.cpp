#include "domain/oauth_device.hpp"

#include <gtest/gtest.h>

#include "domain/oauth_consent.hpp"
#include "domain/user_code.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

class DeviceGrant : public testing::Test {
 protected:
  DeviceGrant() : account(world.account("alice", "contributor")), client(site.client().client) {}

  DeviceCodes begin() {
    return begin_device(world.services, {client, {{"openid", "read"}, {OAuthWorld::kSite}}},
                        world.origin)
        .value();
  }
  Result<OAuthTokens> poll(const DeviceCodes& codes, const TokenProof& proof = {}) {
    return poll(client, codes, proof);
  }
  Result<OAuthTokens> poll(const OAuthClient& by, const DeviceCodes& codes,
                           const TokenProof& proof = {}) {
    return redeem_device(world.services,
                         {.client = by, .device_code = codes.device_code.reveal(), .proof = proof},
                         world.origin);
  }
  static Errc refusal(const Result<OAuthTokens>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Errc::Taken : result.error().code;
  }
  Outcome decide(const DeviceCodes& codes, bool allow) {
    std::optional<GrantBasis> basis;
    if (allow) {
      consent = site.consent(client, account, {.scopes = {"openid", "read"}});
      basis = GrantBasis{.account = account.id,
                         .consent = consent,
                         .granted = {{"openid", "read"}, {OAuthWorld::kSite}},
                         .signed_in_at = world.clock.now(),
                         .methods = "pwd otp mfa"};
    }
    return world.database.transaction(
        [&](Transaction& tx) { return decide_device(tx, world.services, codes.user_code, basis); });
  }
  Result<WaitingDevice> find(std::string_view typed) {
    return find_device(world.services, typed, account.id, world.origin);
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
  ConsentId consent;
};

TEST_F(DeviceGrant, OfAClientThatWasDeletedAMomentAgoIsRefusedAsSuch) {
  ASSERT_TRUE(delete_client(world.services, client.id, {}, world.origin).ok());
  const auto begun = begin_device(world.services, {client, {}}, world.origin);
  ASSERT_FALSE(begun.ok());
  EXPECT_EQ(begun.error().code, Errc::ClientInvalid);
}

TEST_F(DeviceGrant, Rfc8628IsLetInByWhoeverTypesItsCode) {
  const auto codes = begin();
  EXPECT_EQ(codes.lifetime, minutes(10));
  EXPECT_EQ(codes.interval, seconds(5));
  EXPECT_EQ(refusal(poll(codes)), Errc::AuthorizationPending);
  const auto waiting = find(codes.user_code);
  ASSERT_TRUE(waiting.ok());
  EXPECT_EQ(waiting->client, client.id);
  EXPECT_EQ(waiting->wanted.scopes, (std::vector<std::string>{"openid", "read"}));
  EXPECT_EQ(waiting->address, "192.0.2.1");
  ASSERT_TRUE(decide(codes, true).ok());
  world.clock.advance(seconds(5));
  const auto tokens = poll(codes);
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(tokens->scopes, (std::vector<std::string>{"openid", "read"}));
  EXPECT_TRUE(tokens->refresh);
  EXPECT_TRUE(tokens->id_token);
  EXPECT_TRUE(site.is_alive(tokens->access));
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'grant_issued'"), "1");
  EXPECT_EQ(refusal(poll(codes)), Errc::GrantInvalid) << "good once";
  EXPECT_EQ(sql("select count(*) from postern.oauth_device"), "0");
}

TEST_F(DeviceGrant, Rfc8628SomebodySaidNo) {
  const auto codes = begin();
  ASSERT_TRUE(decide(codes, false).ok());
  EXPECT_EQ(refusal(poll(codes)), Errc::AuthorizationDenied);
  EXPECT_EQ(refusal(poll(codes)), Errc::GrantInvalid);
}

TEST_F(DeviceGrant, Rfc8628NobodyDecidedInTime) {
  const auto codes = begin();
  world.clock.advance(minutes(10));
  EXPECT_EQ(refusal(poll(codes)), Errc::AuthorizationExpired);
  EXPECT_EQ(find(codes.user_code).error().code, Errc::NotFound);
  EXPECT_EQ(decide(codes, true).error().code, Errc::NotFound);
}

TEST_F(DeviceGrant, Rfc9700Rule24bAskingTooSoonAddsFiveSeconds) {
  const auto codes = begin();
  EXPECT_EQ(refusal(poll(codes)), Errc::AuthorizationPending);
  world.clock.advance(seconds(4));
  EXPECT_EQ(refusal(poll(codes)), Errc::SlowDown);
  world.clock.advance(seconds(9));
  EXPECT_EQ(refusal(poll(codes)), Errc::SlowDown);
  world.clock.advance(seconds(15));
  EXPECT_EQ(refusal(poll(codes)), Errc::AuthorizationPending);
}

TEST_F(DeviceGrant, Rfc9700Rule24bAskingForEverTooSoonBreaksNothing) {
  const auto codes = begin();
  sql("update postern.oauth_device set interval_seconds = 3600");
  static_cast<void>(poll(codes));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(refusal(poll(codes)), Errc::SlowDown);
  EXPECT_EQ(sql("select interval_seconds from postern.oauth_device"), "3600");
}

TEST_F(DeviceGrant, Rfc9700Rule24bCodesAreEightOfTwentyLetters) {
  for (int i = 0; i < 50; ++i) {
    const auto shown = shown_user_code(make_user_code(world.random));
    ASSERT_EQ(shown.size(), 9U);
    EXPECT_EQ(shown[4], '-');
    EXPECT_EQ(shown.find_first_not_of("BCDFGHJKLMNPQRSTVWXZ-"), std::string::npos) << shown;
  }
}

TEST_F(DeviceGrant, Rfc8628CodesAreTakenAsPeopleTypeThem) {
  const auto codes = begin();
  const std::string plain = codes.user_code.substr(0, 4) + codes.user_code.substr(5);
  std::string lower;
  for (const char c : codes.user_code) lower += static_cast<char>(std::tolower(c));
  for (const std::string& typed : {codes.user_code, plain, lower, " " + lower + " ",
                                   plain.substr(0, 2) + " " + plain.substr(2)}) {
    EXPECT_TRUE(find(typed).ok()) << typed;
  }
  for (const std::string& typed :
       {std::string(), plain + "B", plain.substr(1), plain + "!", std::string(100, ' ') + plain}) {
    EXPECT_EQ(find(typed).error().code, Errc::NotFound) << typed;
  }
}

TEST_F(DeviceGrant, Rfc9700Rule24bGuessesAreCounted) {
  const auto codes = begin();
  for (int i = 0; i < 9; ++i) EXPECT_EQ(find("BBBB-BBBB").error().code, Errc::NotFound);
  EXPECT_TRUE(find(codes.user_code).ok()) << "what is right is no guess";
  EXPECT_EQ(find("BBBB-BBBB").error().code, Errc::NotFound);
  const auto limited = find(codes.user_code);
  ASSERT_FALSE(limited.ok());
  EXPECT_EQ(limited.error().code, Errc::TooManyAttempts);
  EXPECT_GT(limited.error().retry_after.count(), 0);
  world.clock.advance(minutes(15));
  sql("update postern.oauth_device set expires_at = expires_at + interval '1 hour'");
  EXPECT_TRUE(find(codes.user_code).ok());
}

TEST_F(DeviceGrant, Rfc9700Rule24bOneNetworkBeginsSoManyAndNoMore) {
  for (int i = 0; i < 60; ++i) static_cast<void>(begin());
  const auto refused =
      begin_device(world.services, {client, {{"read"}, {OAuthWorld::kSite}}}, world.origin);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::TooManyAttempts);
}

TEST_F(DeviceGrant, R5NeitherCodeIsStored) {
  const auto codes = begin();
  const auto row = sql("select d::text from postern.oauth_device d");
  EXPECT_EQ(row.find(codes.device_code.reveal()), std::string::npos);
  EXPECT_EQ(row.find(codes.user_code), std::string::npos);
}

TEST_F(DeviceGrant, IsItsOwnClients) {
  const auto codes = begin();
  ASSERT_TRUE(decide(codes, true).ok());
  const auto other = site.client().client;
  EXPECT_EQ(refusal(poll(other, codes)), Errc::GrantInvalid);
  EXPECT_TRUE(poll(codes).ok());
  client.metadata.grant_types = {std::string(grant_type::kCode)};
  EXPECT_EQ(refusal(poll(codes)), Errc::ClientNotAllowed);
  EXPECT_EQ(begin_device(world.services, {client, {}}, world.origin).error().code,
            Errc::ClientNotAllowed);
}

TEST_F(DeviceGrant, IsDecidedOnce) {
  const auto codes = begin();
  ASSERT_TRUE(decide(codes, false).ok());
  EXPECT_EQ(decide(codes, true).error().code, Errc::NotFound);
  EXPECT_EQ(find(codes.user_code).error().code, Errc::NotFound);
}

TEST_F(DeviceGrant, R6NothingForADisabledAccountOrAWithdrawnConsent) {
  const auto one = begin();
  ASSERT_TRUE(decide(one, true).ok());
  ASSERT_TRUE(withdraw_consent(world.services, account.id, consent, {}, world.origin).ok());
  EXPECT_EQ(refusal(poll(one)), Errc::GrantInvalid);
  const auto two = begin();
  ASSERT_TRUE(decide(two, true).ok());
  ASSERT_TRUE(
      update_account(world.services, account.id, {.is_active = false}, {}, world.origin).ok());
  EXPECT_EQ(refusal(poll(two)), Errc::GrantInvalid);
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "0");
}

TEST_F(DeviceGrant, Rfc9449APublicDevicesRefreshTokensAreBoundToItsKey) {
  const auto codes = begin();
  ASSERT_TRUE(decide(codes, true).ok());
  const auto tokens = poll(codes, {"a-key"});
  ASSERT_TRUE(tokens.ok());
  EXPECT_TRUE(tokens->dpop);
  EXPECT_FALSE(site.refresh(world.services, client, *tokens->refresh).ok());
  EXPECT_TRUE(site.refresh(world.services, client, *tokens->refresh, {"a-key"}).ok());
}

}  // namespace
}  // namespace postern::domain
