#include "handlers/kitsu/errors.hpp"

#include <algorithm>
#include <string>

#include "handlers/json_body.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Errc;

constexpr domain::seconds kRetryAfterOutage{2};  ///< a database restart is longer

// The framework's own sentences, by which clients know them.
constexpr std::string_view kUnauthorized =
    "The server could not verify that you are authorized to access the URL requested. You either "
    "supplied the wrong credentials (e.g. a bad password), or your browser doesn't understand how "
    "to supply the credentials required.";
constexpr std::string_view kForbidden =
    "You don't have the permission to access the requested resource. It is either read-protected "
    "or not readable by the server.";
constexpr std::string_view kNotFound =
    "404 Not Found: The requested URL was not found on the server. If you entered the URL manually "
    "please check your spelling and try again.";
constexpr std::string_view kMethodNotAllowed = "The method is not allowed for the requested URL.";
constexpr std::string_view kInternal = "Internal server error.";

Response json(int status, std::string text) {
  return Response(status, "application/json", std::move(text));
}

Response unavailable(domain::seconds retry_after) {
  auto response = refused(500, kInternal);
  response.set("Retry-After", std::to_string(std::max<long long>(1, retry_after.count())));
  return response;
}

Response too_many(domain::seconds retry_after) {
  auto response = refused_proof("Too many failed login attempts.", "too_many_failed_login_attemps");
  response.set("Retry-After", std::to_string(std::max<long long>(1, retry_after.count())));
  return response;
}

bool is_login(const Request& request) {
  return request.uri &&
         (request.uri->path == "/auth/login" || request.uri->path == "/api/auth/login");
}

}  // namespace

std::string invalid_value_words(const domain::Error& error) {
  if (error.field == "password" || error.field == "new_password") {
    if (error.reason == "too_short") return "Password is too short.";
    if (error.reason == "too_long") return "Password is too long.";
    if (error.reason == "too_common") return "Password is too common.";
    return "Password is not valid.";
  }
  if (error.field == "expiration_date")
    return error.reason == "in_the_past" ? "Expiration date can't be in the past."
                                         : "Expiration date is not valid.";
  if (error.field == "role") return "Invalid role";
  return "Invalid value for " + error.field + ".";
}

Response answer(int status, const Json::Value& body) {
  return json(status, write_json(body));
}

Response success() {
  return json(200, R"({"success":true})");
}

Response refused(int status, std::string_view message) {
  ObjectText body;
  body.boolean("error", true).text("message", message);
  if (status == 400) body.raw("data", "null");
  return json(status, body.finish());
}

Response refused_proof(std::string_view message, std::string_view flag) {
  ObjectText body;
  body.boolean("error", true).text("message", message);
  if (!flag.empty()) body.boolean(flag, true);
  return json(400, body.finish());
}

Response token_refused(int status, std::string_view message) {
  return json(status, ObjectText().text("msg", message).finish());
}

Response validation_error(std::string_view field, std::string_view message) {
  const auto fault = ObjectText().text("field", field).text("message", message).finish();
  return json(400, ObjectText()
                       .boolean("error", true)
                       .text("message", "Validation error.")
                       .raw("data", ObjectText().raw("errors", raw_list({fault})).finish())
                       .finish());
}

Response login_failed(int status, std::initializer_list<std::string_view> flags) {
  ObjectText body;
  if (flags.size() != 0) body.boolean("error", true);
  body.boolean("login", false);
  for (const auto flag : flags) body.boolean(flag, true);
  return json(status, body.finish());
}

Response login_unavailable(domain::seconds retry_after) {
  Response response = json(500, ObjectText()
                                    .boolean("error", true)
                                    .boolean("login", false)
                                    .text("message", kInternal)
                                    .finish());
  response.set("Retry-After", std::to_string(std::max<long long>(1, retry_after.count())));
  return response;
}

Response refusal(const domain::Error& error) {
  switch (error.code) {
    case Errc::InvalidInput:
      return refused(400, invalid_value_words(error));
    case Errc::Taken:
      return refused(400, error.field == "email" ? "Email already in use." : "Already in use.");
    case Errc::NotFound:
      return refused(404, kNotFound);
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
    case Errc::LastAdmin:
    case Errc::RegistrationClosed:
    case Errc::InviteRequired:
    case Errc::InviteInvalid:
    case Errc::ReauthenticationRequired:
    case Errc::IdentityNotLinked:
    case Errc::ProviderRefused:
      return refused(403, kForbidden);
    case Errc::InUse:
      return refused(400, "It is in use.");
    case Errc::NoEmail:
      return refused(400, "This person has no email.");
    case Errc::InvalidCredentials:
    case Errc::PasswordMustChange:
      return refused_proof("Old password is wrong.");
    case Errc::ApprovalPending:
      return refused(401, kUnauthorized);
    case Errc::TooManyAttempts:
      return too_many(error.retry_after);
    case Errc::Busy:
    case Errc::ProviderUnavailable:
      return unavailable(error.retry_after);
    case Errc::SecondFactorRequired:
    case Errc::SecondFactorInvalid:
      return refused_proof("OTP verification failed.", "wrong_OTP");
    case Errc::AlreadyEnabled:
      return refused_proof("Two factor authentication already enabled.");
    case Errc::NotEnabled:
      return refused_proof("No two factor authentication enabled.");
    case Errc::ChallengeInvalid:
      return refused_proof("No preregistration before.");
    case Errc::LinkInvalid:
      return refused_proof("Wrong or expired token.");
    case Errc::AccountInactive:
    case Errc::AccountGone:
      return refused(401, kUnauthorized);
    case Errc::TokenExpired:
    case Errc::KeyExpired:
    case Errc::RefreshExpired:
      return refused(401, "Signature has expired");
    case Errc::TokenRevoked:
    case Errc::KeyRevoked:
    case Errc::KeyInvalid:
    case Errc::RefreshInvalid:
    case Errc::RefreshReused:
      return token_refused(401, "Token has been revoked");
    case Errc::TokenInvalid:
      return token_refused(422, "Signature verification failed");
    case Errc::TokenWrongKind:
      return token_refused(422, "Only non-refresh tokens are allowed");
  }
  return failure(Request{}, 500);
}

Response forbidden(const Request&, Guard) {
  return refused(403, kForbidden);
}

Response not_found(const Request&) {
  return refused(404, kNotFound);
}

Response method_not_allowed(const Request&, std::string_view allow) {
  auto response = refused(405, kMethodNotAllowed);
  response.set("Allow", allow);
  return response;
}

Response failure(const Request& request, int status) {
  if (status >= 500 && is_login(request)) return login_unavailable(kRetryAfterOutage);
  switch (status) {
    case 400:
      return refused(400,
                     "The browser (or proxy) sent a request that this server could not "
                     "understand.");
    case 413:
      return refused(413, "The data value transmitted exceeds the capacity limit.");
    case 431:
      return refused(431, "The request headers are too large.");
    case 503:
      return unavailable(kRetryAfterOutage);
    default:
      return refused(status, kInternal);
  }
}

void dress(Response& response) {
  response.set("X-Content-Type-Options", "nosniff");
  response.set("X-Frame-Options", "SAMEORIGIN");
  response.set("Content-Security-Policy", "frame-ancestors 'self'");
  response.set("Referrer-Policy", "strict-origin-when-cross-origin");
}

}  // namespace postern::handlers::kitsu
