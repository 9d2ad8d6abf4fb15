#include "handlers/oauth/errors.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "handlers/oauth/json_answer.hpp"
#include "handlers/oauth/pages.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;

constexpr domain::seconds kRetryAfterOutage{2};  ///< a database restart is longer

void retry_after(Response& response, domain::seconds wait) {
  response.set("Retry-After", std::to_string(std::max<long long>(1, wait.count())));
}

/// A limit or an outage: clients keep their tokens and come again.
Response come_again(int status, domain::seconds wait, std::string_view description) {
  auto response = error_answer(status, "temporarily_unavailable", description);
  retry_after(response, wait);
  return response;
}

/// Our own words, without what RFC 6749 section 5.2 does not allow in a description.
std::string describe(const domain::Error& error) {
  std::string text = error.field;
  if (!error.reason.empty()) text.append(text.empty() ? "" : ": ").append(error.reason);
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return c < 0x20 || c > 0x7E || c == '"' || c == '\\'; }, ' ');
  return text;
}

/// What check_proof() found wrong, for whoever has to mend it.
std::string_view explain_proof(std::string_view reason) {
  struct Explained {
    std::string_view reason, text;
  };
  constexpr std::array kExplained{
      Explained{"ath", "the proof's ath is not the hash of this access token"},
      Explained{"htm", "the proof's htm is not the method of this request"},
      Explained{"htu", "the proof's htu is not the address of this request"},
      Explained{"iat", "the proof's iat is too long ago, or ahead of our clock"},
      Explained{"jti", "the proof's jti is missing or too long"},
      Explained{"malformed", "the proof is not one JWT signed by ES256, RS256 or PS256"},
      Explained{"replayed", "the proof's jti was used before"},
      Explained{"signature", "the proof is not signed by the public key in its jwk"},
      Explained{"too_long", "the proof is longer than 4096 bytes"},
      Explained{"typ", "the proof's typ is not dpop+jwt"},
  };
  for (const auto& known : kExplained) {
    if (known.reason == reason) return known.text;
  }
  return reason;
}

Response refuse_input(const domain::Error& error) {
  if (error.field == "dpop") {
    return error_answer(400, "invalid_dpop_proof", explain_proof(error.reason));
  }
  return error_answer(400, "invalid_request", describe(error));
}

Response refuse_client(bool basic) {
  auto response = error_answer(401, "invalid_client", "no such client, or it did not prove itself");
  if (basic) response.set("WWW-Authenticate", R"(Basic realm="postern", charset="UTF-8")");
  return response;
}

std::string_view error_of(int status) {
  switch (status) {
    case 401:
      return "invalid_token";
    case 403:
      return "access_denied";
    case 429:
    case 503:
      return "temporarily_unavailable";
    default:
      return status >= 500 ? "server_error" : "invalid_request";
  }
}

Response answer_anybody(const Request& request, int status) {
  // Mounted or not, the last `/oauth/` is where our own part of the path begins.
  const std::string_view path = request.uri ? std::string_view(request.uri->path) : "";
  const auto begin = path.rfind("/oauth/");
  if (begin != std::string_view::npos && is_page(path.substr(begin))) {
    return error_page(request, status);
  }
  return error_answer(status, error_of(status));
}

}  // namespace

Response error_answer(int status, std::string_view error, std::string_view description) {
  ObjectText body;
  body.text("error", error);
  if (!description.empty()) body.text("error_description", description);
  return json_answer(status, body.finish());
}

Response refusal(const domain::Error& error, bool basic) {
  switch (error.code) {
    case Errc::InvalidInput:
      return refuse_input(error);
    case Errc::ClientInvalid:
      return refuse_client(basic);
    case Errc::ClientNotAllowed:
    case Errc::AccountInactive:
      return error_answer(400, "unauthorized_client", "the client may not use this grant type");
    case Errc::GrantInvalid:
    case Errc::RefreshInvalid:
    case Errc::RefreshExpired:
    case Errc::RefreshReused:
    case Errc::LinkInvalid:
    case Errc::TokenInvalid:
    case Errc::TokenExpired:
    case Errc::TokenWrongKind:
    case Errc::TokenRevoked:
    case Errc::KeyInvalid:
    case Errc::KeyRevoked:
    case Errc::KeyExpired:
    case Errc::AccountGone:
      return error_answer(400, "invalid_grant", "it is not good, or not this client's");
    case Errc::ScopeInvalid:
      return error_answer(400, "invalid_scope", "not a scope that can be had here");
    case Errc::TargetInvalid:
      return error_answer(400, "invalid_target", "not a resource that can be had here");
    case Errc::AuthorizationPending:
      return error_answer(400, "authorization_pending");
    case Errc::SlowDown:
      return error_answer(400, "slow_down");
    case Errc::AuthorizationExpired:
      return error_answer(400, "expired_token");
    case Errc::AuthorizationDenied:
      return error_answer(400, "access_denied");
    case Errc::TooManyAttempts:
      return come_again(429, error.retry_after, "too many requests");
    case Errc::Busy:
    case Errc::ProviderUnavailable:
      return come_again(503, error.retry_after, "cannot be answered now");
    case Errc::NotFound:
      return error_answer(404, "invalid_request");
    case Errc::Taken:
    case Errc::InUse:
    case Errc::NoEmail:
    case Errc::AlreadyEnabled:
    case Errc::NotEnabled:
      return error_answer(400, "invalid_request");
    case Errc::NotPermitted:
    case Errc::LastAdmin:
    case Errc::RegistrationClosed:
    case Errc::InviteRequired:
    case Errc::InviteInvalid:
    case Errc::InvalidCredentials:
    case Errc::ApprovalPending:
    case Errc::PasswordMustChange:
    case Errc::SecondFactorRequired:
    case Errc::SecondFactorInvalid:
    case Errc::ChallengeInvalid:
    case Errc::ReauthenticationRequired:
    case Errc::KeyRestricted:
    case Errc::IdentityNotLinked:
    case Errc::ProviderRefused:
      return error_answer(403, "access_denied");
  }
  return error_answer(500, "server_error");
}

Response failure(const Request& request, int status) {
  auto response = answer_anybody(request, status);
  if (status == 503) retry_after(response, kRetryAfterOutage);
  return response;
}

Response method_not_allowed(const Request& request, std::string_view allow) {
  auto response = answer_anybody(request, 405);
  response.set("Allow", allow);
  return response;
}

void allow_any_origin(Response& response) {
  response.set("Access-Control-Allow-Origin", "*");
  response.set("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After");
}

bool is_page(std::string_view path) {
  constexpr std::array<std::string_view, 5> kPages{
      "/oauth/authorize", "/oauth/sign-in", "/oauth/consent", "/oauth/device", "/oauth/logout"};
  return std::find(kPages.begin(), kPages.end(), path) != kPages.end() ||
         path.starts_with("/oauth/sign-in/");
}

}  // namespace postern::handlers::oauth
