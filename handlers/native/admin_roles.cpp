#include "domain/dialect_profile.hpp"
#include "domain/role.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {
namespace {

const std::string& name_in(const Call& call) {
  return call.path.at("name");
}

/// The domain counts roles as it counts attempts; here it is a state of the installation.
Response refuse_role(const Call& call, const domain::Error& error) {
  if (error.code == domain::Errc::TooManyAttempts) return refuse(call.request, kRoleLimit);
  return refuse(call.request, error);
}

}  // namespace

/// Few enough for one answer: domain::kMostRoles.
Response list_all_roles(const Call& /*call*/, Services& services) {
  return list_response(domain::Page<domain::Role>{domain::list_roles(services.domain), {}},
                       [](const domain::Role& role) { return view(role); });
}

Response show_role(const Call& call, Services& services) {
  const auto role = domain::find_role(services.domain, name_in(call));
  return role ? json_response(200, view(*role)) : refuse(call.request, role.error());
}

Response put_role(const Call& call, Services& services) {
  BodyReader body(call.request);
  domain::RoleChange change;
  auto permissions = body.optional_texts("permissions");
  if (!permissions && !body.has("permissions")) body.fault("permissions", "required");
  change.description = body.optional_text("description");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  change.permissions = *std::move(permissions);

  const auto role = domain::put_role(services.domain, name_in(call), change,
                                     call.principal->account.id, call.origin());
  return role ? json_response(200, view(*role)) : refuse_role(call, role.error());
}

Response remove_role(const Call& call, Services& services) {
  const auto removed = domain::delete_role(services.domain, name_in(call),
                                           call.principal->account.id, call.origin());
  return removed ? no_content() : refuse(call.request, removed.error());
}

Response list_all_permissions(const Call& /*call*/, Services& services) {
  domain::Page<domain::Permission> all{domain::list_permissions(services.domain), {}};
  return list_response(all, [](const domain::Permission& permission) { return view(permission); });
}

}  // namespace postern::handlers::native
