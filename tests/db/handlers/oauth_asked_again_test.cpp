#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/oauth_device.hpp"
#include "domain/oauth_registration.hpp"
#include "tests/support/oauth_pages.hpp"

namespace postern::handlers::oauth {
namespace {

using test::OAuthPageWorld;
using test::query_of;
using testing::HasSubstr;
using testing::StartsWith;

/// A client that people know becomes another one (RFC 6749 section 10.2).
class OAuthAskedAgain : public test::OAuthPages {
 protected:
  static domain::ClientMetadata good() {
    domain::ClientMetadata metadata;
    metadata.name = "Good";
    metadata.auth = domain::ClientAuth::None;
    metadata.redirect_uris = {"https://good.example/cb"};
    metadata.grant_types = {"authorization_code", "refresh_token",
                            "urn:ietf:params:oauth:grant-type:device_code"};
    return metadata;
  }
  static domain::ClientMetadata bank(const std::string& redirect_uri = "https://evil.example/cb") {
    auto metadata = good();
    metadata.name = "Bank";
    metadata.redirect_uris = {redirect_uri};
    return metadata;
  }
  /// RFC 7592.
  void put(const domain::ClientMetadata& metadata) {
    auto& services = world_.domain.services;
    auto done =
        domain::replace_registration(services, client_.client, client_.registration_token->reveal(),
                                     metadata, {}, world_.domain.origin);
    client_.registration_token = std::move(done.value().registration_token);
    client_.client = domain::find_client(services, client_.client.client_id).value();
  }
  Response ask(const test::Fields& changes = {}) {
    return browser_.get(OAuthPageWorld::question(client_.client, changes));
  }
  Response allow(const Response& page) { return browser_.submit(page, {{"decision", "allow"}}); }

  domain::Registered client_ =
      domain::register_client(world_.domain.services, good(), world_.domain.origin).value();
};

TEST_F(OAuthAskedAgain, AnAddressThatWasAddedLaterGetsNoCodeWithoutAQuestion) {
  ASSERT_EQ(query_of(allow(consent_page(client_.client))).count("code"), 1U);
  ASSERT_EQ(query_of(ask()).count("code"), 1U);
  put(bank());
  const auto quiet = ask({{"prompt", "none"}});
  EXPECT_THAT(quiet.get("Location"), StartsWith("https://evil.example/cb?"));
  EXPECT_EQ(query_of(quiet)["error"], "consent_required");
  const auto asked = ask();
  ASSERT_THAT(asked.get("Location"), StartsWith("/oauth/consent?request="));
  const auto page = browser_.follow(asked);
  EXPECT_THAT(page.body(), HasSubstr("“Bank”"));
  EXPECT_THAT(page.body(), HasSubstr("evil.example"));
  EXPECT_EQ(query_of(allow(page)).count("code"), 1U);
  EXPECT_EQ(query_of(ask()).count("code"), 1U) << "once is enough";
}

TEST_F(OAuthAskedAgain, NobodyAfterAnUnchangedPut) {
  (void)allow(consent_page(client_.client));
  put(good());
  EXPECT_EQ(query_of(ask()).count("code"), 1U);
}

TEST_F(OAuthAskedAgain, APageThatStoodOpenAllowsNothingOfWhatTheClientIsNow) {
  const auto page = consent_page(client_.client);
  put(bank("https://good.example/cb"));
  const auto again = allow(page);
  EXPECT_EQ(again.status(), 403);
  EXPECT_THAT(again.body(), HasSubstr("“Bank”"));
  EXPECT_THAT(ask().get("Location"), StartsWith("/oauth/consent?request="));
  EXPECT_EQ(query_of(allow(again)).count("code"), 1U);
}

TEST_F(OAuthAskedAgain, NorDoesAPageOfADevice) {
  auto& services = world_.domain.services;
  const auto wanted = domain::settle_request(services, client_.client.metadata, {}, "submit");
  const auto codes =
      domain::begin_device(services, {client_.client, wanted.value()}, world_.domain.origin)
          .value();
  (void)browser_.sign_in();
  const auto page =
      browser_.submit(browser_.get("/oauth/device"), {{"user_code", codes.user_code}});
  EXPECT_THAT(page.body(), HasSubstr("“Good”"));
  put(bank());
  const auto again = allow(page);
  EXPECT_THAT(again.body(), HasSubstr("“Bank”"));
  EXPECT_EQ(world_.domain.database_server.sql("select count(*) from postern.oauth_consent"), "0");
  EXPECT_THAT(allow(again).body(), HasSubstr("is connected"));
}

}  // namespace
}  // namespace postern::handlers::oauth
