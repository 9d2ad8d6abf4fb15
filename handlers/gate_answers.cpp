#include "handlers/gate_answers.hpp"

#include <algorithm>

#include "fcgi/percent.hpp"

namespace postern::handlers {
namespace {

constexpr std::string_view kRetryAfterOutage = "2";

std::string challenge(const GateSettings& settings, std::string_view parameters) {
  std::string value = "Bearer realm=\"" + settings.realm + '"';
  if (!parameters.empty()) value.append(", ").append(parameters);
  return value;
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

Response unauthenticated(const Request& request, const GateSettings& settings,
                         std::string_view code) {
  auto response = refuse(request, 401, code);
  const bool presented = code != "credential_required" && code != "cross_origin";
  response.set("WWW-Authenticate",
               challenge(settings, presented ? R"(error="invalid_token")" : ""));
  if (!settings.sign_in_url.empty()) {
    response.set("X-Auth-Sign-In", sign_in_address(request, settings.sign_in_url));
  }
  return response;
}

Response lacking_factor(const Request& request, const GateSettings& settings) {
  auto response = refuse(request, 403, "two_factor_setup_required");
  response.set("WWW-Authenticate", challenge(settings, R"(error="insufficient_scope")"));
  return response;
}

Response forbidden(const Request& request, const GateSettings& settings,
                   const domain::Requirement& required, const domain::IdentityFields& identity) {
  auto response = refuse(request, 403, "insufficient_scope");
  std::string parameters = R"(error="insufficient_scope")";
  if (required.kind == domain::Requirement::Kind::Permission) {
    parameters += ", scope=\"" + required.name + '"';
  }
  response.set("WWW-Authenticate", challenge(settings, parameters));
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
