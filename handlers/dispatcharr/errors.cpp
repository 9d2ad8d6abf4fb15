#include "handlers/dispatcharr/errors.hpp"

#include <algorithm>

#include "handlers/dispatcharr/credential.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using domain::Errc;

constexpr std::string_view kNotProvided = "Authentication credentials were not provided.";
constexpr std::string_view kNoActiveAccount = "No active account found with the given credentials";
constexpr std::string_view kNoActiveAccountForToken =
    "No active account found for the given token.";
constexpr std::string_view kOutage = "Service temporarily unavailable, try again later.";
constexpr domain::seconds kRetryAfterOutage{2};

/// Every 401 names the scheme that the original names first.
Response challenge(std::string json) {
  auto response = ok(std::move(json), 401);
  response.set("WWW-Authenticate", R"(Bearer realm="api")");
  return response;
}

Response challenge_detail(std::string_view text) {
  return challenge(ObjectText().text("detail", text).finish());
}

Response challenge_code(std::string_view text, std::string_view code) {
  return challenge(ObjectText().text("detail", text).text("code", code).finish());
}

/// The detail is the document's word; code and messages are what the real library adds.
Response bad_access_token(std::string_view message) {
  const auto entry = ObjectText()
                         .text("token_class", "AccessToken")
                         .text("token_type", "access")
                         .text("message", message)
                         .finish();
  return challenge(ObjectText()
                       .text("detail", "Invalid token.")
                       .text("code", "token_not_valid")
                       .raw("messages", raw_list({entry}))
                       .finish());
}

Response bad_token(Presented presented, std::string_view message) {
  switch (presented) {
    case Presented::RefreshToken:
      return challenge_code(message, "token_not_valid");
    case Presented::Key:
      return challenge_detail("Invalid API key.");
    case Presented::Bearer:
    case Presented::Nothing:
      break;
  }
  return bad_access_token(message);
}

Response inactive(Presented presented) {
  switch (presented) {
    case Presented::RefreshToken:
      return challenge_detail(kNoActiveAccountForToken);
    case Presented::Key:
      return challenge_detail("User inactive");
    case Presented::Bearer:
    case Presented::Nothing:
      break;
  }
  return challenge_code("User is inactive", "user_inactive");
}

Response gone(Presented presented) {
  if (presented == Presented::RefreshToken) return challenge_detail(kNoActiveAccountForToken);
  if (presented == Presented::Key) return challenge_detail("Invalid API key.");
  return challenge_code("User not found", "user_not_found");
}

std::string_view text_of_reason(std::string_view reason) {
  if (reason == "too_short") return "Ensure this field has more characters.";
  if (reason == "too_common") return "This password is too common.";
  if (reason == "too_long") return "Ensure this field is not longer than allowed.";
  if (reason == "unknown") return "Invalid pk - object does not exist.";
  return "Enter a valid value.";
}

std::string_view name_of_field(const domain::Error& error) {
  return error.field.empty() ? "non_field_errors" : std::string_view(error.field);
}

Response taken(const domain::Error& error) {
  if (error.field == "name") return field_error("name", "group with this name already exists.");
  if (error.field == "email") return field_error("email", "A user with that email already exists.");
  return field_error("username", "A user with that username already exists.");
}

Response unavailable(domain::seconds retry_after) {
  auto response = detail(503, kOutage);
  response.set("Retry-After", std::to_string(std::max<long long>(1, retry_after.count())));
  return response;
}

Response bad_header() {
  return challenge_code("Authorization header must contain two space-delimited values",
                        "bad_authorization_header");
}

}  // namespace

Response ok(std::string json, int status) {
  return Response(status, "application/json", std::move(json));
}

Response detail(int status, std::string_view text) {
  return ok(ObjectText().text("detail", text).finish(), status);
}

Response field_error(std::string_view field, std::string_view message) {
  return ok(ObjectText().raw(field, text_list({std::string(message)})).finish(), 400);
}

