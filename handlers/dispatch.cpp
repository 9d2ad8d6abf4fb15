#include "handlers/dispatch.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <typeinfo>

#include "domain/identity.hpp"
#include "domain/key_restrictions.hpp"
#include "fcgi/log.hpp"
#include "handlers/dispatcharr/dispatcharr.hpp"
#include "handlers/kitsu/kitsu.hpp"
#include "handlers/native/native.hpp"
#include "handlers/oauth/oauth.hpp"
#include "handlers/openskip/openskip.hpp"
#include "handlers/request_limit.hpp"
#include "handlers/scriptix/scriptix.hpp"
#include "handlers/skedcast/skedcast.hpp"

namespace postern::handlers {
namespace {

/// How much of the path a dialect owns: the length of its longest matching prefix, 0 for none.
std::size_t claim(const Dialect& dialect, std::string_view path) {
  std::size_t longest = 0;
  for (const auto prefix : dialect.prefixes) {
    const bool itself = path == prefix.substr(0, prefix.size() - 1);
    if (itself || path.starts_with(prefix)) longest = std::max(longest, prefix.size());
  }
  for (const auto own : dialect.paths) {
    if (path == own) longest = std::max(longest, own.size() + 1);
  }
  return longest;
}

/// The path without what the configuration lets stand before the dialect's own; the path itself
/// where none of them would be left.
std::string_view without_mount(const Dialect& dialect, const Settings* settings,
                               std::string_view path) {
  if (settings == nullptr || dialect.mount == nullptr) return path;
  const auto mount = dialect.mount(*settings);
  if (mount.empty() || !path.starts_with(mount)) return path;
  const auto rest = path.substr(mount.size());
  return claim(dialect, rest) > 0 ? rest : path;
}

/// Whose shapes the answer has. A target that cannot be decoded is judged by how it begins.
const Dialect* find_dialect(const Request& request, const Settings* settings) {
  const std::string_view path = request.uri ? request.uri->path : request.target;
  const Dialect* found = nullptr;
  std::size_t longest = 0;
  for (const auto* dialect : dialects()) {
    if (settings != nullptr && !dialect->enabled(*settings)) continue;
    const auto own = without_mount(*dialect, settings, path);
    const auto own_length = claim(*dialect, own);
    const auto length = own_length == 0 ? 0 : own_length + path.size() - own.size();
    if (length > longest) {
      longest = length;
      found = dialect;
    }
  }
  return found;
}

bool is_loopback(const std::string& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return false;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return v6.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&v6);
}

/// What a valid credential lacks for this guard; none when it has all.
std::optional<Guard> missing(Guard guard, const domain::Principal& principal) {
  const bool session = principal.kind == domain::CredentialKind::AccessToken && principal.session;
  const bool admin = principal.may("admin");
  switch (guard) {
    case Guard::Anyone:
    case Guard::Credential:
      return std::nullopt;
    case Guard::Session:
      return session ? std::nullopt : std::optional(Guard::Session);
    case Guard::Person:
      return principal.account.is_bot ? std::optional(Guard::Person) : std::nullopt;
    case Guard::Admin:
      return admin ? std::nullopt : std::optional(Guard::Admin);
    case Guard::AdminSession:
      if (!admin) return Guard::Admin;
      return session ? std::nullopt : std::optional(Guard::Session);
    case Guard::Loopback:
      break;
  }
  return Guard::Loopback;
}

/// Why this is no request for the key to be used for; none when it may. Its own rate counts here
/// and at the gate together.
std::optional<Response> stopped_by_restrictions(const Dialect& dialect, const Call& call,
                                                Services& services) {
  if (call.principal->restrictions.empty()) return std::nullopt;
  const domain::IdentityText identity(*call.principal);
  const auto fields = identity.fields();
  const auto fit = domain::enforce_restrictions(fields.restrictions,
                                                {.credential = fields.credential,
                                                 .address = call.request.remote_address,
                                                 .path = call.request.uri->path},
                                                services.domain.limiter, services.domain.clock);
  if (fit.ok()) return std::nullopt;
  return dialect.refuse(call.request, fit.error());
}

Response unauthenticated(const Dialect& dialect, const Request& request, const Services& services,
                         const domain::Error* error) {
  auto response = dialect.unauthenticated(request, error);
  if (dialect.lead_to_server != nullptr) {
    dialect.lead_to_server(response, request, services.domain.settings.oauth);
  }
  return response;
}

/// The refusal, or none with the principal filled in.
std::optional<Response> stopped_by_guard(const Dialect& dialect, Guard guard, Call& call,
                                         Services& services) {
  if (guard == Guard::Anyone) return std::nullopt;
  if (guard == Guard::Loopback) {
    if (is_loopback(call.request.remote_address)) return std::nullopt;
    return dialect.forbidden(call.request, guard);
  }
  auto authenticated = dialect.authenticate(call.request, services);
  if (!authenticated) return unauthenticated(dialect, call.request, services, nullptr);
  if (!authenticated->ok()) {
    return unauthenticated(dialect, call.request, services, &authenticated->error());
  }
  call.principal = std::move(*authenticated).value();
  if (auto restricted = stopped_by_restrictions(dialect, call, services)) return restricted;
  if (call.principal->lacks_second_factor && !dialect.judges_lacking_factor) {
    return dialect.refuse(call.request, {domain::Errc::SecondFactorRequired});
  }
  if (const auto lacking = missing(guard, *call.principal)) {
    return dialect.forbidden(call.request, *lacking);
  }
  return std::nullopt;
}

/// Refusals count, too, so that guessing credentials is no cheaper than using one.
Response answer(const Dialect& dialect, const Route& route, Call& call, Services& services,
                std::optional<CountedRequest>& counted) {
  auto refusal = stopped_by_guard(dialect, route.guard, call, services);
  counted = count_request(dialect, route, call, services);
  if (auto excess = refuse_excess(dialect, call, counted)) refusal = std::move(excess);
  if (!refusal && dialect.object != nullptr) refusal = dialect.object(route, call, services);
  auto response = refusal ? *std::move(refusal) : route.handler(call, services);
  if (call.principal && response.log_account.empty()) {
    response.log_account = call.principal->account.id.text();
  }
  return response;
}

/// Only our own exceptions are known to carry no data in what().
Response answer_guarded(const Dialect& dialect, const Route& route, Call& call, Services& services,
                        std::optional<CountedRequest>& counted) {
  const auto& request = call.request;
  try {
    return answer(dialect, route, call, services, counted);
  } catch (const domain::DatabaseUnavailable& error) {
    fcgi::log(fcgi::LogLevel::Error, "database_unavailable",
              {{"request", request.id}, {"route", route.name}, {"what", error.what()}});
    return dialect.failure(request, 503);
  } catch (const domain::DatabaseError& error) {
    fcgi::log(fcgi::LogLevel::Error, "database_error",
              {{"request", request.id}, {"route", route.name}, {"what", error.what()}});
  } catch (const std::exception& error) {
    fcgi::log(fcgi::LogLevel::Error, "handler_failed",
              {{"request", request.id}, {"route", route.name}, {"type", typeid(error).name()}});
  }
  return dialect.failure(request, 500);
}

/// Stands for the route where a path or its method has none: it counts as any other request.
constexpr Route kNoRoute{"", "", "", Guard::Credential, nullptr};

Response answer_unrouted(const Dialect& dialect, const Request& request, std::string_view allow,
                         Services& services) {
  const Call call{request, {}, std::nullopt};
  const auto counted = count_request(dialect, kNoRoute, call, services);
  auto response = refuse_excess(dialect, call, counted);
  if (!response) {
    response =
        allow.empty() ? dialect.not_found(request) : dialect.method_not_allowed(request, allow);
  }
  tell_limit(dialect, *response, counted, services);
  return *std::move(response);
}

Response route_request(const Dialect& dialect, const Request& request, Services& services) {
  auto match = match_route(dialect, request.method,
                           without_mount(dialect, &services.settings, request.uri->path));
  if (match.route == nullptr) return answer_unrouted(dialect, request, match.allow, services);
  Call call{request, std::move(match.path), std::nullopt};
  std::optional<CountedRequest> counted;
  auto response = answer_guarded(dialect, *match.route, call, services, counted);
  // What broke before it was counted.
  if (!counted) counted = count_request(dialect, *match.route, call, services);
  tell_limit(dialect, response, counted, services);
  response.log_route = match.route->name;
  return response;
}

Response dressed(const Dialect* dialect, Response response, const Request& request) {
  if (dialect != nullptr && dialect->dress != nullptr) dialect->dress(response);
  response.set("X-Request-Id", request.id);
  return response;
}

}  // namespace

std::span<const Dialect* const> dialects() {
  static const std::array kDialects{
      &native_dialect(),   &dispatcharr_dialect(), &openskip_dialect(), &skedcast_dialect(),
      &scriptix_dialect(), &kitsu_dialect(),       &oauth_dialect()};
  return kDialects;
}

Response dispatch(const Request& request, Services& services) {
  if (!request.uri) return dispatch_failure(request, 400);
  const auto* dialect = find_dialect(request, &services.settings);
  return dressed(dialect,
                 dialect == nullptr ? native_dialect().not_found(request)
                                    : route_request(*dialect, request, services),
                 request);
}

Response dispatch_failure(const Request& request, int status, const Settings* settings) {
  const auto* dialect = find_dialect(request, settings);
  return dressed(dialect,
                 (dialect == nullptr ? native_dialect() : *dialect).failure(request, status),
                 request);
}

}  // namespace postern::handlers
