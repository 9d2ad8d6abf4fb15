#include <array>

#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/oauth.hpp"

namespace postern::handlers {
namespace oauth {
namespace {

constexpr std::array<std::string_view, 4> kPrefixes{
    "/oauth/", "/.well-known/oauth-authorization-server/", "/.well-known/openid-configuration/",
    "/.well-known/oauth-protected-resource/"};
constexpr std::array<std::string_view, 4> kPaths{
    "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource",
    "/.well-known/openid-configuration", "/.well-known/jwks.json"};

using enum Guard;

// Who may do what is judged by the handlers: by a client's authentication, by a browser's session,
// by a token of its own kind.
// clang-format off
constexpr std::array kRoutes{
    // Documents. With a path in the issuer they have it behind (RFC 8414 section 3), or before.
    Route{"GET", "/.well-known/oauth-authorization-server",           "oauth.metadata",        Anyone, show_metadata},
    Route{"GET", "/.well-known/oauth-authorization-server/{path...}", "oauth.metadata.path",   Anyone, show_metadata},
    Route{"GET", "/.well-known/openid-configuration",                 "oauth.openid",          Anyone, show_openid_metadata},
    Route{"GET", "/.well-known/openid-configuration/{path...}",       "oauth.openid.path",     Anyone, show_openid_metadata},
    Route{"GET", "/.well-known/oauth-protected-resource",             "oauth.resource",        Anyone, show_resource_metadata},
    Route{"GET", "/.well-known/oauth-protected-resource/{path...}",   "oauth.resource.path",   Anyone, show_resource_metadata},
    Route{"GET", "/.well-known/jwks.json",                            "oauth.jwks",            Anyone, show_keys},

    // Clients
    Route{"POST",   "/oauth/register",      "oauth.register",        Anyone, register_client},
    Route{"GET",    "/oauth/register/{id}", "oauth.register.show",   Anyone, show_registration},
    Route{"PUT",    "/oauth/register/{id}", "oauth.register.change", Anyone, replace_registration},
    Route{"DELETE", "/oauth/register/{id}", "oauth.register.delete", Anyone, delete_registration},

    // People
    Route{"GET",  "/oauth/authorize",          "oauth.authorize",        Anyone, authorize},
    Route{"POST", "/oauth/authorize",          "oauth.authorize.post",   Anyone, authorize},
    Route{"GET",  "/oauth/sign-in",            "oauth.sign_in.page",     Anyone, show_sign_in},
    Route{"POST", "/oauth/sign-in",            "oauth.sign_in",          Anyone, sign_in},
    Route{"GET",  "/oauth/sign-in/{provider}", "oauth.sign_in.provider", Anyone, sign_in_at_provider},
    Route{"GET",  "/oauth/consent",            "oauth.consent.page",     Anyone, show_consent},
    Route{"POST", "/oauth/consent",            "oauth.consent",          Anyone, decide_consent},
    Route{"GET",  "/oauth/device",             "oauth.device.page",      Anyone, show_device},
    Route{"POST", "/oauth/device",             "oauth.device",           Anyone, decide_device},
    Route{"GET",  "/oauth/logout",             "oauth.logout.page",      Anyone, show_logout},
    Route{"POST", "/oauth/logout",             "oauth.logout",           Anyone, log_out},
    Route{"GET",  "/oauth/style.css",          "oauth.style",            Anyone, show_style},
    Route{"GET",  "/oauth/post-form.js",       "oauth.post_form",        Anyone, show_post_form},
    Route{"GET",  "/oauth/security-key.js",    "oauth.security_key",     Anyone, show_security_key},

    // Tokens
    Route{"POST", "/oauth/par",                  "oauth.par",            Anyone, push_request},
    Route{"POST", "/oauth/token",                "oauth.token",          Anyone, issue_token},
    Route{"POST", "/oauth/device_authorization", "oauth.device.begin",   Anyone, authorize_device},
    Route{"POST", "/oauth/revoke",               "oauth.revoke",         Anyone, revoke_token},
    Route{"POST", "/oauth/introspect",           "oauth.introspect",     Anyone, introspect_token},
    Route{"GET",  "/oauth/userinfo",             "oauth.userinfo",       Anyone, show_userinfo},
    Route{"POST", "/oauth/userinfo",             "oauth.userinfo.post",  Anyone, show_userinfo},

    // Code in browsers asks first. Not for the pages.
    Route{"OPTIONS", "/.well-known/oauth-authorization-server",           "oauth.preflight.metadata",      Anyone, answer_preflight},
    Route{"OPTIONS", "/.well-known/oauth-authorization-server/{path...}", "oauth.preflight.metadata.path", Anyone, answer_preflight},
    Route{"OPTIONS", "/.well-known/openid-configuration",                 "oauth.preflight.openid",        Anyone, answer_preflight},
    Route{"OPTIONS", "/.well-known/openid-configuration/{path...}",       "oauth.preflight.openid.path",   Anyone, answer_preflight},
    Route{"OPTIONS", "/.well-known/oauth-protected-resource",             "oauth.preflight.resource",      Anyone, answer_preflight},
    Route{"OPTIONS", "/.well-known/oauth-protected-resource/{path...}",   "oauth.preflight.resource.path", Anyone, answer_preflight},
    Route{"OPTIONS", "/.well-known/jwks.json",                            "oauth.preflight.jwks",          Anyone, answer_preflight},
    Route{"OPTIONS", "/oauth/register",                    "oauth.preflight.register", Anyone, answer_preflight},
    Route{"OPTIONS", "/oauth/register/{id}",               "oauth.preflight.client",   Anyone, answer_preflight},
    Route{"OPTIONS", "/oauth/par",                         "oauth.preflight.par",      Anyone, answer_preflight},
    Route{"OPTIONS", "/oauth/token",                       "oauth.preflight.token",    Anyone, answer_preflight},
    Route{"OPTIONS", "/oauth/device_authorization",        "oauth.preflight.device",   Anyone, answer_preflight},
    Route{"OPTIONS", "/oauth/revoke",                      "oauth.preflight.revoke",   Anyone, answer_preflight},
    Route{"OPTIONS", "/oauth/introspect",                  "oauth.preflight.inspect",  Anyone, answer_preflight},
    Route{"OPTIONS", "/oauth/userinfo",                    "oauth.preflight.userinfo", Anyone, answer_preflight},
};
// clang-format on

}  // namespace
}  // namespace oauth

const Dialect& oauth_dialect() {
  static constexpr Dialect kDialect{
      .name = "oauth",
      .prefixes = oauth::kPrefixes,
      .paths = oauth::kPaths,
      .mount = [](const Settings& settings) -> std::string_view { return settings.oauth.mount; },
      .routes = oauth::kRoutes,
      .trailing_slash_optional = false,
      .authenticate = [](const Request&,
                         Services&) { return std::optional<domain::Result<domain::Principal>>(); },
      .unauthenticated = [](const Request& request,
                            const domain::Error*) { return oauth::failure(request, 401); },
      .forbidden = [](const Request& request, Guard) { return oauth::failure(request, 403); },
      .not_found = [](const Request& request) { return oauth::failure(request, 404); },
      .method_not_allowed = oauth::method_not_allowed,
      .failure = oauth::failure,
      .refuse = [](const Request&, const domain::Error& error) { return oauth::refusal(error); },
      .enabled = [](const Settings& settings) { return settings.oauth.enabled; },
      // What costs something has limits of its own: passwords, registrations, codes to guess.
      .limit = [](const Settings&, const Route&) { return std::optional<RequestLimit>(); },
      .tell_limit = [](Response&, const RequestLimit&, const domain::Charge&, domain::Instant) {},
  };
  return kDialect;
}

}  // namespace postern::handlers
