#include <gtest/gtest.h>

#include "domain/bytes.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using domain::Secret;
using test::json_of;
using test::request;
using test::with_bearer;
using test::with_header;

class SkedCastAgency : public testing::Test {
 protected:
  SkedCastAgency() { world_.settings.skedcast.agency = "Acme \"Talent\""; }

  Secret key(const std::string& dialect, const std::string& type = "") {
    domain::NewKey wanted{.name = dialect + type, .permissions = {}, .lifetime = domain::days(30)};
    wanted.dialect = dialect;
    wanted.type = type;
    return domain::issue_key(world_.domain.services, owner_.id, wanted, owner_.id,
                             world_.domain.origin)
        ->text;
  }
  static Request asked() {
    return with_header(request("GET", "/v1/agency"), "x-correlation-id", "c-abc");
  }
  Response ask(const Secret& credential) { return world_.send(with_bearer(asked(), credential)); }
  static std::string refusal(const Response& response) {
    EXPECT_EQ(response.get("Content-Type"), "application/problem+json");
    EXPECT_EQ(response.get("X-Correlation-Id"), "c-abc");
    return std::to_string(response.status()) + " " + json_of(response)["code"].asString();
  }

  test::HandlerWorld world_;
  domain::Account owner_ = world_.domain.account("olga", "owner");
};

TEST_F(SkedCastAgency, AnswersItsEnvelope) {
  const auto response = ask(key("skedcast"));
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.body(),
            R"({"data":{"object":"agency","id":"agc_)" +
                domain::checksum6(world_.domain.settings.issuer) +
                R"(","name":"Acme \"Talent\""},"meta":{"correlationId":"c-abc"}})");
  EXPECT_EQ(response.get("Content-Type"), "application/json");
  EXPECT_EQ(response.get("X-Correlation-Id"), "c-abc");
}

TEST_F(SkedCastAgency, MakesACorrelationIdWhereNoneCame) {
  const auto response =
      world_.send(with_bearer(request("GET", "/v1/agency/"), key("skedcast", "live")));
  EXPECT_EQ(response.status(), 200);
  const auto id = "c-" + std::string(response.get("X-Request-Id"));
  EXPECT_EQ(response.get("X-Correlation-Id"), id);
  EXPECT_EQ(json_of(response)["meta"]["correlationId"].asString(), id);
}

TEST_F(SkedCastAgency, R10TakesItsKeysNativeOnesAndAccessTokensAlone) {
  EXPECT_EQ(ask(key("skedcast")).status(), 200);
  EXPECT_EQ(ask(key("native")).status(), 200);
  EXPECT_EQ(ask(world_.domain.login("olga").access).status(), 200);
  for (const auto& other : {key("openskip"), key("scriptix", "live"), key("scriptix", "batch")}) {
    EXPECT_EQ(refusal(ask(other)), "401 invalid_token");
  }
  EXPECT_EQ(refusal(ask(world_.domain.login("olga").refresh)), "401 invalid_token");
}

TEST_F(SkedCastAgency, ReadsABearerAndNothingElse) {
  const std::string text(key("skedcast").reveal());
  const auto challenge = R"(Bearer realm="skedcast")";
  for (const auto& sent : {asked(), with_header(asked(), "x-api-key", text),
                           with_header(asked(), "authorization", "ApiKey " + text),
                           with_header(asked(), "authorization", "Basic " + text)}) {
    const auto response = world_.send(sent);
    EXPECT_EQ(refusal(response), "401 authentication_required");
    EXPECT_EQ(response.get("WWW-Authenticate"), challenge);
  }
  EXPECT_EQ(refusal(ask(Secret("nonsense"))), "401 invalid_token");
  EXPECT_EQ(refusal(world_.send(with_header(asked(), "authorization", "Bearer"))),
            "401 invalid_token");
}

TEST_F(SkedCastAgency, TellsRevokedAndExpiredFromUnknown) {
  const auto revoked = key("skedcast");
  const auto id = domain::authenticate_key(world_.domain.services, revoked.reveal())->key.value();
  ASSERT_TRUE(domain::revoke_account_key(world_.domain.services, owner_.id, id, owner_.id,
                                         world_.domain.origin)
                  .ok());
  EXPECT_EQ(refusal(ask(revoked)), "401 key_revoked");
  const auto expired = key("skedcast");
  const auto token = world_.domain.login("olga").access;
  world_.domain.clock.advance(domain::days(30));
  EXPECT_EQ(refusal(ask(expired)), "401 key_expired");
  EXPECT_EQ(refusal(ask(token)), "401 token_expired");
}

TEST_F(SkedCastAgency, OtherMethodsAndPathsAreRefusedInItsShape) {
  auto post = asked();
  post.method = "POST";
  const auto refused = world_.send(post);
  EXPECT_EQ(refusal(refused), "405 method_not_allowed");
  EXPECT_EQ(refused.get("Allow"), "GET, HEAD");
  auto below = asked();
  below.target = "/v1/agency/x";
  below.uri = fcgi::parse_uri(below.target);
  EXPECT_EQ(refusal(world_.send(below)), "404 not_found");
}

TEST_F(SkedCastAgency, IsNobodysWhereItIsSwitchedOff) {
  world_.settings.skedcast.enabled = false;
  const auto response = ask(key("skedcast"));
  EXPECT_EQ(response.status(), 404);
  EXPECT_EQ(response.get("X-Correlation-Id"), "");
}

TEST_F(SkedCastAgency, HeadIsAnswered) {
  auto head = asked();
  head.method = "HEAD";
  EXPECT_EQ(world_.send(with_bearer(head, key("skedcast"))).status(), 200);
}

}  // namespace
}  // namespace postern::handlers
