#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "handlers/dispatcharr/errors.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using domain::Errc;
using domain::Error;

struct Golden {
  Error error;
  Presented presented;
  int status;
  std::string body;
};

std::string bad_access(const std::string& message) {
  return R"({"detail":"Invalid token.","code":"token_not_valid","messages":[{"token_class":)"
         R"("AccessToken","token_type":"access","message":")" +
         message + R"("}]})";
}

std::string bad_refresh(const std::string& message) {
  return R"({"detail":")" + message + R"(","code":"token_not_valid"})";
}

const std::string kBadKey = R"({"detail":"Invalid API key."})";
const std::string kNoAccount = R"({"detail":"No active account found with the given credentials"})";
const std::string kNoAccountForToken =
    R"({"detail":"No active account found for the given token."})";
const std::string kDenied = R"({"detail":"You do not have permission to perform this action."})";

const std::string kBadRequest = R"({"detail":"Bad request."})";
const std::string kSecondFactor =
    R"({"detail":"Two-factor authentication is required. Use an API key instead."})";

const std::vector<Golden>& goldens() {
  static const std::vector<Golden> kGoldens{
      {{Errc::InvalidInput, "email", "invalid"},
       Presented::Nothing,
       400,
       R"({"email":["Enter a valid value."]})"},
      {{Errc::InvalidInput, "", "too_short"},
       Presented::Nothing,
       400,
       R"({"non_field_errors":["Ensure this field has more characters."]})"},
      {{Errc::InvalidInput, "name", "too_long"},
       Presented::Nothing,
       400,
       R"({"name":["Ensure this field is not longer than allowed."]})"},
      {{Errc::Taken, "username"},
       Presented::Nothing,
       400,
       R"({"username":["A user with that username already exists."]})"},
      {{Errc::Taken, "email"},
       Presented::Nothing,
       400,
       R"({"email":["A user with that email already exists."]})"},
      {{Errc::Taken, "name"},
       Presented::Nothing,
       400,
       R"({"name":["group with this name already exists."]})"},
      {{Errc::NotFound}, Presented::Nothing, 404, R"({"detail":"Not found."})"},
      {{Errc::NotPermitted}, Presented::Key, 403, kDenied},
      {{Errc::RegistrationClosed}, Presented::Nothing, 403, kDenied},
      {{Errc::InviteRequired}, Presented::Nothing, 403, kDenied},
      {{Errc::InviteInvalid}, Presented::Nothing, 403, kDenied},
      {{Errc::ReauthenticationRequired}, Presented::Bearer, 403, kDenied},
      {{Errc::KeyRestricted}, Presented::Key, 403, kDenied},
      {{Errc::ClientInvalid}, Presented::Key, 403, kDenied},
      {{Errc::ClientNotAllowed}, Presented::Key, 403, kDenied},
      {{Errc::GrantInvalid}, Presented::Key, 403, kDenied},
      {{Errc::ScopeInvalid}, Presented::Key, 403, kDenied},
      {{Errc::TargetInvalid}, Presented::Key, 403, kDenied},
      {{Errc::AuthorizationPending}, Presented::Key, 403, kDenied},
      {{Errc::SlowDown}, Presented::Key, 403, kDenied},
      {{Errc::AuthorizationExpired}, Presented::Key, 403, kDenied},
      {{Errc::AuthorizationDenied}, Presented::Key, 403, kDenied},
      {{Errc::IdentityNotLinked}, Presented::Nothing, 403, kDenied},
      {{Errc::ProviderRefused}, Presented::Nothing, 403, kDenied},
      {{Errc::InUse}, Presented::Bearer, 400, kBadRequest},
      {{Errc::NoEmail}, Presented::Nothing, 400, kBadRequest},
      {{Errc::AlreadyEnabled}, Presented::Bearer, 400, kBadRequest},
      {{Errc::NotEnabled}, Presented::Bearer, 400, kBadRequest},
      {{Errc::ChallengeInvalid}, Presented::Bearer, 400, kBadRequest},
      {{Errc::LinkInvalid}, Presented::Nothing, 400, kBadRequest},
      {{Errc::SecondFactorRequired}, Presented::Nothing, 401, kSecondFactor},
      {{Errc::SecondFactorInvalid}, Presented::Nothing, 401, kSecondFactor},
      {{Errc::ProviderUnavailable, "", "", domain::seconds(3)},
       Presented::Nothing,
       503,
       R"({"detail":"Service temporarily unavailable, try again later."})"},
      {{Errc::LastAdmin},
       Presented::Nothing,
       400,
       R"({"non_field_errors":["At least one active administrator must remain."]})"},
      {{Errc::InvalidCredentials}, Presented::Nothing, 401, kNoAccount},
      {{Errc::PasswordMustChange}, Presented::Nothing, 401, kNoAccount},
      {{Errc::ApprovalPending}, Presented::Nothing, 401, kNoAccount},
      {{Errc::TooManyAttempts, "", "", domain::seconds(60)},
       Presented::Nothing,
       429,
       R"({"detail":"Request was throttled. Expected available in 60 seconds."})"},
      {{Errc::TooManyAttempts, "", "", domain::seconds(1)},
       Presented::Nothing,
       429,
       R"({"detail":"Request was throttled. Expected available in 1 second."})"},
      {{Errc::Busy, "", "", domain::seconds(3)},
       Presented::Nothing,
       503,
       R"({"detail":"Service temporarily unavailable, try again later."})"},
      {{Errc::TokenInvalid}, Presented::Bearer, 401, bad_access("Token is invalid")},
      {{Errc::TokenInvalid, "", std::string(kMalformedHeader)},
       Presented::Bearer,
       401,
       R"({"detail":"Authorization header must contain two space-delimited values",)"
       R"("code":"bad_authorization_header"})"},
      {{Errc::TokenInvalid}, Presented::RefreshToken, 401, bad_refresh("Token is invalid")},
      {{Errc::TokenExpired}, Presented::Bearer, 401, bad_access("Token is expired")},
      {{Errc::TokenExpired}, Presented::RefreshToken, 401, bad_refresh("Token is expired")},
      {{Errc::TokenWrongKind}, Presented::Bearer, 401, bad_access("Token has wrong type")},
      {{Errc::TokenWrongKind}, Presented::RefreshToken, 401, bad_refresh("Token has wrong type")},
      {{Errc::TokenWrongKind}, Presented::Key, 401, kBadKey},
      {{Errc::TokenRevoked}, Presented::Bearer, 401, bad_access("Token is invalid")},
      {{Errc::RefreshInvalid}, Presented::RefreshToken, 401, bad_refresh("Token is invalid")},
      {{Errc::RefreshReused}, Presented::RefreshToken, 401, bad_refresh("Token is invalid")},
      {{Errc::RefreshExpired}, Presented::RefreshToken, 401, bad_refresh("Token is expired")},
      {{Errc::KeyInvalid}, Presented::Key, 401, kBadKey},
      {{Errc::KeyRevoked}, Presented::Key, 401, kBadKey},
      {{Errc::KeyExpired}, Presented::Key, 401, kBadKey},
      {{Errc::AccountInactive}, Presented::Key, 401, R"({"detail":"User inactive"})"},
      {{Errc::AccountInactive},
       Presented::Bearer,
       401,
       R"({"detail":"User is inactive","code":"user_inactive"})"},
      {{Errc::AccountInactive}, Presented::RefreshToken, 401, kNoAccountForToken},
      {{Errc::AccountGone},
       Presented::Bearer,
       401,
       R"({"detail":"User not found","code":"user_not_found"})"},
      {{Errc::AccountGone}, Presented::Key, 401, kBadKey},
      {{Errc::AccountGone}, Presented::RefreshToken, 401, kNoAccountForToken},
  };
  return kGoldens;
}

