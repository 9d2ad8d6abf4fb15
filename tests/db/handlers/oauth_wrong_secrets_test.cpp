#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/oauth_door.hpp"

namespace postern::handlers::oauth {
namespace {

using test::OAuthDoor;
using testing::HasSubstr;
using testing::StartsWith;

/// Secrets have 256 random bits and cost one HMAC: wrong ones are no guesses that have to be
/// limited, and a limit would let anybody shut a client out in its name.
class OAuthWrongSecrets : public testing::Test {
 protected:
  domain::MadeClient with_secret(std::string_view secret) const {
    domain::MadeClient other = robot_;
    other.secret = domain::Secret(std::string(secret));
    return other;
  }
  fcgi::Response ask(const domain::MadeClient& client, const char* path = "/oauth/token") {
    return door_.post(path, "grant_type=client_credentials&token=x", OAuthDoor::basic(client));
  }
  fcgi::Response ask_in_the_body(const std::string& secret) {
    return door_.post("/oauth/token", "grant_type=client_credentials&client_id=" +
                                          robot_.client.client_id + "&client_secret=" + secret);
  }

  OAuthDoor door_;
  domain::MadeClient robot_ = door_.site.service();
};

TEST_F(OAuthWrongSecrets, HundredsAreAnsweredAlikeAndShutNobodyOut) {
  std::string first;
  for (int i = 0; i < 300; ++i) {
    const auto answer = ask(with_secret("wrong" + std::to_string(i)));
    ASSERT_EQ(answer.status(), 401) << i;
    EXPECT_THAT(answer.get("WWW-Authenticate"), StartsWith("Basic "));
    EXPECT_EQ(answer.get("Content-Type"), "application/json");
    EXPECT_EQ(answer.get("Cache-Control"), "no-store");
    EXPECT_EQ(answer.get("Retry-After"), "") << "there is nothing to wait for";
    if (i == 0) first = answer.body();
    EXPECT_EQ(answer.body(), first);
  }
  EXPECT_THAT(first, HasSubstr(R"("error":"invalid_client")"));
  EXPECT_EQ(ask(robot_).status(), 200);
}

TEST_F(OAuthWrongSecrets, InTheBodyJustTheSame) {
  for (int i = 0; i < 100; ++i) {
    const auto answer = ask_in_the_body("wrong" + std::to_string(i));
    ASSERT_EQ(answer.status(), 401) << i;
    EXPECT_THAT(answer.body(), HasSubstr(R"("error":"invalid_client")"));
  }
  EXPECT_EQ(ask_in_the_body(std::string(robot_.secret->reveal())).status(), 200);
}

TEST_F(OAuthWrongSecrets, AtEveryDoorThatAsksForOne) {
  for (const char* path : {"/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/par",
                           "/oauth/device_authorization"}) {
    for (int i = 0; i < 30; ++i)
      ASSERT_EQ(ask(with_secret("wrong"), path).status(), 401) << path << i;
  }
  EXPECT_EQ(ask(robot_).status(), 200);
}

TEST_F(OAuthWrongSecrets, R8AnUnknownClientIsAnsweredLikeAWrongSecret) {
  auto nobody = with_secret(robot_.secret->reveal());
  nobody.client.client_id = "nobody-of-this-name";
  EXPECT_EQ(ask(nobody).body(), ask(with_secret("wrong")).body());
  EXPECT_EQ(ask(nobody).status(), 401);
}

TEST_F(OAuthWrongSecrets, R9TheyCostNoPasswordsHashAndNoSignIn) {
  door_.domain.account("zoe");
  const auto hashes = door_.domain.passwords.hashes_for_test();
  for (int i = 0; i < 300; ++i) (void)ask(with_secret("wrong"));
  EXPECT_EQ(door_.domain.passwords.hashes_for_test(), hashes);
  EXPECT_FALSE(door_.domain.login("zoe").access.reveal().empty());
}

}  // namespace
}  // namespace postern::handlers::oauth
