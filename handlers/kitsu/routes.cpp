#include <array>

#include "handlers/kitsu/admission.hpp"
#include "handlers/kitsu/credential.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/kitsu.hpp"

namespace postern::handlers {
namespace kitsu {
namespace {

constexpr std::array<std::string_view, 6> kPrefixes{"/api/auth/", "/api/data/", "/api/actions/",
                                                    "/auth/",     "/data/",     "/actions/"};
/// What else lies below /api/ is other dialects', or the site's.
constexpr std::array<std::string_view, 9> kPaths{
    "/",       "/api",       "/api/", "/status", "/api/status", "/status.txt", "/api/status.txt",
    "/config", "/api/config"};

// Who may change a person, and what, is more than a guard can say: change_person() does.
// clang-format off
constexpr std::array kRoutes{
  Route{"POST",   "/auth/login",           "kitsu.login",              Guard::Anyone,     log_in},
  Route{"GET",    "/auth/logout",          "kitsu.logout",             Guard::Person,     log_out},
  Route{"GET",    "/auth/authenticated",   "kitsu.authenticated",      Guard::Credential, show_authenticated},
  Route{"GET",    "/auth/refresh-token",   "kitsu.refresh",            Guard::Anyone,     refresh_token},

  Route{"POST",   "/auth/change-password", "kitsu.password.change",    Guard::Session,    change_password},
  Route{"POST",   "/auth/reset-password",  "kitsu.password.forgot",    Guard::Anyone,     ask_for_reset},
  Route{"PUT",    "/auth/reset-password",  "kitsu.password.reset",     Guard::Anyone,     reset_password},

  Route{"POST",   "/auth/saml/sso",        "kitsu.saml.finish",        Guard::Anyone,     refuse_saml},
  Route{"GET",    "/auth/saml/login",      "kitsu.saml.start",         Guard::Anyone,     refuse_saml},
  Route{"GET",    "/auth/oidc/login",      "kitsu.oidc.start",         Guard::Anyone,     log_in_by_oidc},
  Route{"GET",    "/auth/oidc/callback",   "kitsu.oidc.finish",        Guard::Anyone,     finish_oidc},

  Route{"PUT",    "/auth/totp",            "kitsu.totp.start",         Guard::Session,    start_totp},
  Route{"POST",   "/auth/totp",            "kitsu.totp.confirm",       Guard::Session,    confirm_totp},
  Route{"DELETE", "/auth/totp",            "kitsu.totp.disable",       Guard::Session,    disable_totp},
  Route{"GET",    "/auth/email-otp",       "kitsu.email_otp.send",     Guard::Anyone,     send_email_otp},
  Route{"PUT",    "/auth/email-otp",       "kitsu.email_otp.start",    Guard::Session,    start_email_otp},
  Route{"POST",   "/auth/email-otp",       "kitsu.email_otp.confirm",  Guard::Session,    confirm_email_otp},
  Route{"DELETE", "/auth/email-otp",       "kitsu.email_otp.disable",  Guard::Session,    disable_email_otp},
  Route{"GET",    "/auth/fido",            "kitsu.fido.login",         Guard::Anyone,     start_fido_login},
  Route{"PUT",    "/auth/fido",            "kitsu.fido.start",         Guard::Session,    start_fido},
  Route{"POST",   "/auth/fido",            "kitsu.fido.register",      Guard::Session,    register_fido},
  Route{"DELETE", "/auth/fido",            "kitsu.fido.remove",        Guard::Session,    remove_fido},
  Route{"PUT",    "/auth/recovery-codes",  "kitsu.recovery_codes",     Guard::Session,    renew_recovery_codes},

  Route{"GET",    "/data/persons",         "kitsu.persons.list",       Guard::Credential, list_persons},
  Route{"POST",   "/data/persons",         "kitsu.persons.create",     Guard::Admin,      create_person},
  Route{"POST",   "/data/persons/new",     "kitsu.persons.create_old", Guard::Admin,      create_person},
  Route{"GET",    "/data/persons/{id}",    "kitsu.persons.show",       Guard::Credential, show_person},
  Route{"PUT",    "/data/persons/{id}",    "kitsu.persons.change",     Guard::Credential, change_person},
  Route{"DELETE", "/data/persons/{id}",    "kitsu.persons.delete",     Guard::Admin,      delete_person},
  Route{"DELETE", "/data/persons/{id}/two-factor-authentication",
                                           "kitsu.persons.no_factor",  Guard::Admin,      disable_two_factor},
  Route{"POST",   "/actions/persons/{id}/change-password",
                                           "kitsu.actions.password",   Guard::Admin,      set_person_password},
  Route{"DELETE", "/actions/persons/{id}/disable-two-factor-authentication",
                                           "kitsu.actions.no_factor",  Guard::Admin,      disable_two_factor},
  Route{"GET",    "/actions/persons/{id}/invite",
                                           "kitsu.actions.invite",     Guard::Admin,      invite_person},
  Route{"POST",   "/actions/persons/{id}/reset-password-link",
                                           "kitsu.actions.reset_link", Guard::Admin,      make_reset_link},

  Route{"GET",    "/data/organisations",   "kitsu.organisations",      Guard::Credential, list_organisations},
  Route{"GET",    "/data/user/context",    "kitsu.context",            Guard::Person,     show_context},
  // The product's own data: none here (docs/kitsu.md).
  Route{"GET",    "/data/user/{list}",                   "kitsu.user.list",     Guard::Person,     empty_list},
  Route{"GET",    "/data/user/{thing}/{id}",             "kitsu.user.open",     Guard::Person,     empty_list},
  Route{"GET",    "/data/user/{thing}/{id}/{list}",      "kitsu.user.part",     Guard::Person,     empty_list},
  Route{"GET",    "/data/user/{thing}/{id}/{part}/{other}/{list}",
                                                         "kitsu.user.parts",    Guard::Person,     empty_list},
  Route{"GET",    "/data/{list}",                        "kitsu.product.list",  Guard::Credential, empty_list},
  Route{"GET",    "/data/{thing}/{list}",                "kitsu.product.some",  Guard::Credential, empty_list},
  Route{"GET",    "/data/{thing}/{id}/{list}",           "kitsu.product.part",  Guard::Credential, empty_list},
  Route{"GET",    "/data/{thing}/{id}/{part}/{list}",    "kitsu.product.parts", Guard::Credential, empty_list},
  Route{"GET",    "/data/{thing}/{id}/{part}/{other}/{list}",
                                                         "kitsu.product.deep",  Guard::Credential, empty_list},

  Route{"GET",    "/",                     "kitsu.index",              Guard::Anyone,     show_index},
  Route{"GET",    "/status",               "kitsu.status",             Guard::Anyone,     show_status},
  Route{"GET",    "/status.txt",           "kitsu.status.text",        Guard::Anyone,     show_status_text},
  Route{"GET",    "/config",               "kitsu.config",             Guard::Anyone,     show_config},
};
// clang-format on

}  // namespace
}  // namespace kitsu

const Dialect& kitsu_dialect() {
  static constexpr Dialect kDialect{
      .name = "kitsu",
      .prefixes = kitsu::kPrefixes,
      .paths = kitsu::kPaths,
      .optional_prefix = "/api",
      .routes = kitsu::kRoutes,
      .trailing_slash_optional = false,
      .authenticate = kitsu::authenticate,
      .unauthenticated = kitsu::unauthenticated,
      .forbidden = kitsu::forbidden,
      .not_found = kitsu::not_found,
      .method_not_allowed = kitsu::method_not_allowed,
      .failure = kitsu::failure,
      .refuse = [](const Request&, const domain::Error& error) { return kitsu::refusal(error); },
      .enabled = [](const Settings& settings) { return settings.kitsu.enabled; },
      // Its SDK takes a 429 for a success, so there is none but where passwords are tried.
      .limit = [](const Settings&, const Route&) { return std::optional<RequestLimit>(); },
      .tell_limit = [](Response&, const RequestLimit&, const domain::Charge&, domain::Instant) {},
      .object = kitsu::object,
      .judges_lacking_factor = true,
      .dress = kitsu::dress,
  };
  return kDialect;
}

}  // namespace postern::handlers
