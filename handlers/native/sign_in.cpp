#include "domain/session.hpp"
#include "handlers/key_set.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/rate_limit_fields.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {
namespace {

constexpr auto kForms = BodyReader::Forms::Taken;

Response tokens_response(const domain::Tokens& tokens) {
  auto response = json_response(200, view(tokens));
  response.log_account = tokens.account.id.text();
  return response;
}

}  // namespace

Response register_account(const Call& call, Services& services) {
  BodyReader body(call.request, kForms);
  domain::Registration wanted;
  wanted.username = body.text("username");
  wanted.email = body.optional_text("email", BodyReader::Null::SaysNone);
  wanted.password = body.secret("password");
  wanted.invite_code = body.optional_secret("invite_code");
  if (auto refusal = body.refusal()) return with_registration_limit(*std::move(refusal), services);

  const auto account = domain::register_account(services.domain, wanted, call.origin());
  if (!account) {
    return with_registration_limit(refuse(call.request, account.error()), services);
  }
  auto response = with_registration_limit(json_response(201, view(*account)), services);
  response.log_account = account->id.text();
  return response;
}

Response log_in(const Call& call, Services& services) {
  BodyReader body(call.request, kForms);
  domain::SignIn wanted;
  wanted.login = body.text("login");
  wanted.password = body.secret("password");
  wanted.remember = body.optional_boolean("remember_me").value_or(true);
  wanted.factor.totp = body.optional_secret("otp");
  wanted.factor.recovery_code = body.optional_secret("recovery_code");
  if (auto refusal = body.refusal()) return with_login_limit(*std::move(refusal), services);

  const auto tokens = domain::sign_in(services.domain, wanted, call.origin());
  return with_login_limit(tokens ? tokens_response(*tokens) : refuse(call.request, tokens.error()),
                          services);
}

Response refresh(const Call& call, Services& services) {
  BodyReader body(call.request, kForms);
  const auto token = body.secret("refresh_token");
  if (auto refusal = body.refusal()) return *std::move(refusal);

  const auto tokens = domain::refresh_session(services.domain, domain::SessionKind::Native,
                                              token.reveal(), call.origin());
  if (tokens) return tokens_response(*tokens);
  // A credential of another kind, a disabled or deleted account: here all are one bad token.
  if (problem_of(tokens.error().code).status == 401) {
    return refuse(call.request, kInvalidRefreshToken);
  }
  return refuse(call.request, tokens.error());
}

Response public_keys(const Call& /*call*/, Services& services) {
  auto response = json_response(200, key_set(services));
  const auto max_age = services.domain.settings.signing.jwks_max_age;
  response.set("Cache-Control", "public, max-age=" + std::to_string(max_age.count()));
  return response;
}

}  // namespace postern::handlers::native
