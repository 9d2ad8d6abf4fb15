#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/authenticate.hpp"
#include "domain/result.hpp"
#include "fcgi/request.hpp"
#include "fcgi/response.hpp"
#include "handlers/services.hpp"

namespace postern::handlers {

using fcgi::Request;
using fcgi::Response;

/// Who may call a route. It stands in the route's row; there is no default, and a handler behind
/// anything but Anyone can rely on Call::principal.
enum class Guard {
  Anyone,        ///< no credential is looked at
  Credential,    ///< any valid credential
  Session,       ///< an access token; a key is refused (credentials are changed only by a session)
  Person,        ///< any valid credential of an account that is no bot
  Admin,         ///< any valid credential with the permission `admin`
  AdminSession,  ///< both: an access token with the permission `admin`
  Loopback,      ///< the client's address is this machine's own
};

/// A request that passed its guard, on its way to a handler.
struct Call {
  const Request& request;
  std::map<std::string, std::string, std::less<>> path;  ///< values of the pattern's {names}
  std::optional<domain::Principal> principal;

  [[nodiscard]] domain::Origin origin() const;
};

using Handler = Response (*)(const Call& call, Services& services);

/// One endpoint. Patterns: literal segments, `{name}` for one segment, and at the end `{name...}`
/// for one or more.
struct Route {
  std::string_view method;  ///< GET routes answer HEAD too
  std::string_view pattern;
  std::string_view name;  ///< stable, for logs, tests and documentation
  Guard guard;
  Handler handler;
};

/// How often whoever sends a request may do so.
struct RequestLimit {
  enum class By {
    Network,  ///< the client's (domain::network_of)
    Account,  ///< the credential's owner; without a valid credential the network
  };
  std::string_view name;  ///< of what shares it: requests of the same name count together
  By by = By::Account;
  domain::Rate rate;
};

/// A dialect: routes and the shapes of its refusals. It holds no rule of its own.
struct Dialect {
  std::string_view name;
  /// Path prefixes that are its own; each ends in '/'. The longest match over all dialects wins.
  std::span<const std::string_view> prefixes;
  /// Single paths besides that are its own.
  std::span<const std::string_view> paths{};
  /// May stand before every path, and means nothing: `/api/auth/x` is `/auth/x`. "" for none.
  std::string_view optional_prefix{};
  /// The same, as the configuration says. Null: none.
  std::string_view (*mount)(const Settings&) = nullptr;
  std::span<const Route> routes;
  bool trailing_slash_optional;  ///< `/x/` and `/x` are the same route

  /// The credential it reads, by its own rules; refusals are the domain's. A missing credential is
  /// none.
  using Authenticate = std::optional<domain::Result<domain::Principal>> (*)(const Request&,
                                                                            Services&);
  Authenticate authenticate;
  /// The answer to a guard that did not let through. Null error: no credential at all.
  Response (*unauthenticated)(const Request&, const domain::Error* error);
  /// `guard` names what was missing: Session, Person, Admin or Loopback.
  Response (*forbidden)(const Request&, Guard guard);
  Response (*not_found)(const Request&);
  Response (*method_not_allowed)(const Request&, std::string_view allow);
  /// 400, 413, 431, 500, 503 …, where no handler could answer. 503 carries Retry-After.
  Response (*failure)(const Request&, int status);
  /// What the domain refuses on every route alike: KeyRestricted, and TooManyAttempts with
  /// Retry-After.
  Response (*refuse)(const Request&, const domain::Error&);
  bool (*enabled)(const Settings&);
  /// Charged once a request, after its credential was looked at; none: no limit. The route has no
  /// name where the path or its method is not known: such requests count as well.
  std::optional<RequestLimit> (*limit)(const Settings&, const Route&);
  /// Says in the headers of any answer, refusals included, what is left of it.
  void (*tell_limit)(Response&, const RequestLimit&, const domain::Charge&, domain::Instant now);
  /// A rule of the dialect's own, asked of every request before its handler and after its guard (so
  /// that a principal is there where the guard wants one). The refusal, or none. Null: no such
  /// rule.
  std::optional<Response> (*object)(const Route&, const Call&, Services&) = nullptr;
  /// Lets in whoever has to set up a second factor first (Principal::lacks_second_factor), since
  /// `object` says where he may go. Other dialects refuse him everywhere: SecondFactorRequired.
  bool judges_lacking_factor = false;
  /// Completes the WWW-Authenticate of a refusal where clients of OAuth can be led to the
  /// authorization server. Null: they are not taken here.
  void (*lead_to_server)(Response&, const Request&, const domain::OAuthSettings&) = nullptr;
  /// What every answer of the dialect carries, refusals included. Null: nothing.
  void (*dress)(Response&) = nullptr;
};

/// What a method and a path select in a dialect's table.
struct RouteMatch {
  const Route* route = nullptr;                          ///< none: 404, or 405 where `allow` is set
  std::map<std::string, std::string, std::less<>> path;  ///< values of the pattern's {names}
  std::string allow;  ///< methods that the path knows, as the Allow header lists them
};

/// Of all patterns that match the path the one whose literal segments come first decides, whatever
/// the method: `/users/me` is never `/users/{id}`. A {name} takes one non-empty segment, {name...}
/// what is left, beginning with one.
[[nodiscard]] RouteMatch match_route(const Dialect& dialect, std::string_view method,
                                     std::string_view path);

}  // namespace postern::handlers
