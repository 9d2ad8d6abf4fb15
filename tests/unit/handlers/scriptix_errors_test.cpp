#include <gtest/gtest.h>

#include <map>
#include <string>

#include "handlers/json_body.hpp"
#include "handlers/scriptix/errors.hpp"

namespace postern::handlers::scriptix {
namespace {

using domain::Errc;
using domain::Error;

std::string told(int status, const std::string& message, const std::string& code) {
  return std::to_string(status) + R"( {"error":")" + std::string(fcgi::reason_phrase(status)) +
         R"(","message":")" + message + R"(","error_code":")" + code + R"("})";
}

std::string golden(const Response& response) {
  return std::to_string(response.status()) + ' ' + response.body();
}

TEST(ScriptixErrors, EachRefusalOfTheDomainHasItsWords) {
  const auto invalid = told(401, "Invalid API key", "INVALID_API_KEY");
  const auto revoked = told(401, "API key has been revoked", "KEY_REVOKED");
  const auto denied =
      told(403, "API key does not have permission for this operation", "INSUFFICIENT_PERMISSIONS");
  const auto conflict = told(409, "This cannot be done now", "CONFLICT");
  const auto sso = told(403, "This sign-in is not accepted here", "SSO_REFUSED");
  const auto away =
      told(503, "Service temporarily unavailable. Please try again.", "SERVICE_UNAVAILABLE");
  const std::map<Errc, std::string> goldens{
      {Errc::InvalidInput, told(422, "name is not valid", "VALIDATION_ERROR")},
      {Errc::Taken, told(409, "name is in use already", "ALREADY_EXISTS")},
      {Errc::NotFound, told(404, "Resource not found", "NOT_FOUND")},
      {Errc::NotPermitted, denied},
      {Errc::LastAdmin, conflict},
      {Errc::RegistrationClosed, denied},
      {Errc::InviteRequired, denied},
      {Errc::InviteInvalid, denied},
      {Errc::InUse, conflict},
      {Errc::NoEmail, conflict},
      {Errc::InvalidCredentials, told(401, "Invalid credentials", "INVALID_CREDENTIALS")},
      {Errc::PasswordMustChange, told(401, "Invalid credentials", "INVALID_CREDENTIALS")},
      {Errc::ApprovalPending, told(403, "Account pending approval", "ACCOUNT_PENDING_APPROVAL")},
      {Errc::TooManyAttempts,
       R"(429 {"error":"Rate Limit Exceeded","message":"Too many requests. Please try again in 60 )"
       R"(seconds.","error_code":"RATE_LIMIT_EXCEEDED","retry_after":60})"},
      {Errc::Busy, away},
      {Errc::SecondFactorRequired, told(401, "MFA code required", "MFA_REQUIRED")},
      {Errc::SecondFactorInvalid, told(401, "Invalid MFA code", "INVALID_MFA_CODE")},
      {Errc::AlreadyEnabled, conflict},
      {Errc::NotEnabled, conflict},
      {Errc::ChallengeInvalid, conflict},
      {Errc::ReauthenticationRequired, denied},
      {Errc::TokenInvalid, invalid},
      {Errc::TokenExpired, invalid},
      {Errc::TokenWrongKind, invalid},
      {Errc::TokenRevoked, invalid},
      {Errc::KeyInvalid, invalid},
      {Errc::KeyRevoked, revoked},
      {Errc::KeyExpired, revoked},
      {Errc::AccountInactive, invalid},
      {Errc::AccountGone, invalid},
      {Errc::KeyRestricted, denied},
      {Errc::LinkInvalid, told(400, "This link is not valid", "INVALID_LINK")},
      {Errc::IdentityNotLinked, sso},
      {Errc::ProviderRefused, sso},
      {Errc::ProviderUnavailable, away},
      {Errc::ClientInvalid, denied},
      {Errc::ClientNotAllowed, denied},
      {Errc::GrantInvalid, denied},
      {Errc::ScopeInvalid, denied},
      {Errc::TargetInvalid, denied},
      {Errc::AuthorizationPending, denied},
      {Errc::SlowDown, denied},
      {Errc::AuthorizationExpired, denied},
      {Errc::AuthorizationDenied, denied},
      {Errc::RefreshInvalid, invalid},
      {Errc::RefreshExpired, invalid},
      {Errc::RefreshReused, invalid},
  };
  EXPECT_EQ(goldens.size(), static_cast<std::size_t>(Errc::RefreshReused) + 1) << "one each";
  for (const auto& [code, expected] : goldens) {
    const auto response = refusal({code, "name", "", domain::seconds(60), "never sent"});
    EXPECT_EQ(golden(response), expected);
    EXPECT_EQ(response.get("WWW-Authenticate"), response.status() == 401 ? "Bearer" : "");
    const bool waits = response.status() == 429 || response.status() == 503;
    EXPECT_EQ(response.get("Retry-After"), waits ? "60" : "");
  }
}

TEST(ScriptixErrors, AWaitIsAtLeastOneSecond) {
  const auto response = refusal({.code = Errc::TooManyAttempts});
  EXPECT_EQ(response.get("Retry-After"), "1");
  EXPECT_NE(response.body().find("in 1 second."), std::string::npos);
}

TEST(ScriptixErrors, WhereNoHandlerAnsweredTheShapeIsTheSame) {
  for (const int status : {400, 413, 415, 431, 500, 503}) {
    const auto response = failure(Request{}, status);
    EXPECT_EQ(response.status(), status);
    const auto body = parse_json(response.body()).value.value_or(Json::Value());
    EXPECT_EQ(body.size(), 3U);
    for (const auto* member : {"error", "message", "error_code"}) {
      EXPECT_TRUE(body[member].isString()) << status;
    }
    EXPECT_EQ(response.get("Retry-After"), status == 503 ? "2" : "");
  }
  EXPECT_EQ(golden(failure(Request{}, 500)),
            told(500, "An unexpected error occurred", "INTERNAL_ERROR"));
}

TEST(ScriptixErrors, EachReasonOfAFieldHasWords) {
  const auto words = [](const char* reason) {
    return parse_json(refusal({Errc::InvalidInput, "name", reason}).body())
        .value.value_or(Json::Value())["message"]
        .asString();
  };
  EXPECT_EQ(words("empty"), "name must not be empty");
  EXPECT_EQ(words("too_short"), "name must not be empty");
  EXPECT_EQ(words("too_long"), "name is too long");
  EXPECT_EQ(words("invalid_characters"), "name holds characters that are not accepted");
  EXPECT_EQ(words("out_of_range"), "name is out of range");
  EXPECT_EQ(words("unknown"), "name is not known");
  EXPECT_EQ(words("odd"), "name is not valid");
}

}  // namespace
}  // namespace postern::handlers::scriptix
