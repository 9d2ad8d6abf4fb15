#pragma once

#include <optional>
#include <string_view>

#include "domain/error.hpp"
#include "domain/fingerprint.hpp"
#include "domain/identity.hpp"
#include "domain/policy.hpp"
#include "handlers/route.hpp"

namespace postern::handlers {

/// The gate's answers, one function each (native-api "The gate").

/// Calls put(name, value) for all that is told of a visitor who may pass. Every name is always
/// said, empty for an anonymous visitor, so that none can be left over from somewhere else in the
/// web server.
template <class Put>
void tell_identity(fcgi::Role role, const domain::IdentityFields& identity, Put put) {
  const bool authorizer = role == fcgi::Role::Authorizer;
  const auto tell = [&](std::string_view header, std::string_view variable,
                        std::string_view value) { put(authorizer ? variable : header, value); };
  tell("X-Auth-Account", "Variable-X_AUTH_ACCOUNT", identity.account);
  tell("X-Auth-User", "Variable-X_AUTH_USER", identity.user);
  tell("X-Auth-Email", "Variable-X_AUTH_EMAIL", identity.email);
  tell("X-Auth-Role", "Variable-X_AUTH_ROLE", identity.role);
  tell("X-Auth-Permissions", "Variable-X_AUTH_PERMISSIONS", identity.permissions);
  tell("X-Auth-Credential", "Variable-X_AUTH_CREDENTIAL", identity.credential);
  tell("X-Auth-Client", "Variable-X_AUTH_CLIENT", identity.client);
  if (authorizer) put("Variable-REMOTE_USER", identity.user);
}

[[nodiscard]] Response allow(const Request& request, const domain::IdentityFields& identity);

/// nginx's auth_request understands 401 and 403 alone: anything else travels as 403, with what it
/// means beside it (X-Auth-Status, X-Auth-Code); as itself in the Authorizer role.
[[nodiscard]] Response refuse(const Request& request, int status, std::string_view code);

/// The X-Auth-Code of a credential that is no good: token_expired (a key as well), token_revoked (a
/// key as well), account_inactive, invalid_token for all else.
[[nodiscard]] std::string_view code_for(domain::Errc refusal);

/// The place that was asked for, as far as a refusal tells of it.
struct GatePlace {
  const GateSettings& settings;
  const domain::OAuthResource* resource;  ///< its clients are led to the authorization server
  const domain::Requirement* required;
};
/// `code`: credential_required (there is none), cross_origin (a cookie that does not count),
/// invalid_dpop_proof, or what code_for() says.
struct Unrecognised {
  std::string_view code;
  std::optional<domain::PresentedAs> shown{};  ///< none: nothing that counts
};

/// 401. WWW-Authenticate (RFC 6750 section 3, RFC 9728 section 5.1, RFC 9449 section 7.1) offers
/// Bearer first, since clients look at nothing behind another scheme (oauth.md 2a), and names an
/// error only where something was shown, at the scheme by which it was.
[[nodiscard]] Response unauthenticated(const Request& request, const GatePlace& place,
                                       const Unrecognised& why);

/// 403: a session that has to set up a second factor first.
[[nodiscard]] Response lacking_factor(const Request& request, const GateSettings& settings);

/// 403: known, but may not. A client is told all that it needs: what it was granted and what was
/// missing.
[[nodiscard]] Response forbidden(const Request& request, const GatePlace& place,
                                 const domain::IdentityFields& identity);

/// Known and may, but not with this key: 403 where it is for another network or path, 429 with
/// Retry-After where it was used too often (domain/key_restrictions.hpp).
[[nodiscard]] Response restricted(const Request& request, const GateSettings& settings,
                                  const domain::Error& why, const domain::IdentityFields& identity);

}  // namespace postern::handlers