Response throttled(domain::seconds retry_after) {
  const auto wait = std::max<long long>(1, retry_after.count());
  auto response = detail(429, "Request was throttled. Expected available in " +
                                  std::to_string(wait) + (wait == 1 ? " second." : " seconds."));
  response.set("Retry-After", std::to_string(wait));
  return response;
}

Response refusal(const domain::Error& error, Presented presented) {
  switch (error.code) {
    case Errc::InvalidInput:
      return field_error(name_of_field(error), text_of_reason(error.reason));
    case Errc::Taken:
      return taken(error);
    case Errc::NotFound:
      return detail(404, "Not found.");
    case Errc::NotPermitted:
    case Errc::ClientInvalid:
    case Errc::ClientNotAllowed:
    case Errc::GrantInvalid:
    case Errc::ScopeInvalid:
    case Errc::TargetInvalid:
    case Errc::AuthorizationPending:
    case Errc::SlowDown:
    case Errc::AuthorizationExpired:
    case Errc::AuthorizationDenied:
    case Errc::RegistrationClosed:
    case Errc::InviteRequired:
    case Errc::InviteInvalid:
    case Errc::ReauthenticationRequired:
    case Errc::KeyRestricted:
    case Errc::IdentityNotLinked:
    case Errc::ProviderRefused:
      return detail(403, kPermissionDenied);
    case Errc::InUse:
    case Errc::NoEmail:
    case Errc::AlreadyEnabled:
    case Errc::NotEnabled:
    case Errc::ChallengeInvalid:
    case Errc::LinkInvalid:
      return detail(400, "Bad request.");
    // Its clients have no field for one: such an account uses its API key here.
    case Errc::SecondFactorRequired:
    case Errc::SecondFactorInvalid:
      return challenge_detail("Two-factor authentication is required. Use an API key instead.");
    case Errc::ProviderUnavailable:
      return unavailable(error.retry_after);
    case Errc::LastAdmin:
      return field_error("non_field_errors", "At least one active administrator must remain.");
    case Errc::InvalidCredentials:
    case Errc::PasswordMustChange:
    case Errc::ApprovalPending:
      return challenge_detail(kNoActiveAccount);
    case Errc::TooManyAttempts:
      return throttled(error.retry_after);
    case Errc::Busy:
      return unavailable(error.retry_after);
    case Errc::TokenInvalid:
      return error.reason == kMalformedHeader ? bad_header()
                                              : bad_token(presented, "Token is invalid");
    case Errc::TokenExpired:
      return bad_token(presented, "Token is expired");
    case Errc::TokenWrongKind:
      return bad_token(presented, "Token has wrong type");
    case Errc::TokenRevoked:
    case Errc::RefreshInvalid:
    case Errc::RefreshReused:
      return bad_token(presented, "Token is invalid");
    case Errc::RefreshExpired:
      return bad_token(presented, "Token is expired");
    case Errc::KeyInvalid:
    case Errc::KeyRevoked:
    case Errc::KeyExpired:
      return challenge_detail("Invalid API key.");
    case Errc::AccountInactive:
      return inactive(presented);
    case Errc::AccountGone:
      return gone(presented);
  }
  return failure(Request{}, 500);
}

Response unauthenticated(const Request& request, const domain::Error* error) {
  if (error == nullptr) return challenge_detail(kNotProvided);
  const auto credential = find_credential(request);
  return refusal(*error, credential ? credential->presented : Presented::Nothing);
}

Response forbidden(const Request&, Guard) {
  return detail(403, kPermissionDenied);
}

Response not_found(const Request&) {
  return detail(404, "Not found.");
}

Response method_not_allowed(const Request& request, std::string_view allow) {
  auto response = detail(405, "Method \"" + request.method + "\" not allowed.");
  response.set("Allow", allow);
  return response;
}

Response failure(const Request&, int status) {
  switch (status) {
    case 400:
      return detail(400, "Bad request.");
    case 413:
      return detail(413, "Request body is too large.");
    case 431:
      return detail(431, "Request header fields are too large.");
    case 503:
      return unavailable(kRetryAfterOutage);
    default:
      return detail(status, "A server error occurred.");
  }
}

}  // namespace postern::handlers::dispatcharr
