#include "handlers/scriptix/errors.hpp"

#include <algorithm>
#include <string>

#include "handlers/object_text.hpp"

namespace postern::handlers::scriptix {
namespace {

using domain::Errc;

constexpr domain::seconds kRetryAfterOutage{2};  ///< a database restart is longer

/// Retry-After counts whole seconds, and "at once" would be a lie.
long long wait_of(domain::seconds retry_after) {
  return std::max<long long>(1, retry_after.count());
}

Response invalid_key() {
  return refused(401, "Invalid API key", "INVALID_API_KEY");
}

Response no_permission() {
  return refused(403, "API key does not have permission for this operation",
                 "INSUFFICIENT_PERMISSIONS");
}

Response unavailable(domain::seconds retry_after) {
  auto response =
      refused(503, "Service temporarily unavailable. Please try again.", "SERVICE_UNAVAILABLE");
  response.set("Retry-After", std::to_string(wait_of(retry_after)));
  return response;
}

Response too_many(domain::seconds retry_after) {
  const auto wait = wait_of(retry_after);
  Response response(
      429, "application/json",
      ObjectText()
          .text("error", "Rate Limit Exceeded")
          .text("message", "Too many requests. Please try again in " + std::to_string(wait) +
                               (wait == 1 ? " second." : " seconds."))
          .text("error_code", "RATE_LIMIT_EXCEEDED")
          .number("retry_after", wait)
          .finish());
  response.set("Retry-After", std::to_string(wait));
  return response;
}

std::string_view words_for(std::string_view reason) {
  if (reason == "too_short") return "must not be empty";
  if (reason == "empty") return "must not be empty";
  if (reason == "too_long") return "is too long";
  if (reason == "invalid_characters") return "holds characters that are not accepted";
  if (reason == "out_of_range") return "is out of range";
  if (reason == "unknown") return "is not known";
  return "is not valid";
}

}  // namespace

Response refused(int status, std::string_view message, std::string_view code) {
  Response response(status, "application/json",
                    ObjectText()
                        .text("error", fcgi::reason_phrase(status))
                        .text("message", message)
                        .text("error_code", code)
                        .finish());
  if (status == 401) response.set("WWW-Authenticate", "Bearer");
  return response;
}

Response invalid_value(std::string_view name, std::string_view what) {
  return refused(422, std::string(name) + ' ' + std::string(what), "VALIDATION_ERROR");
}

Response refusal(const domain::Error& error) {
  switch (error.code) {
    case Errc::InvalidInput:
      return invalid_value(error.field, words_for(error.reason));
    case Errc::Taken:
      return refused(409, error.field + " is in use already", "ALREADY_EXISTS");
    case Errc::InUse:
    case Errc::LastAdmin:
    case Errc::NoEmail:
    case Errc::AlreadyEnabled:
    case Errc::NotEnabled:
    case Errc::ChallengeInvalid:
      return refused(409, "This cannot be done now", "CONFLICT");
    case Errc::NotFound:
      return refused(404, "Resource not found", "NOT_FOUND");
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
    case Errc::KeyRestricted:
    case Errc::RegistrationClosed:
    case Errc::InviteRequired:
    case Errc::InviteInvalid:
    case Errc::ReauthenticationRequired:
      return no_permission();
    case Errc::InvalidCredentials:
    case Errc::PasswordMustChange:
      return refused(401, "Invalid credentials", "INVALID_CREDENTIALS");
    case Errc::ApprovalPending:
      return refused(403, "Account pending approval", "ACCOUNT_PENDING_APPROVAL");
    case Errc::SecondFactorRequired:
      return refused(401, "MFA code required", "MFA_REQUIRED");
    case Errc::SecondFactorInvalid:
      return refused(401, "Invalid MFA code", "INVALID_MFA_CODE");
    case Errc::TooManyAttempts:
      return too_many(error.retry_after);
    case Errc::Busy:
    case Errc::ProviderUnavailable:
      return unavailable(error.retry_after);
    case Errc::KeyRevoked:
    case Errc::KeyExpired:
      return refused(401, "API key has been revoked", "KEY_REVOKED");
    case Errc::LinkInvalid:
      return refused(400, "This link is not valid", "INVALID_LINK");
    case Errc::IdentityNotLinked:
    case Errc::ProviderRefused:
      return refused(403, "This sign-in is not accepted here", "SSO_REFUSED");
    case Errc::TokenInvalid:
    case Errc::TokenExpired:
    case Errc::TokenWrongKind:
    case Errc::TokenRevoked:
    case Errc::KeyInvalid:
    case Errc::AccountInactive:
    case Errc::AccountGone:
    case Errc::RefreshInvalid:
    case Errc::RefreshExpired:
    case Errc::RefreshReused:
      return invalid_key();
  }
  return failure(Request{}, 500);
}

Response unauthenticated(const Request&, const domain::Error* error) {
  if (error == nullptr) return refused(401, "Missing API key", "MISSING_API_KEY");
  return refusal(*error);
}

Response forbidden(const Request&, Guard) {
  return no_permission();
}

Response not_found(const Request&) {
  return refusal({Errc::NotFound});
}

Response method_not_allowed(const Request&, std::string_view allow) {
  auto response = refused(405, "Method not allowed", "METHOD_NOT_ALLOWED");
  response.set("Allow", allow);
  return response;
}

Response failure(const Request&, int status) {
  switch (status) {
    case 400:
      return refused(400, "The request cannot be understood", "BAD_REQUEST");
    case 413:
      return refused(413, "The request body is too large", "PAYLOAD_TOO_LARGE");
    case 415:
      return refused(415, "Send JSON or a URL-encoded form", "UNSUPPORTED_MEDIA_TYPE");
    case 431:
      return refused(431, "The request headers are too large", "HEADERS_TOO_LARGE");
    case 503:
      return unavailable(kRetryAfterOutage);
    default:
      return refused(status, "An unexpected error occurred", "INTERNAL_ERROR");
  }
}

}  // namespace postern::handlers::scriptix
