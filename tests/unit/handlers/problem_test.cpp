#include "handlers/native/problem.hpp"

#include <gtest/gtest.h>

#include "handlers/json_body.hpp"

namespace postern::handlers::native {
namespace {

Request request() {
  Request made;
  made.id = "0123456789abcdef0123456789abcdef";
  return made;
}

Json::Value body_of(const Response& response) {
  return parse_json(response.body()).value.value();
}

TEST(Problem, HasTheMembersOfRfc9457AndOurs) {
  const auto response = refuse(request(), kNotFound);
  EXPECT_EQ(response.status(), 404);
  EXPECT_EQ(response.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.body(),
            R"({"code":"not_found","detail":"There is no such thing",)"
            R"("request_id":"0123456789abcdef0123456789abcdef","status":404,)"
            R"("title":"There is no such thing","type":"/auth/v1/problems/not_found"})");
}

struct Expected {
  domain::Errc errc;
  int status;
  const char* code;
};

// Every enumerator stands here, in the order of error.hpp.
constexpr Expected kExpected[] = {
    {domain::Errc::InvalidInput, 422, "invalid_input"},
    {domain::Errc::Taken, 409, "taken"},
    {domain::Errc::NotFound, 404, "not_found"},
    {domain::Errc::NotPermitted, 403, "not_permitted"},
    {domain::Errc::LastAdmin, 409, "last_admin"},
    {domain::Errc::RegistrationClosed, 403, "registration_closed"},
    {domain::Errc::InviteRequired, 403, "invite_required"},
    {domain::Errc::InviteInvalid, 403, "invite_invalid"},
    {domain::Errc::InUse, 409, "in_use"},
    {domain::Errc::NoEmail, 409, "no_email"},
    {domain::Errc::SecondFactorRequired, 401, "mfa_required"},
    {domain::Errc::SecondFactorInvalid, 401, "mfa_invalid"},
    {domain::Errc::AlreadyEnabled, 409, "already_enabled"},
    {domain::Errc::NotEnabled, 409, "not_enabled"},
    {domain::Errc::ChallengeInvalid, 409, "not_enabled"},
    {domain::Errc::PasswordMustChange, 401, "invalid_credentials"},
    {domain::Errc::ReauthenticationRequired, 403, "reauthentication_required"},
    {domain::Errc::KeyRestricted, 403, "key_restricted"},
    {domain::Errc::LinkInvalid, 400, "invalid_token"},
    {domain::Errc::IdentityNotLinked, 403, "identity_not_linked"},
    {domain::Errc::ProviderRefused, 403, "provider_refused"},
    {domain::Errc::ProviderUnavailable, 503, "provider_unavailable"},
    {domain::Errc::InvalidCredentials, 401, "invalid_credentials"},
    {domain::Errc::ApprovalPending, 403, "approval_pending"},
    {domain::Errc::TooManyAttempts, 429, "too_many_attempts"},
    {domain::Errc::Busy, 503, "busy"},
    {domain::Errc::TokenInvalid, 401, "invalid_token"},
    {domain::Errc::TokenExpired, 401, "token_expired"},
    {domain::Errc::TokenWrongKind, 401, "invalid_token"},
    {domain::Errc::TokenRevoked, 401, "invalid_token"},
    {domain::Errc::KeyInvalid, 401, "invalid_key"},
    {domain::Errc::KeyRevoked, 401, "key_revoked"},
    {domain::Errc::KeyExpired, 401, "key_expired"},
    {domain::Errc::AccountInactive, 401, "account_inactive"},
    {domain::Errc::AccountGone, 401, "account_inactive"},
    {domain::Errc::RefreshInvalid, 401, "invalid_refresh_token"},
    {domain::Errc::RefreshExpired, 401, "invalid_refresh_token"},
    {domain::Errc::RefreshReused, 401, "invalid_refresh_token"},
};

TEST(Problem, EachRefusalOfTheDomainHasItsStatusAndCode) {
  for (const auto& expected : kExpected) {
    const auto response = refuse(request(), domain::Error{expected.errc});
    EXPECT_EQ(response.status(), expected.status) << name_of(expected.errc);
    EXPECT_EQ(body_of(response)["code"].asString(), expected.code) << name_of(expected.errc);
    EXPECT_EQ(body_of(response)["status"].asInt(), expected.status) << name_of(expected.errc);
    EXPECT_EQ(response.get("WWW-Authenticate").empty(), expected.status != 401);
    const bool later = expected.status == 429 || expected.status == 503;
    EXPECT_EQ(response.get("Retry-After").empty(), !later) << name_of(expected.errc);
  }
}

TEST(Problem, NeverTellsTheDetailOfAnError) {
  for (const auto& expected : kExpected) {
    domain::Error error{expected.errc};
    error.detail = "kept-for-the-log";
    const auto body = refuse(request(), error).body();
    EXPECT_EQ(body.find("kept-for-the-log"), std::string::npos) << name_of(expected.errc);
  }
}

TEST(Problem, NamesTheMemberAndTheReason) {
  const auto response =
      refuse(request(), domain::Error{domain::Errc::InvalidInput, "username", "too_long"});
  EXPECT_EQ(write_json(body_of(response)["errors"]),
            R"([{"code":"too_long","message":"This value is too long.","path":"username"}])");
  const auto taken = refuse(request(), domain::Error{domain::Errc::Taken, "email"});
  EXPECT_EQ(write_json(body_of(taken)["errors"]),
            R"([{"code":"taken","message":"This value is in use already.","path":"email"}])");
}

TEST(Problem, RetryAfterIsTheDomainsAndAtLeastOne) {
  domain::Error error{domain::Errc::TooManyAttempts};
  error.retry_after = std::chrono::seconds(77);
  EXPECT_EQ(refuse(request(), error).get("Retry-After"), "77");
  error.retry_after = std::chrono::seconds(0);
  EXPECT_EQ(refuse(request(), error).get("Retry-After"), "1");
}

TEST(Problem, ListsAtMostTwentyFaults) {
  const std::vector<FieldFault> many(100, FieldFault{"a", "required"});
  EXPECT_EQ(body_of(refuse(request(), kInvalidInput, many))["errors"].size(), 20U);
}

TEST(Problem, ChallengesAsRfc6750Says) {
  EXPECT_EQ(unauthenticated(request(), nullptr).get("WWW-Authenticate"),
            R"(Bearer realm="postern")");
  const domain::Error expired{domain::Errc::TokenExpired};
  EXPECT_EQ(unauthenticated(request(), &expired).get("WWW-Authenticate"),
            R"(Bearer realm="postern", error="invalid_token")");
  EXPECT_EQ(forbidden(request(), Guard::Admin).get("WWW-Authenticate"),
            R"(Bearer realm="postern", error="insufficient_scope", scope="admin")");
  EXPECT_EQ(forbidden(request(), Guard::Session).get("WWW-Authenticate"), "");
}

TEST(Problem, FailuresHaveAShapeOfTheirOwn) {
  const std::pair<int, const char*> failures[] = {
      {400, "bad_request"}, {413, "body_too_large"}, {431, "headers_too_large"},
      {500, "internal"},    {503, "unavailable"},    {502, "refused"}};
  for (const auto& [status, code] : failures) {
    const auto response = failure(request(), status);
    EXPECT_EQ(response.status(), status);
    EXPECT_EQ(body_of(response)["code"].asString(), code);
    EXPECT_EQ(response.get("Retry-After"), status == 503 ? "2" : "");
  }
  EXPECT_EQ(failure(request(), 200).status(), 500) << "a failure is never a success";
}

TEST(Problem, IsNotCachedAndNotSniffed) {
  const auto response = refuse(request(), kNotFound);
  EXPECT_EQ(response.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.get("X-Content-Type-Options"), "nosniff");
}

}  // namespace
}  // namespace postern::handlers::native
