#include <array>

#include "handlers/openskip/credential.hpp"
#include "handlers/openskip/errors.hpp"
#include "handlers/openskip/handlers.hpp"
#include "handlers/openskip/openskip.hpp"

namespace postern::handlers {
namespace openskip {
namespace {

/// Only what is answered here: what else lies below /api/v1/ and /api/v1/admin/ is the protected
/// site's own.
constexpr std::array<std::string_view, 3> kPrefixes{"/api/v1/auth/", "/api/v1/admin/users/",
                                                    "/api/v1/admin/invites/"};

using enum Guard;

// clang-format off
constexpr std::array kRoutes{
  Route{"POST",   "/api/v1/auth/register",                 "openskip.register",      Anyone,       register_user},
  Route{"POST",   "/api/v1/auth/token",                    "openskip.token",         Anyone,       token},
  Route{"POST",   "/api/v1/auth/login",                    "openskip.login",         Anyone,       log_in},
  Route{"GET",    "/api/v1/auth/me",                       "openskip.me",            Credential,   show_me},
  Route{"POST",   "/api/v1/auth/api-keys",                 "openskip.keys.create",   Session,      create_api_key},
  Route{"GET",    "/api/v1/auth/api-keys",                 "openskip.keys.list",     Session,      list_api_keys},
  Route{"DELETE", "/api/v1/auth/api-keys/{key_id}",        "openskip.keys.delete",   Session,      delete_api_key},

  Route{"GET",    "/api/v1/admin/users",                   "openskip.users.list",    Admin,        list_users},
  Route{"POST",   "/api/v1/admin/users/{user_id}/approve", "openskip.users.approve", Admin,        approve_user},
  Route{"POST",   "/api/v1/admin/invites",                 "openskip.invites.create",AdminSession, create_invite},
  Route{"GET",    "/api/v1/admin/invites",                 "openskip.invites.list",  Admin,        list_invites},
  Route{"DELETE", "/api/v1/admin/invites/{invite_id}",     "openskip.invites.delete",AdminSession, delete_invite},
};
// clang-format on

/// Every way to try a password or an invitation, successes included, as the original counts them.
std::optional<RequestLimit> limit(const Settings& settings, const Route& route) {
  const auto most = settings.openskip.sign_ins_per_minute;
  if (most == 0 || route.guard != Anyone) return std::nullopt;
  return RequestLimit{
      "openskip.sign_in", RequestLimit::By::Network, {most, std::chrono::minutes(1)}};
}

}  // namespace
}  // namespace openskip

const Dialect& openskip_dialect() {
  static constexpr Dialect kDialect{
      .name = "openskip",
      .prefixes = openskip::kPrefixes,
      .routes = openskip::kRoutes,
      .trailing_slash_optional = false,  // but redirected: openskip::not_found
      .authenticate = openskip::authenticate,
      .unauthenticated = openskip::unauthenticated,
      .forbidden = openskip::forbidden,
      .not_found = openskip::not_found,
      .method_not_allowed = openskip::method_not_allowed,
      .failure = openskip::failure,
      .refuse = [](const Request&, const domain::Error& error) { return openskip::refusal(error); },
      .enabled = [](const Settings& settings) { return settings.openskip.enabled; },
      .limit = openskip::limit,
      // Its clients are told by Retry-After on 429, which refusal() sets.
      .tell_limit = [](Response&, const RequestLimit&, const domain::Charge&, domain::Instant) {},
  };
  return kDialect;
}

}  // namespace postern::handlers