TEST(DispatcharrErrors, HaveTheirExactBodies) {
  for (const auto& golden : goldens()) {
    const auto response = refusal(golden.error, golden.presented);
    EXPECT_EQ(response.status(), golden.status) << golden.body;
    EXPECT_EQ(response.body(), golden.body);
    EXPECT_EQ(response.get("WWW-Authenticate"), golden.status == 401 ? R"(Bearer realm="api")" : "")
        << golden.body;
  }
}

TEST(DispatcharrErrors, CoverEveryRefusalOfTheDomain) {
  for (int code = 0; code <= static_cast<int>(Errc::RefreshReused); ++code) {
    const bool there = std::any_of(goldens().begin(), goldens().end(), [&](const auto& golden) {
      return static_cast<int>(golden.error.code) == code;
    });
    EXPECT_TRUE(there) << domain::name_of(static_cast<Errc>(code));
  }
}

TEST(DispatcharrErrors, B7x60NeverTellTheDetailThatIsForTheLog) {
  for (const auto& golden : goldens()) {
    auto error = golden.error;
    error.detail = "secret inner matter";
    EXPECT_EQ(refusal(error, golden.presented).body(), golden.body);
  }
}

TEST(DispatcharrErrors, SayForHowLong) {
  EXPECT_EQ(throttled(domain::seconds(60)).get("Retry-After"), "60");
  EXPECT_EQ(throttled(domain::seconds(0)).get("Retry-After"), "1");
  const Error busy{Errc::Busy, "", "", domain::seconds(3)};
  EXPECT_EQ(refusal(busy, Presented::Nothing).get("Retry-After"), "3");
}

TEST(DispatcharrErrors, AnswerWhatNoHandlerCould) {
  const Request request;
  EXPECT_EQ(failure(request, 400).body(), R"({"detail":"Bad request."})");
  EXPECT_EQ(failure(request, 413).body(), R"({"detail":"Request body is too large."})");
  EXPECT_EQ(failure(request, 431).body(), R"({"detail":"Request header fields are too large."})");
  EXPECT_EQ(failure(request, 500).body(), R"({"detail":"A server error occurred."})");
  EXPECT_EQ(failure(request, 503).body(),
            R"({"detail":"Service temporarily unavailable, try again later."})");
  EXPECT_EQ(failure(request, 503).get("Retry-After"), "2");
  EXPECT_EQ(failure(request, 500).status(), 500);
  EXPECT_EQ(not_found(request).body(), R"({"detail":"Not found."})");
  EXPECT_EQ(forbidden(request, Guard::Admin).body(), kDenied);
}

}  // namespace
}  // namespace postern::handlers::dispatcharr
