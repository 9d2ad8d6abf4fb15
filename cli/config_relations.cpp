#include "cli/config_relations.hpp"

#include "cli/config_keys_webauthn.hpp"
#include "cli/mail/mail_forms.hpp"
#include "handlers/oauth/endpoints.hpp"

namespace postern::cli {
namespace {

using Broken = std::vector<BrokenRelation>;

void demand(Broken& broken, bool holds, std::string key, std::string other, std::string message) {
  if (!holds) broken.push_back({std::move(key), std::move(other), std::move(message)});
}

void demand_order(Broken& broken, bool holds, std::string key, const std::string& other) {
  demand(broken, holds, std::move(key), other, "must not be above " + other);
}

void check_password(Broken& broken, const domain::PasswordSettings& password) {
  const auto floor = owasp_memory_floor(password.iterations);
  demand(broken, password.memory_kib >= floor, "password.memory_kib", "password.iterations",
         "must be at least " + std::to_string(floor) + " with password.iterations = " +
             std::to_string(password.iterations) + " (OWASP's floor for Argon2id)");
  // 4 bytes hold any code point: every password that is long enough must also fit.
  demand(broken, password.max_length >= 4 * password.min_length, "password.max_length",
         "password.min_length",
         "must be at least four times password.min_length, which counts characters");
  demand_order(broken, password.min_length_with_mfa <= password.min_length,
               "password.min_length_with_mfa", "password.min_length");
}

void check_session(Broken& broken, const std::string& section,
                   const domain::SessionSettings& session) {
  demand_order(broken, session.access_lifetime <= session.idle_lifetime,
               section + ".access_seconds", section + ".idle_seconds");
  demand_order(broken, session.idle_lifetime <= session.absolute_lifetime,
               section + ".idle_seconds", section + ".absolute_seconds");
}

void check_server(Broken& broken, const fcgi::ServerSettings& server) {
  demand(broken, server.api.socket.address != server.gate.socket.address, "server.gate.listen",
         "server.api.listen",
         "must not be the same as server.api.listen: the socket decides what may be asked");
  demand_order(broken, server.limits.param <= server.limits.params, "server.limits.param_bytes",
               "server.limits.params_bytes");
  demand(broken, server.limits.body + server.limits.params <= fcgi::kMaxRequestBytes,
         "server.limits.body_bytes", "server.limits.params_bytes",
         "must not be above " + std::to_string(fcgi::kMaxRequestBytes) +
             " together with server.limits.params_bytes");
  demand_order(broken, server.receive_timeout <= server.request_timeout,
               "server.receive_timeout_seconds", "server.request_timeout_seconds");
}

/// Several questions fit in, so that one that is late does no harm.
void check_cache(Broken& broken, const domain::CacheSettings& cache) {
  demand(broken, cache.poll_interval * 2 <= cache.stale_limit, "cache.poll_interval_ms",
         "cache.stale_limit_ms", "must not be above half of cache.stale_limit_ms");
}

/// A letter without a sender or a link would be of no use, and a password in clear of too much.
void check_mail(Broken& broken, const Config& config) {
  const MailTransport& mail = config.mail;
  const auto server = parse_mail_server(mail.server);
  if (!server) {
    demand(broken, !config.domain.registration.verify_email, "registration.verify_email",
           "mail.server", "needs mail.server, to send the letters by");
    return;
  }
  const std::string needed = "must be given where mail.server is";
  demand(broken, !mail.from.empty(), "mail.from", "mail.server", needed);
  demand(broken, !mail.confirm_url.empty(), "mail.confirm_url", "mail.server", needed);
  demand(broken, !mail.reset_url.empty(), "mail.reset_url", "mail.server", needed);
  demand(broken, mail.tls || server->is_loopback(), "mail.tls", "mail.server",
         "must be \"required\" where mail.server is not this machine");
  demand(broken, mail.tls || !server->implicit_tls, "mail.tls", "mail.server",
         "must be \"required\" with smtps://");
  demand(broken, mail.username.empty() == mail.password.empty(), "mail.password", "mail.username",
         "must be given together with mail.username");
}

/// A page that browsers would let nobody's key be asked for from is of no use.
void check_webauthn(Broken& broken, const domain::Settings& settings) {
  const auto& webauthn = settings.webauthn;
  const auto rp_id = webauthn.rp_id.empty() ? host_of_origin(settings.issuer) : webauthn.rp_id;
  for (const auto& origin : webauthn.origins) {
    demand(broken, may_use_rp_id(host_of_origin(origin), rp_id), "webauthn.origins",
           "webauthn.rp_id", origin + " is neither " + rp_id + " nor below it");
  }
  demand(broken, !webauthn.origins.empty() || may_use_rp_id(host_of_origin(settings.issuer), rp_id),
         "webauthn.rp_id", "server.issuer",
         "must be the issuer's host or above it, where no webauthn.origins are given");
}

void check_kitsu(Broken& broken, const Config& config) {
  const auto& session = config.domain.session(domain::SessionKind::Kitsu);
  demand_order(broken, session.access_lifetime <= session.idle_lifetime,
               "session.kitsu.access_seconds", "session.kitsu.refresh_seconds");
  const auto& provider = config.handlers.kitsu.oidc_provider;
  demand(broken, provider.empty() || config.handlers.sso.find(provider) != nullptr,
         "kitsu.oidc_provider", "kitsu.enabled",
         "names no [[sso.provider]]: there is none called " + provider);
  demand(broken, provider.empty() || config.handlers.kitsu.browser_cookies, "kitsu.oidc_provider",
         "kitsu.browser_cookies", "needs kitsu.browser_cookies: a browser gets nothing else there");
}

/// Pages, cookies and tokens are of one site; a key that nobody has read about signs nothing.
void check_oauth(Broken& broken, const domain::Settings& settings) {
  demand(broken, handlers::oauth::origin_of(settings.oauth.issuer) == settings.issuer,
         "oauth.issuer", "server.issuer",
         "must begin with server.issuer: only a path may come on top");
  const auto& signing = settings.signing;
  constexpr domain::seconds kSpare{300};
  demand(broken, signing.publish_ahead >= signing.jwks_max_age + kSpare,
         "signing.publish_ahead_seconds", "signing.jwks_max_age_seconds",
         "must be at least 300 above signing.jwks_max_age_seconds, so that a key is known "
         "everywhere before it signs");
  demand(broken, signing.rotate_every > signing.publish_ahead, "signing.rotate_every_days",
         "signing.publish_ahead_seconds", "must be longer than signing.publish_ahead_seconds");
  demand_order(broken, settings.oauth.device_interval < settings.oauth.device_lifetime,
               "oauth.device_interval_seconds", "oauth.device_seconds");
  const auto& browser = settings.session(domain::SessionKind::Browser);
  demand_order(broken, browser.idle_lifetime <= browser.absolute_lifetime,
               "session.browser.idle_seconds", "session.browser.absolute_seconds");
}

/// Our own sign-in page is of use only where the gate takes what it gives: nobody is to be sent
/// round in circles.
void check_gate(Broken& broken, const Config& config) {
  const auto& gate = config.handlers.gate;
  const auto page = config.handlers.oauth.mount + "/oauth/sign-in";
  if (gate.sign_in_url != page && gate.sign_in_url != config.domain.issuer + page) return;
  demand(broken, config.domain.oauth.enabled, "gate.sign_in_url", "oauth.enabled",
         "needs oauth.enabled: the page is the authorization server's");
  demand(broken, gate.browser_sessions, "gate.sign_in_url", "gate.browser_sessions",
         "needs gate.browser_sessions: whoever signs in there shows nothing else");
}

}  // namespace

std::uint32_t owasp_memory_floor(std::uint32_t iterations) {
  switch (iterations) {
    case 0:
    case 1:
      return 47104;
    case 2:
      return 19456;
    case 3:
      return 12288;
    case 4:
      return 9216;
    default:
      return 7168;
  }
}

std::vector<BrokenRelation> check_relations(const Config& config) {
  Broken broken;
  check_server(broken, config.server);
  check_cache(broken, config.domain.cache);
  check_mail(broken, config);
  check_password(broken, config.domain.password);
  check_webauthn(broken, config.domain);
  check_kitsu(broken, config);
  check_oauth(broken, config.domain);
  check_gate(broken, config);
  check_session(broken, "session.oauth", config.domain.session(domain::SessionKind::OAuth));
  check_session(broken, "session.native", config.domain.sessions[0]);
  check_session(broken, "session.dispatcharr", config.domain.sessions[1]);
  return broken;
}

}  // namespace postern::cli
