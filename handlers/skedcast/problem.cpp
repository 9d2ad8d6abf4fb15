#include "handlers/skedcast/problem.hpp"

#include <algorithm>
#include <string>

#include "handlers/object_text.hpp"
#include "handlers/skedcast/correlation.hpp"

namespace postern::handlers::skedcast {
namespace {

constexpr std::string_view kTypes = "https://docs.skedcast.com/errors/";
constexpr std::string_view kChallenge = R"(Bearer realm="skedcast")";
constexpr std::string_view kRetryAfterOutage = "2";

// Statuses and the shape are the document's; of codes and categories it shows one each
// (validation_failed, bad-body). The others follow their spelling.
constexpr Problem kBadRequest{400, "bad-request", "bad_request", "Bad request",
                              "The request cannot be read."};
constexpr Problem kCredentialRequired{401, "unauthenticated", "authentication_required",
                                      "Authentication required",
                                      "Send an API key or access token as a bearer token."};
constexpr Problem kInvalidToken{401, "unauthenticated", "invalid_token", "Invalid credential",
                                "The API key or access token is not valid."};
constexpr Problem kTokenExpired{401, "unauthenticated", "token_expired", "Access token expired",
                                "The access token has expired."};
constexpr Problem kKeyExpired{401, "unauthenticated", "key_expired", "API key expired",
                              "The API key has expired."};
constexpr Problem kKeyRevoked{401, "unauthenticated", "key_revoked", "API key revoked",
                              "The API key has been revoked."};
constexpr Problem kAccountInactive{401, "unauthenticated", "account_inactive", "Account inactive",
                                   "The account may not act."};
constexpr Problem kForbidden{403, "forbidden", "insufficient_scope", "Forbidden",
                             "The credential's scopes or its owner's role do not allow this."};
constexpr Problem kKeyRestricted{403, "forbidden", "key_restricted", "API key restricted",
                                 "The API key may not be used from here or for this."};
constexpr Problem kNotFound{404, "not-found", "not_found", "Not found", "There is no such thing."};
constexpr Problem kMethodNotAllowed{405, "method-not-allowed", "method_not_allowed",
                                    "Method not allowed", "This method is not known here."};
constexpr Problem kConflict{409, "conflict", "conflict", "Conflict",
                            "The present state does not allow this."};
constexpr Problem kBodyTooLarge{413, "bad-body", "body_too_large", "Body too large",
                                "The body is larger than is accepted."};
constexpr Problem kValidationFailed{422, "bad-body", "validation_failed", "Validation failed",
                                    "Some values are not accepted."};
constexpr Problem kRateLimited{429, "rate-limited", "rate_limited", "Too many requests",
                               "Too many requests. Try again later."};
constexpr Problem kHeadersTooLarge{431, "bad-request", "headers_too_large", "Headers too large",
                                   "The headers are larger than is accepted."};
constexpr Problem kInternal{500, "internal", "internal_error", "Internal error",
                            "Something went wrong here."};
constexpr Problem kUnavailable{503, "unavailable", "unavailable", "Service unavailable",
                               "The service cannot answer now. Try again."};

Response respond(const Request& request, const Problem& problem, std::string_view errors = {}) {
  ObjectText body;
  body.text("type", std::string(kTypes).append(problem.code))
      .text("title", problem.title)
      .number("status", problem.status)
      .text("category", problem.category)
      .text("code", problem.code)
      .text("detail", problem.detail)
      .text("correlationId", correlation_id(request));
  if (!errors.empty()) body.raw("errors", errors);
  Response response(problem.status, "application/problem+json", body.finish());
  if (problem.status == 401) response.set("WWW-Authenticate", kChallenge);
  if (problem.status == 503) response.set("Retry-After", kRetryAfterOutage);
  return correlated(request, std::move(response));
}

std::string errors_of(const domain::Error& error) {
  const auto message = error.reason.empty() ? std::string_view("invalid") : error.reason;
  return raw_list({ObjectText().text("path", error.field).text("message", message).finish()});
}

void set_challenge(Response& response, std::string_view error) {
  response.set("WWW-Authenticate",
               std::string(kChallenge).append(", error=\"").append(error).append("\""));
}

}  // namespace

const Problem& problem_of(domain::Errc code) {
  using domain::Errc;
  switch (code) {
    case Errc::InvalidInput:
      return kValidationFailed;
    case Errc::Taken:
    case Errc::LastAdmin:
    case Errc::InUse:
    case Errc::NoEmail:
    case Errc::AlreadyEnabled:
    case Errc::NotEnabled:
    case Errc::ChallengeInvalid:
      return kConflict;
    case Errc::NotFound:
      return kNotFound;
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
    case Errc::ApprovalPending:
    case Errc::ReauthenticationRequired:
    case Errc::IdentityNotLinked:
    case Errc::ProviderRefused:
      return kForbidden;
    case Errc::KeyRestricted:
      return kKeyRestricted;
    case Errc::TooManyAttempts:
      return kRateLimited;
    case Errc::Busy:
    case Errc::ProviderUnavailable:
      return kUnavailable;
    case Errc::InvalidCredentials:
    case Errc::PasswordMustChange:
    case Errc::SecondFactorRequired:
    case Errc::SecondFactorInvalid:
    case Errc::TokenInvalid:
    case Errc::TokenWrongKind:
    case Errc::TokenRevoked:
    case Errc::KeyInvalid:
    case Errc::LinkInvalid:
    case Errc::RefreshInvalid:
    case Errc::RefreshExpired:
    case Errc::RefreshReused:
      return kInvalidToken;
    case Errc::TokenExpired:
      return kTokenExpired;
    case Errc::KeyRevoked:
      return kKeyRevoked;
    case Errc::KeyExpired:
      return kKeyExpired;
    case Errc::AccountInactive:
    case Errc::AccountGone:
      return kAccountInactive;
  }
  return kInternal;
}

Response refuse(const Request& request, const domain::Error& error) {
  const auto& problem = problem_of(error.code);
  if (error.code == domain::Errc::InvalidInput) return respond(request, problem, errors_of(error));
  auto response = respond(request, problem);
  if (problem.status == 401) set_challenge(response, "invalid_token");
  if (problem.status == 403) set_challenge(response, "insufficient_scope");
  if (problem.status == 429 || problem.status == 503) {
    const auto wait = std::max<long long>(1, error.retry_after.count());
    response.set("Retry-After", std::to_string(wait));
  }
  return response;
}

Response unauthenticated(const Request& request, const domain::Error* error) {
  return error == nullptr ? respond(request, kCredentialRequired) : refuse(request, *error);
}

Response forbidden(const Request& request, Guard /*guard*/) {
  auto response = respond(request, kForbidden);
  set_challenge(response, "insufficient_scope");
  return response;
}

Response not_found(const Request& request) {
  return respond(request, kNotFound);
}

Response method_not_allowed(const Request& request, std::string_view allow) {
  auto response = respond(request, kMethodNotAllowed);
  response.set("Allow", allow);
  return response;
}

Response failure(const Request& request, int status) {
  for (const auto* problem : {&kBadRequest, &kBodyTooLarge, &kHeadersTooLarge, &kUnavailable}) {
    if (problem->status == status) return respond(request, *problem);
  }
  if (status < 400 || status > 599 || status == 500) return respond(request, kInternal);
  const auto phrase = fcgi::reason_phrase(status);
  return respond(request, {status, "refused", "refused", phrase, phrase});
}

}  // namespace postern::handlers::skedcast
