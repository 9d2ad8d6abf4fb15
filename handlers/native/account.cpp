#include "domain/password_change.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/rate_limit_fields.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {
namespace {

Response apply(const Call& call, Services& services, const domain::AccountChange& change) {
  const auto& id = call.principal->account.id;
  const auto account = domain::update_account(services.domain, id, change, id, call.origin());
  return account ? json_response(200, view(*account)) : refuse(call.request, account.error());
}

}  // namespace

Response show_me(const Call& call, Services& /*services*/) {
  auto body = view(call.principal->account);
  body["principal"] = view(*call.principal);
  return json_response(200, body);
}

/// Name and address are what an account is found and recovered by, so changing them takes the
/// password again (ASVS 7.5.1).
Response change_me(const Call& call, Services& services) {
  BodyReader body(call.request);
  domain::AccountChange change;
  change.username = body.optional_text("username");
  change.email = body.optional_text("email", BodyReader::Null::SaysNone);
  if (body.has("email") && !change.email) change.email = "";
  const bool changes = change.username || change.email;
  const auto password = changes
                            ? body.secret("current_password")
                            : domain::Secret(body.optional_text("current_password").value_or(""));
  if (auto refusal = body.refusal()) return with_login_limit(*std::move(refusal), services);
  if (!changes) return show_me(call, services);

  const auto known =
      domain::reauthenticate(services.domain, call.principal->account.id, password, call.origin());
  return with_login_limit(
      known ? apply(call, services, change) : refuse(call.request, known.error()), services);
}

Response change_my_password(const Call& call, Services& services) {
  BodyReader body(call.request);
  const auto current = body.secret("current_password");
  const auto replacement = body.secret("new_password");
  if (auto refusal = body.refusal()) return with_login_limit(*std::move(refusal), services);

  const auto changed = domain::change_password(services.domain, call.principal->account.id, current,
                                               replacement, call.principal->session, call.origin());
  return with_login_limit(changed ? no_content() : refuse(call.request, changed.error()), services);
}

}  // namespace postern::handlers::native
