#include <gtest/gtest.h>

#include "handlers/oauth/errors.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Error;
using test::json_of;

std::string told(const Error& error) {
  const auto response = refusal(error);
  return std::to_string(response.status()) + " " + json_of(response)["error"].asString();
}

TEST(OAuthErrors, Rfc6749HaveTheWordsThatClientsKnow) {
  EXPECT_EQ(told({Errc::InvalidInput, "code", "missing"}), "400 invalid_request");
  EXPECT_EQ(told({Errc::InvalidInput, "dpop", "ath"}), "400 invalid_dpop_proof");
  EXPECT_EQ(told({Errc::ClientInvalid}), "401 invalid_client");
  EXPECT_EQ(told({Errc::ClientNotAllowed}), "400 unauthorized_client");
  EXPECT_EQ(told({Errc::AccountInactive}), "400 unauthorized_client");
  EXPECT_EQ(told({Errc::GrantInvalid}), "400 invalid_grant");
  EXPECT_EQ(told({Errc::RefreshReused}), "400 invalid_grant");
  EXPECT_EQ(told({Errc::ScopeInvalid}), "400 invalid_scope");
  EXPECT_EQ(told({Errc::TargetInvalid}), "400 invalid_target");
  EXPECT_EQ(told({Errc::AuthorizationPending}), "400 authorization_pending");
  EXPECT_EQ(told({Errc::SlowDown}), "400 slow_down");
  EXPECT_EQ(told({Errc::AuthorizationExpired}), "400 expired_token");
  EXPECT_EQ(told({Errc::AuthorizationDenied}), "400 access_denied");
}

TEST(OAuthErrors, NothingTemporaryMakesAClientDropItsTokens) {
  for (const auto& [error, status] :
       {std::pair(Error{Errc::TooManyAttempts, {}, {}, domain::seconds(7)}, 429),
        std::pair(Error{Errc::Busy, {}, {}, domain::seconds(7)}, 503),
        std::pair(Error{Errc::ProviderUnavailable, {}, {}, domain::seconds(7)}, 503)}) {
    const auto response = refusal(error);
    EXPECT_EQ(response.status(), status);
    EXPECT_EQ(json_of(response)["error"], "temporarily_unavailable");
    EXPECT_EQ(response.get("Retry-After"), "7");
  }
}

TEST(OAuthErrors, Checklist2dAChallengeOnlyWhereTheHeaderWasUsed) {
  EXPECT_EQ(refusal({Errc::ClientInvalid}).get("WWW-Authenticate"), "");
  EXPECT_TRUE(
      refusal({Errc::ClientInvalid}, true).get("WWW-Authenticate").starts_with("Basic realm="));
  EXPECT_EQ(refusal({Errc::GrantInvalid}, true).get("WWW-Authenticate"), "");
}

TEST(OAuthErrors, DescriptionsAreNeverNullNorOutsideOfWhatIsAllowed) {
  const auto none = json_of(error_answer(400, "slow_down"));
  EXPECT_FALSE(none.isMember("error_description"));
  const auto odd = json_of(refusal({Errc::InvalidInput, "a\"b", "c\\d\x01"}));
  EXPECT_EQ(odd["error_description"], "a b: c d ");
}

TEST(OAuthErrors, Rfc9449WhatIsWrongWithAProofIsSaid) {
  for (const char* reason : {"ath", "htm", "htu", "iat", "jti", "malformed", "replayed",
                             "signature", "too_long", "typ"}) {
    const auto answer = json_of(refusal({Errc::InvalidInput, "dpop", reason}));
    EXPECT_EQ(answer["error"], "invalid_dpop_proof");
    EXPECT_TRUE(answer["error_description"].asString().starts_with("the proof")) << reason;
  }
  EXPECT_EQ(json_of(refusal({Errc::InvalidInput, "dpop", "proof missing"}))["error_description"],
            "proof missing");
}

TEST(OAuthErrors, PagesAreForPeopleAndJsonForTheRest) {
  for (const auto* path : {"/oauth/authorize", "/oauth/sign-in", "/oauth/sign-in/google",
                           "/oauth/consent", "/oauth/device", "/oauth/logout"}) {
    EXPECT_TRUE(is_page(path)) << path;
    const auto response = failure(test::request("GET", path), 503);
    EXPECT_TRUE(response.get("Content-Type").starts_with("text/html")) << path;
    EXPECT_NE(response.get("Retry-After"), "") << path;
    EXPECT_EQ(response.get("Access-Control-Allow-Origin"), "") << path;
  }
  for (const auto* path :
       {"/oauth/token", "/oauth/register", "/oauth/revoke", "/oauth/introspect", "/oauth/userinfo",
        "/oauth/device_authorization", "/oauth/par", "/.well-known/jwks.json"}) {
    EXPECT_FALSE(is_page(path)) << path;
    const auto response = failure(test::request("POST", path), 503);
    EXPECT_EQ(json_of(response)["error"], "temporarily_unavailable") << path;
    EXPECT_NE(response.get("Retry-After"), "") << path;
  }
  EXPECT_TRUE(failure(test::request("GET", "/below/oauth/consent"), 500)
                  .get("Content-Type")
                  .starts_with("text/html"))
      << "mounted";
  EXPECT_EQ(json_of(failure(test::request("POST", "/oauth/token"), 500))["error"], "server_error");
  EXPECT_EQ(json_of(failure(test::request("POST", "/oauth/token"), 413))["error"],
            "invalid_request");
}

TEST(OAuthErrors, Rfc9110AllowedMethodsAreTold) {
  const auto response = method_not_allowed(test::request("GET", "/oauth/token"), "POST");
  EXPECT_EQ(response.status(), 405);
  EXPECT_EQ(response.get("Allow"), "POST");
  EXPECT_EQ(json_of(response)["error"], "invalid_request");
}

}  // namespace
}  // namespace postern::handlers::oauth
