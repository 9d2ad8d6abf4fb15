#include <array>

#include "handlers/scriptix/credential.hpp"
#include "handlers/scriptix/errors.hpp"
#include "handlers/scriptix/handlers.hpp"
#include "handlers/scriptix/key_object.hpp"
#include "handlers/scriptix/rate_limit.hpp"
#include "handlers/scriptix/scriptix.hpp"

namespace postern::handlers {
namespace scriptix {
namespace {

constexpr std::array<std::string_view, 5> kPrefixes{
    "/api/v3/auth/", "/api/v3/tokens/", "/api/v3/api-keys/", "/api/v3/me/", "/api/v3/account/"};

// clang-format off
constexpr std::array kRoutes{
  Route{"POST",   "/api/v3/auth/login",           "scriptix.login",           Guard::Anyone,     log_in},
  Route{"POST",   "/api/v3/auth/login/mfa",       "scriptix.login.mfa",       Guard::Anyone,     log_in_with_code},
  Route{"GET",    "/api/v3/auth/login/microsoft", "scriptix.login.microsoft", Guard::Anyone,     log_in_at_microsoft},
  Route{"POST",   "/api/v3/auth/logout",          "scriptix.logout",          Guard::Session,    log_out},

  Route{"GET",    "/api/v3/tokens",               "scriptix.tokens.list",     Guard::Session,    list_tokens},
  Route{"POST",   "/api/v3/tokens",               "scriptix.tokens.create",   Guard::Session,    create_token},
  Route{"DELETE", "/api/v3/tokens/{id}",          "scriptix.tokens.delete",   Guard::Session,    delete_token},

  Route{"GET",    "/api/v3/api-keys",             "scriptix.keys.list",       Guard::Credential, list_api_keys},
  Route{"POST",   "/api/v3/api-keys",             "scriptix.keys.create",     Guard::Credential, create_api_key},
  Route{"DELETE", "/api/v3/api-keys/{id}",        "scriptix.keys.delete",     Guard::Credential, delete_api_key},

  Route{"GET",    "/api/v3/me",                   "scriptix.me",              Guard::Credential, show_me},
  Route{"GET",    "/api/v3/account/me",           "scriptix.account.me",      Guard::Credential, show_me},
};
// clang-format on

}  // namespace
}  // namespace scriptix

const Dialect& scriptix_dialect() {
  static constexpr Dialect kDialect{
      .name = scriptix::kDialect,
      .prefixes = scriptix::kPrefixes,
      .routes = scriptix::kRoutes,
      .trailing_slash_optional = true,
      .authenticate = scriptix::authenticate,
      .unauthenticated = scriptix::unauthenticated,
      .forbidden = scriptix::forbidden,
      .not_found = scriptix::not_found,
      .method_not_allowed = scriptix::method_not_allowed,
      .failure = scriptix::failure,
      .refuse = [](const Request&, const domain::Error& error) { return scriptix::refusal(error); },
      .enabled = [](const Settings& settings) { return settings.scriptix.enabled; },
      .limit = scriptix::request_limit,
      .tell_limit = scriptix::tell_request_limit,
  };
  return kDialect;
}

}  // namespace postern::handlers
