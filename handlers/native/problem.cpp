#include "handlers/native/problem.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/factor.hpp"
#include "handlers/json_body.hpp"

namespace postern::handlers::native {
namespace {

constexpr std::string_view kChallenge = R"(Bearer realm="postern")";
constexpr std::string_view kRetryAfterOutage = "2";  ///< seconds: a database restart is longer
constexpr std::size_t kMaxFaults = 20;

Json::Value text(std::string_view value) {
  return {value.data(), value.data() + value.size()};
}

/// Sentences for the codes that occur; the domain's reasons are among them.
std::string_view sentence_for(std::string_view code) {
  using Entry = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Entry, 15> kSentences{{
      {"required", "This member is needed."},
      {"unknown_member", "This member is not known here."},
      {"wrong_type", "This value has the wrong type."},
      {"repeated", "This may be given once only."},
      {"invalid_encoding", "This is not well-formed text."},
      {"out_of_range", "This number is out of range."},
      {"too_short", "This value is too short."},
      {"too_long", "This value is too long."},
      {"too_common", "This password is one of the most common ones."},
      {"too_many", "There are too many of them."},
      {"empty", "This value must not be empty."},
      {"invalid_characters", "This value holds characters that are not accepted."},
      {"invalid_format", "This value is not of the form that is expected."},
      {"taken", "This value is in use already."},
      {"unknown", "There is nothing of this name."},
  }};
  const auto* found = std::find_if(kSentences.begin(), kSentences.end(),
                                   [&](const Entry& entry) { return entry.first == code; });
  return found == kSentences.end() ? "This value is not accepted." : found->second;
}

Json::Value document(const Request& request, const Problem& problem) {
  Json::Value body(Json::objectValue);
  body["type"] = "/auth/v1/problems/" + std::string(problem.code);
  body["title"] = text(problem.title);
  body["status"] = problem.status;
  body["code"] = text(problem.code);
  body["request_id"] = request.id;
  return body;
}

Response respond(const Problem& problem, const Json::Value& body) {
  Response response(problem.status, "application/problem+json", write_json(body));
  if (problem.status == 401) response.set("WWW-Authenticate", kChallenge);
  if (problem.status == 503) response.set("Retry-After", kRetryAfterOutage);
  return response;
}

void set_challenge(Response& response, std::string_view parameters) {
  response.set("WWW-Authenticate", std::string(kChallenge) + ", " + std::string(parameters));
}

/// What this dialect can take: an account whose factors are others than TOTP has its recovery codes
/// here. Whether any are left is not told.
Response ask_for_factor(const Request& request, const domain::Error& error) {
  auto body = document(request, kMfaRequired);
  body["detail"] = text(kMfaRequired.title);
  const bool has_totp =
      error.reason.empty() || error.reason.starts_with(name_of(domain::Factor::Totp));
  if (has_totp) body["methods"].append("totp");
  body["methods"].append("recovery_code");
  return respond(kMfaRequired, body);
}

std::string retry_after(const domain::Error& error) {
  return std::to_string(std::max<long long>(1, error.retry_after.count()));
}

}  // namespace

Response refuse(const Request& request, const Problem& problem, std::string_view detail) {
  auto body = document(request, problem);
  body["detail"] = detail.empty() ? text(problem.title) : text(detail);
  return respond(problem, body);
}

Response refuse(const Request& request, const Problem& problem,
                const std::vector<FieldFault>& faults) {
  auto body = document(request, problem);
  body["detail"] = "See errors.";
  auto& errors = body["errors"] = Json::Value(Json::arrayValue);
  for (const auto& fault : faults) {
    if (errors.size() == kMaxFaults) break;
    Json::Value error(Json::objectValue);
    error["path"] = fault.path;
    error["code"] = fault.code;
    error["message"] = fault.message.empty() ? text(sentence_for(fault.code)) : fault.message;
    errors.append(std::move(error));
  }
  return respond(problem, body);
}

const Problem& problem_of(domain::Errc code) {
  using domain::Errc;
  switch (code) {
    case Errc::InvalidInput:
      return kInvalidInput;
    case Errc::Taken:
      return kTaken;
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
      return kNotPermitted;
    case Errc::LastAdmin:
      return kLastAdmin;
    case Errc::RegistrationClosed:
      return kRegistrationClosed;
    case Errc::InviteRequired:
      return kInviteRequired;
    case Errc::InviteInvalid:
      return kInviteInvalid;
    case Errc::InUse:
      return kInUse;
    case Errc::NoEmail:
      return kNoEmail;
    case Errc::SecondFactorRequired:
      return kMfaRequired;
    case Errc::SecondFactorInvalid:
      return kMfaInvalid;
    case Errc::AlreadyEnabled:
      return kAlreadyEnabled;
    case Errc::NotEnabled:
    case Errc::ChallengeInvalid:
      return kNotEnabled;
    case Errc::ReauthenticationRequired:
      return kReauthenticationRequired;
    case Errc::KeyRestricted:
      return kKeyRestricted;
    case Errc::LinkInvalid:
      return kInvalidLink;
    case Errc::IdentityNotLinked:
      return kIdentityNotLinked;
    case Errc::ProviderRefused:
      return kProviderRefused;
    case Errc::ProviderUnavailable:
      return kProviderUnavailable;
    case Errc::InvalidCredentials:
    case Errc::PasswordMustChange:
      return kInvalidCredentials;
    case Errc::ApprovalPending:
      return kApprovalPending;
    case Errc::TooManyAttempts:
      return kTooManyAttempts;
    case Errc::Busy:
      return kBusy;
    case Errc::TokenExpired:
      return kTokenExpired;
    case Errc::TokenInvalid:
    case Errc::TokenWrongKind:
    case Errc::TokenRevoked:
      return kInvalidToken;
    case Errc::KeyInvalid:
      return kInvalidKey;
    case Errc::KeyRevoked:
      return kKeyRevoked;
    case Errc::KeyExpired:
      return kKeyExpired;
    case Errc::AccountInactive:
    case Errc::AccountGone:
      return kAccountInactive;
    case Errc::RefreshInvalid:
    case Errc::RefreshExpired:
    case Errc::RefreshReused:
      return kInvalidRefreshToken;
  }
  return kInternal;
}

Response refuse(const Request& request, const domain::Error& error) {
  const auto& problem = problem_of(error.code);
  if (error.code == domain::Errc::SecondFactorRequired) return ask_for_factor(request, error);
  if (error.code == domain::Errc::InvalidInput) {
    return refuse(request, problem,
                  {{error.field, error.reason.empty() ? "invalid" : error.reason}});
  }
  if (error.code == domain::Errc::Taken) return refuse(request, problem, {{error.field, "taken"}});
  auto response = refuse(request, problem);
  if (problem.status == 429 || problem.status == 503) {
    response.set("Retry-After", retry_after(error));
  }
  return response;
}

Response unauthenticated(const Request& request, const domain::Error* error) {
  if (error == nullptr) return refuse(request, kCredentialRequired);
  auto response = refuse(request, *error);
  // RFC 6750 section 3.1 knows one word for malformed, expired and revoked alike.
  if (response.status() == 401) set_challenge(response, R"(error="invalid_token")");
  return response;
}

Response forbidden(const Request& request, Guard guard) {
  if (guard == Guard::Loopback) return refuse(request, kLoopbackOnly);
  if (guard == Guard::Session) return refuse(request, kSessionRequired);
  auto response = refuse(request, kInsufficientScope);
  set_challenge(response, R"(error="insufficient_scope", scope="admin")");
  return response;
}

Response not_found(const Request& request) {
  return refuse(request, kNotFound);
}

Response method_not_allowed(const Request& request, std::string_view allow) {
  auto response = refuse(request, kMethodNotAllowed);
  response.set("Allow", allow);
  return response;
}

Response failure(const Request& request, int status) {
  for (const auto* problem : {&kBadRequest, &kBodyTooLarge, &kHeadersTooLarge, &kUnavailable}) {
    if (problem->status == status) return refuse(request, *problem);
  }
  if (status < 400 || status > 599 || status == 500) return refuse(request, kInternal);
  return refuse(request, {status, "refused", fcgi::reason_phrase(status)});
}

}  // namespace postern::handlers::native
