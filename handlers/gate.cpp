#include "handlers/gate.hpp"

#include <typeinfo>

#include "domain/policy.hpp"
#include "fcgi/log.hpp"
#include "handlers/credential.hpp"

namespace postern::handlers {
namespace {

using domain::Principal;
using domain::Requirement;

constexpr std::string_view kRetryAfterOutage = "2";

struct Identity {
  std::string account, user, email, role, permissions, credential;
};

Identity identity_of(const Principal& principal) {
  Identity identity{principal.account.id.text(),
                    principal.account.username,
                    principal.account.email.value_or(""),
                    principal.account.role,
                    {},
                    std::string(name_of(principal.kind)) + ":" + principal.credential_id};
  for (const auto& permission : principal.permissions) {
    if (!identity.permissions.empty()) identity.permissions += ' ';
    identity.permissions += permission;
  }
  return identity;
}

/// Every name is always set, empty for an anonymous visitor, so that none can be left over from
/// somewhere else in the web server.
Response allow(const Request& request, const Identity& identity) {
  Response response(200);
  const bool authorizer = request.role == fcgi::Role::Authorizer;
  const auto put = [&](std::string_view header, std::string_view variable, std::string_view value) {
    response.set(authorizer ? variable : header, value);
  };
  put("X-Auth-Account", "Variable-X_AUTH_ACCOUNT", identity.account);
  put("X-Auth-User", "Variable-X_AUTH_USER", identity.user);
  put("X-Auth-Email", "Variable-X_AUTH_EMAIL", identity.email);
  put("X-Auth-Role", "Variable-X_AUTH_ROLE", identity.role);
  put("X-Auth-Permissions", "Variable-X_AUTH_PERMISSIONS", identity.permissions);
  put("X-Auth-Credential", "Variable-X_AUTH_CREDENTIAL", identity.credential);
  if (authorizer) response.set("Variable-REMOTE_USER", identity.user);
  response.log_account = identity.account;
  return response;
}

/// nginx's auth_request understands 401 and 403 alone: anything else has to travel as 403, with
/// what it means beside it (native-api.md, "The gate").
Response refuse(const Request& request, int status, std::string_view code) {
  const bool as_itself = request.role == fcgi::Role::Authorizer || status == 401 || status == 403;
  Response response(as_itself ? status : 403, "application/problem+json",
                    std::string(R"({"type":"about:blank","status":)") + std::to_string(status) +
                        R"(,"code":")" + std::string(code) + R"("})");
  response.set("X-Auth-Status", std::to_string(status));
  if (status == 503) response.set("Retry-After", kRetryAfterOutage);
  return response;
}

std::string challenge(const Services& services, std::string_view parameters) {
  std::string value = "Bearer realm=\"" + services.settings.gate.realm + '"';
  if (!parameters.empty()) value.append(", ").append(parameters);
  return value;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~/";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_word || kPlain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded.append(1, '%').append(1, kHex[byte / 16]).append(1, kHex[byte % 16]);
    }
  }
  return encoded;
}

/// The sign-in page with the wanted address as `return_to`. Encoded here, since nginx cannot, and a
/// raw '&' or '#' would end the value. An address too long to carry is left out.
std::string sign_in_address(const Request& request, const std::string& sign_in_url) {
  constexpr std::size_t kMaxTarget = 2048;
  if (request.target.size() > kMaxTarget) return sign_in_url;
  const char joint = sign_in_url.find('?') == std::string::npos ? '?' : '&';
  return sign_in_url + joint + "return_to=" + percent_encoded(request.target);
}

Response unauthenticated(const Request& request, const Services& services, bool presented) {
  auto response = refuse(request, 401, presented ? "invalid_token" : "credential_required");
  response.set("WWW-Authenticate",
               challenge(services, presented ? R"(error="invalid_token")" : ""));
  if (!services.settings.gate.sign_in_url.empty()) {
    response.set("X-Auth-Sign-In", sign_in_address(request, services.settings.gate.sign_in_url));
  }
  return response;
}

Response forbidden(const Request& request, const Services& services, const Requirement& required) {
  auto response = refuse(request, 403, "insufficient_scope");
  std::string parameters = R"(error="insufficient_scope")";
  if (required.kind == Requirement::Kind::Permission) {
    parameters += ", scope=\"" + required.name + '"';
  }
  response.set("WWW-Authenticate", challenge(services, parameters));
  return response;
}

bool satisfies(const Principal& principal, const Requirement& required) {
  switch (required.kind) {
    case Requirement::Kind::Public:
    case Requirement::Kind::SignedIn:
      return true;
    case Requirement::Kind::Permission:
      return principal.may(required.name);
    case Requirement::Kind::Role:
      return principal.account.role == required.name;
  }
  return false;
}

Response decide(const Request& request, Services& services) {
  if (!request.uri) return refuse(request, 400, "uri_refused");
  const auto* required = services.domain.settings.policy.find(request.method, request.uri->path);
  if (required == nullptr) return refuse(request, 403, "no_rule");

  const bool is_public = required->kind == Requirement::Kind::Public;
  const auto authenticated = authenticate_request(request, services);
  if (!authenticated || !authenticated->ok()) {
    // A stale credential does not close a page that is open to everybody.
    if (is_public) return allow(request, {});
    return unauthenticated(request, services, authenticated.has_value());
  }
  const auto& principal = authenticated->value();
  if (satisfies(principal, *required)) return allow(request, identity_of(principal));
  auto response = forbidden(request, services, *required);
  response.log_account = principal.account.id.text();
  return response;
}

}  // namespace

Response check_gate(const Request& request, Services& services) {
  try {
    auto response = decide(request, services);
    response.log_route = "gate";
    return response;
  } catch (const domain::DatabaseUnavailable& error) {
    fcgi::log(fcgi::LogLevel::Error, "database_unavailable",
              {{"request", request.id}, {"what", error.what()}});
  } catch (const domain::DatabaseError& error) {
    fcgi::log(fcgi::LogLevel::Error, "database_error",
              {{"request", request.id}, {"what", error.what()}});
  } catch (const std::exception& error) {
    fcgi::log(fcgi::LogLevel::Error, "gate_failed",
              {{"request", request.id}, {"type", typeid(error).name()}});
  }
  return gate_failure(request, 503);
}

Response gate_failure(const Request& request, int status) {
  auto response = refuse(request, status, status == 503 ? "cannot_decide" : "refused");
  response.log_route = "gate";
  return response;
}

}  // namespace postern::handlers
