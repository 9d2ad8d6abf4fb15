#include "domain/oauth_grant.hpp"
#include "handlers/oauth/client_authentication.hpp"
#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"

namespace postern::handlers::oauth {

Response revoke_token(const Call& call, Services& services) {
  const auto form = Parameters::of_body(call.request);
  if (!form) return refusal(form.error());
  const auto token = form->get("token");
  if (!token) return refusal({domain::Errc::InvalidInput, "token", "missing"});
  bool basic = false;
  const auto found = authenticate_client(call, services, *form, basic);
  if (!found) return refusal(found.error(), basic);
  domain::revoke_token(services.domain, *found ? &(*found)->client : nullptr, *token,
                       call.origin());
  Response response(200);
  allow_any_origin(response);
  return response;
}

}  // namespace postern::handlers::oauth
