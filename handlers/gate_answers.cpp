#include "handlers/gate_answers.hpp"

#include <algorithm>
#include <set>

#include "fcgi/percent.hpp"
#include "handlers/client_token.hpp"

namespace postern::handlers {
namespace {

constexpr std::string_view kRetryAfterOutage = "2";

std::string challenge(const GateSettings& settings, std::string_view parameters) {
  std::string value = "Bearer realm=\"" + settings.realm + '"';
  if (!parameters.empty()) value.append(", ").append(parameters);
  return value;
}

std::string parameter(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + '"';
}

void append_parameter(std::string& parameters, std::string_view more) {
  if (!parameters.empty() && !more.empty()) parameters += ", ";
  parameters += more;
}

/// The permission that the rule asks for; "" where it is another kind of rule.
std::string_view needed_scope(const GatePlace& place) {
  const bool by_permission = place.required->kind == domain::Requirement::Kind::Permission;
  return by_permission ? std::string_view(place.required->name) : std::string_view();
}

std::string_view sentence_for_code(std::string_view code) {
  if (code == "token_expired") return "The credential has expired";
  if (code == "token_revoked") return "The credential was revoked";
  if (code == "account_inactive") return "The account is not active";
  if (code == "invalid_dpop_proof") return "The DPoP proof is not good";
  return "The credential is not good here";
}

/// Nothing where nothing was shown, or in a cookie, which is none of the schemes.
std::string error_of(const GatePlace& place, const Unrecognised& why) {
  if (!why.shown || why.shown == domain::PresentedAs::Cookie) return "";
  const bool by_proof = why.code == "invalid_dpop_proof";
  auto text = parameter("error", by_proof ? why.code : "invalid_token");
  if (place.resource != nullptr) {
    append_parameter(text, parameter("error_description", sentence_for_code(why.code)));
  }
  return text;
}

std::string challenge_for(const GatePlace& place, const Unrecognised& why) {
  std::string parameters;
  if (place.resource != nullptr) {
    parameters = resource_metadata_parameter(*place.resource);
    const auto scope = needed_scope(place);
    if (!scope.empty()) append_parameter(parameters, parameter("scope", scope));
  }
  const bool by_dpop = why.shown == domain::PresentedAs::Dpop;
  if (!by_dpop) append_parameter(parameters, error_of(place, why));
  auto value = challenge(place.settings, parameters);
  if (by_dpop) value += ", DPoP " + error_of(place, why) + R"(, algs="ES256 RS256 PS256")";
  return value;
}

/// Sorted, each once.
std::string all_needed(std::string_view granted, std::string_view needed) {
  std::set<std::string_view> all{needed};
  while (!granted.empty()) {
    const auto word = granted.substr(0, granted.find(' '));
    all.insert(word);
    granted.remove_prefix(std::min(word.size() + 1, granted.size()));
  }
  std::string text;
  for (const auto word : all) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

/// What a key is not for, by the field of domain::enforce_restrictions().
std::string_view sentence_for(std::string_view field) {
  if (field == "network") return "The key is not for this network";
  if (field == "path") return "The key is not for this path";
  return "The key is not for this";
}

/// The sign-in page with the wanted address as `return_to`. Encoded here, since nginx cannot, and a
/// raw '&' or '#' would end the value. An address too long to carry is left out.
std::string sign_in_address(const Request& request, const std::string& sign_in_url) {
  constexpr std::size_t kMaxTarget = 2048;
  if (request.target.size() > kMaxTarget) return sign_in_url;
  const char joint = sign_in_url.find('?') == std::string::npos ? '?' : '&';
  return sign_in_url + joint + "return_to=" + fcgi::percent_encode(request.target, "/");
}

}  // namespace

Response allow(const Request& request, const domain::IdentityFields& identity) {
  Response response(200);
  tell_identity(request.role, identity,
                [&](std::string_view name, std::string_view value) { response.set(name, value); });
  response.log_account = identity.account;
  return response;
}

Response refuse(const Request& request, int status, std::string_view code) {
  const bool as_itself = request.role == fcgi::Role::Authorizer || status == 401 || status == 403;
  Response response(as_itself ? status : 403, "application/problem+json",
                    std::string(R"({"type":"about:blank","status":)") + std::to_string(status) +
                        R"(,"code":")" + std::string(code) + R"("})");
  response.set("X-Auth-Status", std::to_string(status));
  response.set("X-Auth-Code", code);
  if (status == 503) response.set("Retry-After", kRetryAfterOutage);
  return response;
}

std::string_view code_for(domain::Errc refusal) {
  using domain::Errc;
  switch (refusal) {
    case Errc::TokenExpired:
    case Errc::KeyExpired:
      return "token_expired";
    case Errc::TokenRevoked:
    case Errc::KeyRevoked:
      return "token_revoked";
    case Errc::AccountInactive:
      return "account_inactive";
    default:
      return "invalid_token";
  }
}

Response unauthenticated(const Request& request, const GatePlace& place, const Unrecognised& why) {
  auto response = refuse(request, 401, why.code);
  response.set("WWW-Authenticate", challenge_for(place, why));
  if (!place.settings.sign_in_url.empty()) {
    response.set("X-Auth-Sign-In", sign_in_address(request, place.settings.sign_in_url));
  }
  return response;
}

Response lacking_factor(const Request& request, const GateSettings& settings) {
  auto response = refuse(request, 403, "two_factor_setup_required");
  response.set("WWW-Authenticate", challenge(settings, R"(error="insufficient_scope")"));
  return response;
}

Response forbidden(const Request& request, const GatePlace& place,
                   const domain::IdentityFields& identity) {
  auto response = refuse(request, 403, "insufficient_scope");
  std::string parameters = R"(error="insufficient_scope")";
  const auto needed = needed_scope(place);
  if (!needed.empty()) {
    append_parameter(parameters, parameter("scope", all_needed(identity.scopes, needed)));
  }
  if (place.resource != nullptr) {
    append_parameter(parameters, resource_metadata_parameter(*place.resource));
  }
  response.set("WWW-Authenticate", challenge(place.settings, parameters));
  response.log_account = identity.account;
  return response;
}

Response restricted(const Request& request, const GateSettings& settings, const domain::Error& why,
                    const domain::IdentityFields& identity) {
  const bool too_often = why.code == domain::Errc::TooManyAttempts;
  auto response =
      too_often ? refuse(request, 429, "rate_limited") : refuse(request, 403, "key_restricted");
  if (too_often) {
    const auto wait = std::max<long long>(1, why.retry_after.count());
    response.set("Retry-After", std::to_string(wait));
  } else {
    response.set("WWW-Authenticate",
                 challenge(settings, R"(error="insufficient_scope", error_description=")" +
                                         std::string(sentence_for(why.field)) + '"'));
  }
  response.log_account = identity.account;
  return response;
}

}  // namespace postern::handlers
