#include <algorithm>

#include "domain/network.hpp"
#include "domain/session.hpp"
#include "handlers/dispatcharr/credential.hpp"
#include "handlers/dispatcharr/errors.hpp"
#include "handlers/dispatcharr/handlers.hpp"
#include "handlers/dispatcharr/reader.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using domain::SessionKind;

constexpr std::uint32_t kHighestLimit = 1000;
constexpr domain::seconds kThrottleWindow{60};

/// The tokens are base64url, '.' and '_': nothing in them to escape.
std::string quoted(const domain::Secret& token) {
  return '"' + std::string(token.reveal()) + '"';
}

/// Shared by both login routes, successes included, as the original's throttle is.
std::optional<Response> stopped_by_throttle(const Call& call, Services& services) {
  const auto limit = std::min(services.settings.dispatcharr.logins_per_minute, kHighestLimit);
  if (limit == 0) return std::nullopt;
  const auto network = domain::network_of(call.request.remote_address);
  auto& domain = services.domain;
  const auto charge = domain.limiter.charge("dispatcharr-login:" + network,
                                            {limit, kThrottleWindow}, domain.clock.uptime());
  if (charge.allowed) return std::nullopt;
  return throttled(charge.retry_after);
}

}  // namespace

/// The throttle comes before anything is read, as in the original.
Response log_in(const Call& call, Services& services) {
  if (auto stopped = stopped_by_throttle(call, services)) return *std::move(stopped);
  const auto body = read_body(call.request);
  if (body.refusal) return *body.refusal;
  Fields fields(body);
  const auto username = fields.text("username", {.required = true});
  const auto password = fields.secret("password", true);
  if (!fields.ok()) return fields.refusal();
  const auto tokens = domain::sign_in(
      services.domain, {*username, *password, SessionKind::Dispatcharr}, call.origin());
  if (!tokens) return refusal(tokens.error(), Presented::Nothing);
  // Only after a right password: before it, the answer would tell who exists (rule R8).
  if (!network_allowed(services, tokens->account.id, call.request.remote_address)) {
    const auto ended =
        domain::end_session(services.domain, tokens->account.id, tokens->session,
                            domain::AuditEvent::SessionRevoked, std::nullopt, call.origin());
    if (!ended && ended.error().code != domain::Errc::NotFound)
      return refusal(ended.error(), Presented::Nothing);
    return ok(R"({"error":"Forbidden"})", 403);
  }
  auto response = ok(ObjectText()
                         .raw("refresh", quoted(tokens->refresh))
                         .raw("access", quoted(tokens->access))
                         .finish());
  response.log_account = tokens->account.id.text();
  return response;
}

Response refresh(const Call& call, Services& services) {
  const auto body = read_body(call.request);
  if (body.refusal) return *body.refusal;
  Fields fields(body);
  const auto token = fields.secret("refresh", true);
  if (!fields.ok()) return fields.refusal();
  const auto tokens = domain::refresh_session(services.domain, SessionKind::Dispatcharr,
                                              token->reveal(), call.origin());
  if (!tokens) return refusal(tokens.error(), Presented::RefreshToken);
  // Its successor stays untold, and the presented token good for a place that is allowed (R2).
  if (!network_allowed(services, tokens->account.id, call.request.remote_address))
    return ok(R"({"error":"Unauthorized"})", 403);
  auto response = ok(ObjectText()
                         .raw("access", quoted(tokens->access))
                         .raw("refresh", quoted(tokens->refresh))
                         .finish());
  response.log_account = tokens->account.id.text();
  return response;
}

/// The original leaves the tokens alive. A client that logged out cannot tell, and whoever copied
/// one can (rule R6).
Response log_out(const Call& call, Services& services) {
  const auto& principal = *call.principal;
  if (principal.session) {
    const auto ended =
        domain::end_session(services.domain, principal.account.id, *principal.session,
                            domain::AuditEvent::LoggedOut, principal.account.id, call.origin());
    // NotFound: another request ended it a moment ago.
    if (!ended && ended.error().code != domain::Errc::NotFound)
      return refusal(ended.error(), Presented::Bearer);
  }
  return ok(R"({"message":"Logout successful"})");
}

}  // namespace postern::handlers::dispatcharr
