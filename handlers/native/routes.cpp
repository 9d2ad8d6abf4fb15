#include <array>

#include "handlers/credential.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/native.hpp"
#include "handlers/native/problem.hpp"
#include "handlers/native/rate_limit_fields.hpp"

namespace postern::handlers {
namespace native {
namespace {

constexpr std::array<std::string_view, 1> kPrefixes{"/auth/v1/"};

using enum Guard;

// clang-format off
constexpr std::array kRoutes{
    // Sign-in
    Route{"POST", "/auth/v1/register",  "register", Anyone, register_account},
    Route{"POST", "/auth/v1/login",     "login",    Anyone, log_in},
    Route{"POST", "/auth/v1/refresh",   "refresh",  Anyone, refresh},
    Route{"GET",  "/auth/v1/jwks.json", "jwks",     Anyone, public_keys},

    // Letters: who asks, and who holds the secret out of one
    Route{"POST", "/auth/v1/password/forgot", "password.forgot", Anyone, forgot_password},
    Route{"POST", "/auth/v1/password/reset",  "password.reset",  Anyone, reset_password},
    Route{"POST", "/auth/v1/email/confirm",   "email.confirm",   Anyone, confirm_email},
    Route{"POST", "/auth/v1/me/email/confirmation",
          "me.email.confirmation", Session, ask_for_confirmation},

    // Sign-in at a provider
    Route{"GET",  "/auth/v1/sso",                     "sso.providers", Anyone, list_providers},
    Route{"GET",  "/auth/v1/sso/{provider}/start",    "sso.start",     Anyone, start_sso},
    Route{"GET",  "/auth/v1/sso/{provider}/callback", "sso.callback",  Anyone, finish_sso},
    Route{"POST", "/auth/v1/sso/token",               "sso.token",     Anyone, redeem_sso_code},
    Route{"GET",    "/auth/v1/me/identities", "me.identities.list", Credential, list_my_identities},
    Route{"DELETE", "/auth/v1/me/identities", "me.identities.drop", Session,    drop_my_identity},

    // Own account: read with any credential, changed with a session only
    Route{"GET",    "/auth/v1/me",               "me.show",         Credential, show_me},
    Route{"PATCH",  "/auth/v1/me",               "me.change",       Session,    change_me},
    Route{"POST",   "/auth/v1/me/password",      "me.password",     Session,    change_my_password},
    Route{"PUT",    "/auth/v1/me/key",           "me.key.make",     Session,    make_personal_key},
    Route{"DELETE", "/auth/v1/me/key",           "me.key.drop",     Session,    drop_personal_key},
    Route{"POST",   "/auth/v1/logout",           "logout",          Session,    log_out},
    Route{"GET",    "/auth/v1/sessions",         "sessions.list",   Credential, list_my_sessions},
    Route{"DELETE", "/auth/v1/sessions",         "sessions.others", Session,    end_other_sessions},
    Route{"DELETE", "/auth/v1/sessions/{id}",    "sessions.end",    Session,    end_my_session},
    Route{"GET",    "/auth/v1/keys",             "keys.list",       Credential, list_my_keys},
    Route{"POST",   "/auth/v1/keys",             "keys.create",     Session,    create_key},
    Route{"POST",   "/auth/v1/keys/{id}/rotate", "keys.rotate",     Session,    rotate_my_key},
    Route{"DELETE", "/auth/v1/keys/{id}",        "keys.revoke",     Session,    revoke_my_key},

    // Connected applications (OAuth): withdrawn with a session only
    Route{"GET",    "/auth/v1/grants",      "grants.list",     Credential, list_my_grants},
    Route{"DELETE", "/auth/v1/grants/{id}", "grants.withdraw", Session,    withdraw_my_grant},

    // Second factors: seen and changed with a session only
    Route{"GET",    "/auth/v1/mfa",                "mfa.show",         Session, show_mfa},
    Route{"POST",   "/auth/v1/mfa/totp",           "mfa.totp.start",   Session, start_totp},
    Route{"POST",   "/auth/v1/mfa/totp/confirm",   "mfa.totp.confirm", Session, confirm_totp},
    Route{"DELETE", "/auth/v1/mfa/totp",           "mfa.totp.disable", Session, disable_totp},
    Route{"POST",   "/auth/v1/mfa/recovery-codes", "mfa.codes.renew",  Session,
          renew_recovery_codes},

    // Administration: credentials of others are made and ended with a session only
    Route{"GET",    "/auth/v1/admin/accounts",
          "admin.accounts.list",     Admin,        list_all_accounts},
    Route{"POST",   "/auth/v1/admin/accounts",
          "admin.accounts.create",   Admin,        create_any_account},
    Route{"GET",    "/auth/v1/admin/accounts/{id}",
          "admin.accounts.show",     Admin,        show_account},
    Route{"PATCH",  "/auth/v1/admin/accounts/{id}",
          "admin.accounts.change",   Admin,        change_account},
    Route{"DELETE", "/auth/v1/admin/accounts/{id}",
          "admin.accounts.remove",   Admin,        remove_account},
    Route{"POST",   "/auth/v1/admin/accounts/{id}/approve",
          "admin.accounts.approve",  Admin,        approve_account},
    Route{"POST",   "/auth/v1/admin/accounts/{id}/sessions/revoke",
          "admin.accounts.sessions", AdminSession, end_sessions_of},
    Route{"DELETE", "/auth/v1/admin/accounts/{id}/mfa",
          "admin.accounts.mfa",      AdminSession, reset_mfa_of},
    Route{"POST",   "/auth/v1/admin/accounts/{id}/key",
          "admin.accounts.key.make", AdminSession, make_personal_key_of},
    Route{"DELETE", "/auth/v1/admin/accounts/{id}/key",
          "admin.accounts.key.drop", AdminSession, drop_personal_key_of},
    Route{"GET",    "/auth/v1/admin/keys",
          "admin.keys.list",         Admin,        list_all_keys},
    Route{"DELETE", "/auth/v1/admin/keys/{id}",
          "admin.keys.revoke",       AdminSession, revoke_any_key},
    Route{"GET",    "/auth/v1/admin/roles",
          "admin.roles.list",        Admin,        list_all_roles},
    Route{"GET",    "/auth/v1/admin/roles/{name}",
          "admin.roles.show",        Admin,        show_role},
    Route{"PUT",    "/auth/v1/admin/roles/{name}",
          "admin.roles.put",         AdminSession, put_role},
    Route{"DELETE", "/auth/v1/admin/roles/{name}",
          "admin.roles.remove",      AdminSession, remove_role},
    Route{"GET",    "/auth/v1/admin/permissions",
          "admin.permissions.list",  Admin,        list_all_permissions},
    Route{"GET",    "/auth/v1/admin/invites",
          "admin.invites.list",      Admin,        list_all_invites},
    Route{"POST",   "/auth/v1/admin/invites",
          "admin.invites.create",    AdminSession, create_invite},
    Route{"DELETE", "/auth/v1/admin/invites/{id}",
          "admin.invites.revoke",    AdminSession, revoke_any_invite},
    Route{"GET",    "/auth/v1/admin/clients",
          "admin.clients.list",      Admin,        list_all_clients},
    Route{"POST",   "/auth/v1/admin/clients",
          "admin.clients.create",    AdminSession, create_client},
    Route{"GET",    "/auth/v1/admin/clients/{id}",
          "admin.clients.show",      Admin,        show_client},
    Route{"DELETE", "/auth/v1/admin/clients/{id}",
          "admin.clients.delete",    AdminSession, delete_any_client},
    Route{"GET",    "/auth/v1/admin/audit",
          "admin.audit",             Admin,        list_events},

    // Operation
    Route{"GET", "/auth/v1/healthz",      "healthz", Anyone,   show_health},
    Route{"GET", "/auth/v1/readyz",       "readyz",  Anyone,   show_readiness},
    Route{"GET", "/auth/v1/metrics",      "metrics", Loopback, show_metrics},
    Route{"GET", "/auth/v1/openapi.json", "openapi", Anyone,   show_openapi},
};
// clang-format on

}  // namespace
}  // namespace native

const Dialect& native_dialect() {
  static constexpr Dialect kDialect{
      .name = "native",
      .prefixes = native::kPrefixes,
      .routes = native::kRoutes,
      .trailing_slash_optional = false,
      .authenticate = authenticate_request,
      .unauthenticated = native::unauthenticated,
      .forbidden = native::forbidden,
      .not_found = native::not_found,
      .method_not_allowed = native::method_not_allowed,
      .failure = native::failure,
      .refuse = [](const Request& request,
                   const domain::Error& error) { return native::refuse(request, error); },
      .enabled = [](const Settings&) { return true; },
      .limit = native::request_limit,
      .tell_limit = native::tell_request_limit,
  };
  return kDialect;
}

}  // namespace postern::handlers
