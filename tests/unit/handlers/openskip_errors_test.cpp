#include <gtest/gtest.h>

#include "handlers/openskip/errors.hpp"
#include "handlers/openskip/openskip.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::openskip {
namespace {

using domain::Errc;
using domain::Error;

void expect_answer(const Response& response, int status, std::string_view body) {
  EXPECT_EQ(response.status(), status);
  EXPECT_EQ(response.body(), body);
  EXPECT_EQ(response.get("WWW-Authenticate"), status == 401 ? "Bearer" : "");
}

struct Row {
  Error error;
  int status;
  std::string_view detail;
};

const Row kRows[] = {
    {{Errc::Taken, "username"}, 400, "Username already registered"},
    {{Errc::Taken, "email"}, 400, "Email already registered"},
    {{Errc::NotFound}, 404, "Not Found"},
    {{Errc::NotPermitted, "permissions"}, 403, "Not enough permissions"},
    {{Errc::LastAdmin}, 400, "At least one active administrator must remain"},
    {{Errc::RegistrationClosed}, 403, "Registration is closed"},
    {{Errc::InviteRequired}, 400, "Invalid invite code"},
    {{Errc::InviteInvalid}, 400, "Invalid invite code"},
    {{Errc::InUse}, 400, "Bad Request"},
    {{Errc::NoEmail}, 400, "Bad Request"},
    {{Errc::InvalidCredentials}, 401, "Incorrect username or password"},
    {{Errc::ApprovalPending}, 403, "Account pending approval"},
    {{Errc::SecondFactorRequired}, 403, "Two-factor authentication is required; use an API key"},
    {{Errc::SecondFactorInvalid}, 403, "Two-factor authentication is required; use an API key"},
    {{Errc::TooManyAttempts, "", "", domain::seconds(7)}, 429, "Too many requests"},
    {{Errc::Busy, "", "", domain::seconds(7)}, 503, "Service Unavailable"},
    {{Errc::ProviderUnavailable, "", "", domain::seconds(7)}, 503, "Service Unavailable"},
    {{Errc::AlreadyEnabled}, 400, "Bad Request"},
    {{Errc::NotEnabled}, 400, "Bad Request"},
    {{Errc::ReauthenticationRequired}, 403, "Not enough permissions"},
    {{Errc::TokenInvalid}, 401, "Could not validate credentials"},
    {{Errc::TokenExpired}, 401, "Could not validate credentials"},
    {{Errc::TokenWrongKind}, 401, "Could not validate credentials"},
    {{Errc::TokenRevoked}, 401, "Could not validate credentials"},
    {{Errc::KeyInvalid}, 401, "Invalid API key"},
    {{Errc::KeyRevoked}, 401, "Invalid API key"},
    {{Errc::KeyExpired}, 401, "Invalid API key"},
    {{Errc::AccountInactive}, 401, "Could not validate credentials"},
    {{Errc::AccountGone}, 401, "Could not validate credentials"},
    {{Errc::KeyRestricted, "network"}, 403, "Not enough permissions"},
    {{Errc::LinkInvalid}, 400, "Bad Request"},
    {{Errc::IdentityNotLinked}, 403, "Not enough permissions"},
    {{Errc::ProviderRefused}, 403, "Not enough permissions"},
    {{Errc::RefreshInvalid}, 401, "Could not validate credentials"},
    {{Errc::RefreshExpired}, 401, "Could not validate credentials"},
    {{Errc::RefreshReused}, 401, "Could not validate credentials"},
};

TEST(OpenSkipErrors, EachRefusalHasItsStatusAndItsWords) {
  for (const auto& row : kRows) {
    SCOPED_TRACE(domain::name_of(row.error.code));
    const auto response = refusal(row.error);
    expect_answer(response, row.status, R"({"detail":")" + std::string(row.detail) + R"("})");
    const bool later = row.status == 429 || row.status == 503;
    EXPECT_EQ(response.get("Retry-After"), later ? "7" : "");
    EXPECT_EQ(response.get("Content-Type"), "application/json");
  }
}

TEST(OpenSkipErrors, SaysAtLeastASecondToWait) {
  EXPECT_EQ(refusal(Error{Errc::TooManyAttempts}).get("Retry-After"), "1");
  EXPECT_EQ(refusal(Error{Errc::Busy}).get("Retry-After"), "1");
}

TEST(OpenSkipErrors, AWrongValueIsToldWithItsPlace) {
  expect_answer(
      refusal(Error{Errc::InvalidInput, "password", "too_common"}), 422,
      R"({"detail":[{"loc":["body","password"],"msg":"Value error, too common","type":"value_error"}]})");
  expect_answer(
      refusal(Error{Errc::InvalidInput}), 422,
      R"({"detail":[{"loc":["body"],"msg":"Value error, invalid","type":"value_error"}]})");
}

TEST(OpenSkipErrors, CountsOneCharacterAndManyInPydanticsWords) {
  expect_answer(
      unprocessable({too_short_fault("name", 1), too_long_fault("name", 100)}), 422,
      R"({"detail":[{"loc":["body","name"],"msg":"String should have at least 1 character","type":"string_too_short"},)"
      R"({"loc":["body","name"],"msg":"String should have at most 100 characters","type":"string_too_long"}]})");
}

TEST(OpenSkipErrors, NoCredentialAndABadOneAreToldApart) {
  const auto plain = test::request("GET", "/api/v1/auth/me");
  expect_answer(unauthenticated(plain, nullptr), 401, R"({"detail":"Not authenticated"})");
  const auto keyed = test::with_header(plain, "x-api-key", "osk_x");
  const Error inactive{Errc::AccountInactive};
  expect_answer(unauthenticated(keyed, &inactive), 401, R"({"detail":"Invalid API key"})");
  const auto bearer = test::with_header(keyed, "authorization", "Bearer x");
  expect_answer(unauthenticated(bearer, &inactive), 401,
                R"({"detail":"Could not validate credentials"})");
}

TEST(OpenSkipErrors, AKeyWhereASessionIsNeededIsToldSo) {
  const auto request = test::request("GET", "/api/v1/auth/api-keys");
  expect_answer(forbidden(request, Guard::Session), 403,
                R"({"detail":"JWT authentication required"})");
  expect_answer(forbidden(request, Guard::Admin), 403, R"({"detail":"Not enough permissions"})");
}

TEST(OpenSkipErrors, FailuresHaveTheSameShape) {
  const Request request;
  expect_answer(failure(request, 400), 400, R"({"detail":"Bad Request"})");
  expect_answer(failure(request, 413), 413, R"({"detail":"Content Too Large"})");
  expect_answer(failure(request, 500), 500, R"({"detail":"Internal Server Error"})");
  const auto away = failure(request, 503);
  expect_answer(away, 503, R"({"detail":"Service Unavailable"})");
  EXPECT_EQ(away.get("Retry-After"), "2");
}

TEST(OpenSkipErrors, UnknownPathsAndMethodsAreStarlettes) {
  expect_answer(not_found(test::request("GET", "/api/v1/auth/nothing")), 404,
                R"({"detail":"Not Found"})");
  const auto response = method_not_allowed(test::request("PUT", "/api/v1/auth/me"), "GET, HEAD");
  expect_answer(response, 405, R"({"detail":"Method Not Allowed"})");
  EXPECT_EQ(response.get("Allow"), "GET, HEAD");
}

std::string redirected(std::string_view method, std::string_view target) {
  const auto response = not_found(test::request(method, target));
  return std::to_string(response.status()) + " " + std::string(response.get("Location"));
}

TEST(OpenSkipErrors, AFinalSlashIsRedirectedWithMethodAndQuery) {
  EXPECT_EQ(redirected("GET", "/api/v1/auth/me/"), "307 /api/v1/auth/me");
  EXPECT_EQ(redirected("POST", "/api/v1/auth/token/?a=1&b=%C3%A9"),
            "307 /api/v1/auth/token?a=1&b=%C3%A9");
  EXPECT_EQ(redirected("DELETE", "/api/v1/auth/api-keys/7/"), "307 /api/v1/auth/api-keys/7");
  EXPECT_EQ(redirected("PUT", "/api/v1/auth/me/"), "307 /api/v1/auth/me");
  EXPECT_EQ(redirected("GET", "/api/v1/admin/users/"), "307 /api/v1/admin/users");
  EXPECT_EQ(redirected("GET", "/api/v1/auth/nothing/"), "404 ");
  EXPECT_EQ(redirected("GET", "/api/v1/auth/me//"), "307 /api/v1/auth/me");
}

TEST(OpenSkipErrors, CWE601NoRedirectLeavesTheSite) {
  EXPECT_EQ(redirected("GET", "//elsewhere.example/../api/v1/auth/me/"), "307 /api/v1/auth/me");
  auto forged = test::request("GET", "/api/v1/auth/me/");
  forged.host = "elsewhere.example";
  EXPECT_EQ(not_found(forged).get("Location"), "/api/v1/auth/me");
  EXPECT_EQ(redirected("DELETE", "/api/v1/auth/api-keys/%3Fa%23%20%C3%A9/"),
            "307 /api/v1/auth/api-keys/%3Fa%23%20%C3%A9");
}

}  // namespace
}  // namespace postern::handlers::openskip
