#include "handlers/openskip/errors.hpp"

#include <algorithm>

#include "fcgi/response.hpp"
#include "handlers/object_text.hpp"
#include "handlers/openskip/credential.hpp"

namespace postern::handlers::openskip {
namespace {

using domain::Errc;

constexpr std::string_view kNotAuthenticated = "Not authenticated";
constexpr std::string_view kInvalidToken = "Could not validate credentials";
constexpr std::string_view kInvalidKey = "Invalid API key";
constexpr std::string_view kNotEnough = "Not enough permissions";
constexpr std::string_view kSecondFactor = "Two-factor authentication is required; use an API key";
constexpr domain::seconds kRetryAfterOutage{2};

/// Every 401 names the scheme, as FastAPI's OAuth2PasswordBearer does.
Response challenge(std::string_view text) {
  auto response = detail(401, text);
  response.set("WWW-Authenticate", "Bearer");
  return response;
}

Response later(int status, std::string_view text, domain::seconds retry_after) {
  auto response = detail(status, text);
  response.set("Retry-After", std::to_string(std::max<long long>(1, retry_after.count())));
  return response;
}

Response taken(const domain::Error& error) {
  return detail(
      400, error.field == "email" ? "Email already registered" : "Username already registered");
}

/// `snake_case` as words.
std::string spoken(std::string_view reason) {
  std::string words(reason.empty() ? "invalid" : reason);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string counted(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " character" : " characters");
}

std::string fault_text(const Fault& fault) {
  std::vector<std::string> loc{std::string(fault.where)};
  if (!fault.field.empty()) loc.push_back(fault.field);
  return ObjectText()
      .raw("loc", text_list(loc))
      .text("msg", fault.msg)
      .text("type", fault.type)
      .finish();
}

}  // namespace

Fault missing_fault(std::string_view where, std::string_view field) {
  return {where, std::string(field), "Field required", "missing"};
}

Fault too_short_fault(std::string_view field, std::size_t least) {
  return {"body", std::string(field), "String should have at least " + counted(least),
          "string_too_short"};
}

Fault too_long_fault(std::string_view field, std::size_t most) {
  return {"body", std::string(field), "String should have at most " + counted(most),
          "string_too_long"};
}

Fault value_fault(std::string_view field, std::string_view what) {
  return {"body", std::string(field), "Value error, " + std::string(what), "value_error"};
}

Response ok(std::string json, int status) {
  return Response(status, "application/json", std::move(json));
}

Response ok_items(const std::vector<std::string>& jsons, std::int64_t total) {
  return ok(ObjectText().raw("items", raw_list(jsons)).number("total", total).finish());
}

Response detail(int status, std::string_view text) {
  return ok(ObjectText().text("detail", text).finish(), status);
}

Response unprocessable(const std::vector<Fault>& faults) {
  std::vector<std::string> texts;
  texts.reserve(faults.size());
  for (const auto& fault : faults) texts.push_back(fault_text(fault));
  return ok(ObjectText().raw("detail", raw_list(texts)).finish(), 422);
}

Response refusal(const domain::Error& error) {
  switch (error.code) {
    case Errc::InvalidInput:
      return unprocessable({value_fault(error.field, spoken(error.reason))});
    case Errc::Taken:
      return taken(error);
    case Errc::NotFound:
      return detail(404, "Not Found");
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
    case Errc::ReauthenticationRequired:
    case Errc::KeyRestricted:
    case Errc::IdentityNotLinked:
    case Errc::ProviderRefused:
      return detail(403, kNotEnough);
    case Errc::RegistrationClosed:
      return detail(403, "Registration is closed");
    case Errc::InviteRequired:
    case Errc::InviteInvalid:
      return detail(400, "Invalid invite code");
    case Errc::LastAdmin:
      return detail(400, "At least one active administrator must remain");
    case Errc::InUse:
    case Errc::NoEmail:
    case Errc::AlreadyEnabled:
    case Errc::NotEnabled:
    case Errc::ChallengeInvalid:
    case Errc::LinkInvalid:
      return detail(400, "Bad Request");
    case Errc::InvalidCredentials:
    case Errc::PasswordMustChange:
      return challenge("Incorrect username or password");
    case Errc::ApprovalPending:
      return detail(403, "Account pending approval");
    // Its clients have no field for one.
    case Errc::SecondFactorRequired:
    case Errc::SecondFactorInvalid:
      return detail(403, kSecondFactor);
    case Errc::TooManyAttempts:
      return later(429, "Too many requests", error.retry_after);
    case Errc::Busy:
    case Errc::ProviderUnavailable:
      return later(503, "Service Unavailable", error.retry_after);
    case Errc::TokenInvalid:
    case Errc::TokenExpired:
    case Errc::TokenWrongKind:
    case Errc::TokenRevoked:
    case Errc::RefreshInvalid:
    case Errc::RefreshExpired:
    case Errc::RefreshReused:
    case Errc::AccountInactive:
    case Errc::AccountGone:
      return challenge(kInvalidToken);
    case Errc::KeyInvalid:
    case Errc::KeyRevoked:
    case Errc::KeyExpired:
      return challenge(kInvalidKey);
  }
  return failure(Request{}, 500);
}

Response unauthenticated(const Request& request, const domain::Error* error) {
  if (error == nullptr) return challenge(kNotAuthenticated);
  const auto credential = find_credential(request);
  const bool of_the_account =
      error->code == Errc::AccountInactive || error->code == Errc::AccountGone;
  if (of_the_account && credential && credential->presented == Presented::Key) {
    return challenge(kInvalidKey);
  }
  return refusal(*error);
}

Response forbidden(const Request& /*request*/, Guard guard) {
  if (guard == Guard::Session) return detail(403, "JWT authentication required");
  return detail(403, kNotEnough);
}

Response method_not_allowed(const Request& /*request*/, std::string_view allow) {
  auto response = detail(405, "Method Not Allowed");
  response.set("Allow", allow);
  return response;
}

Response failure(const Request& /*request*/, int status) {
  if (status == 503) return later(503, "Service Unavailable", kRetryAfterOutage);
  return detail(status, fcgi::reason_phrase(status));
}

}  // namespace postern::handlers::openskip
