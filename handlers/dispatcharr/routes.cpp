#include <array>

#include "handlers/dispatcharr/credential.hpp"
#include "handlers/dispatcharr/dispatcharr.hpp"
#include "handlers/dispatcharr/errors.hpp"
#include "handlers/dispatcharr/handlers.hpp"

namespace postern::handlers {
namespace dispatcharr {
namespace {

constexpr std::array<std::string_view, 1> kPrefixes{"/api/accounts/"};

// clang-format off
constexpr std::array kRoutes{
  Route{"POST",   "/api/accounts/token",                "dispatcharr.token",            Guard::Anyone,     log_in},
  Route{"POST",   "/api/accounts/auth/login",           "dispatcharr.login",            Guard::Anyone,     log_in},
  Route{"POST",   "/api/accounts/token/refresh",        "dispatcharr.refresh",          Guard::Anyone,     refresh},
  Route{"POST",   "/api/accounts/auth/logout",          "dispatcharr.logout",           Guard::Credential, log_out},

  Route{"GET",    "/api/accounts/api-keys",             "dispatcharr.keys.list",        Guard::Credential, list_api_keys},
  Route{"POST",   "/api/accounts/api-keys",             "dispatcharr.keys.create",      Guard::Credential, create_api_key},
  Route{"POST",   "/api/accounts/api-keys/generate",    "dispatcharr.keys.generate",    Guard::Credential, generate_api_key},
  Route{"POST",   "/api/accounts/api-keys/revoke",      "dispatcharr.keys.revoke",      Guard::Credential, revoke_api_key},
  Route{"DELETE", "/api/accounts/api-keys/{id}",        "dispatcharr.keys.delete",      Guard::Credential, delete_api_key},

  Route{"GET",    "/api/accounts/users/me",             "dispatcharr.me.show",          Guard::Credential, show_me},
  Route{"PATCH",  "/api/accounts/users/me",             "dispatcharr.me.change",        Guard::Credential, change_me},
  Route{"GET",    "/api/accounts/users",                "dispatcharr.users.list",       Guard::Admin,      list_users},
  Route{"POST",   "/api/accounts/users",                "dispatcharr.users.create",     Guard::Admin,      create_user},
  Route{"GET",    "/api/accounts/users/{id}",           "dispatcharr.users.show",       Guard::Admin,      show_user},
  Route{"PUT",    "/api/accounts/users/{id}",           "dispatcharr.users.replace",    Guard::Admin,      replace_user},
  Route{"PATCH",  "/api/accounts/users/{id}",           "dispatcharr.users.change",     Guard::Admin,      change_user},
  Route{"DELETE", "/api/accounts/users/{id}",           "dispatcharr.users.delete",     Guard::Admin,      delete_user},

  Route{"GET",    "/api/accounts/groups",               "dispatcharr.groups.list",      Guard::Admin,      list_groups},
  Route{"POST",   "/api/accounts/groups",               "dispatcharr.groups.create",    Guard::Admin,      create_group},
  Route{"GET",    "/api/accounts/groups/{id}",          "dispatcharr.groups.show",      Guard::Admin,      show_group},
  Route{"PUT",    "/api/accounts/groups/{id}",          "dispatcharr.groups.replace",   Guard::Admin,      replace_group},
  Route{"PATCH",  "/api/accounts/groups/{id}",          "dispatcharr.groups.change",    Guard::Admin,      change_group},
  Route{"DELETE", "/api/accounts/groups/{id}",          "dispatcharr.groups.delete",    Guard::Admin,      delete_group},
  Route{"GET",    "/api/accounts/permissions",          "dispatcharr.permissions.list", Guard::Admin,      list_permissions},

  Route{"GET",    "/api/accounts/initialize-superuser", "dispatcharr.setup.show",       Guard::Anyone,     show_setup},
  Route{"POST",   "/api/accounts/initialize-superuser", "dispatcharr.setup",            Guard::Anyone,     set_up},
};
// clang-format on

}  // namespace
}  // namespace dispatcharr

const Dialect& dispatcharr_dialect() {
  static constexpr Dialect kDialect{
      .name = "dispatcharr",
      .prefixes = dispatcharr::kPrefixes,
      .routes = dispatcharr::kRoutes,
      .trailing_slash_optional = true,
      .authenticate = dispatcharr::authenticate,
      .unauthenticated = dispatcharr::unauthenticated,
      .forbidden = dispatcharr::forbidden,
      .not_found = dispatcharr::not_found,
      .method_not_allowed = dispatcharr::method_not_allowed,
      .failure = dispatcharr::failure,
      .refuse =
          [](const Request&, const domain::Error& error) {
            return dispatcharr::refusal(error, dispatcharr::Presented::Nothing);
          },
      .enabled = [](const Settings& settings) { return settings.dispatcharr.enabled; },
      .limit = [](const Settings&, const Route&) { return std::optional<RequestLimit>(); },
      .tell_limit = [](Response&, const RequestLimit&, const domain::Charge&, domain::Instant) {},
  };
  return kDialect;
}

}  // namespace postern::handlers
