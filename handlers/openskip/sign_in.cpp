#include "domain/session.hpp"
#include "handlers/object_text.hpp"
#include "handlers/openskip/handlers.hpp"
#include "handlers/openskip/objects.hpp"
#include "handlers/openskip/reader.hpp"

namespace postern::handlers::openskip {
namespace {

using domain::Errc;

constexpr Length kUsername{1, 150};
constexpr Length kEmail{3, 254};

/// The password's rules are this installation's: their numbers belong into the message.
Response registration_refusal(const domain::Error& error, const domain::PasswordSettings& rules) {
  if (error.code != Errc::InvalidInput) return refusal(error);
  if (error.field == "email") {
    return unprocessable({{"body", "email", "value is not a valid email address", "value_error"}});
  }
  if (error.field == "password" && error.reason == "too_short") {
    return unprocessable({too_short_fault("password", rules.min_length)});
  }
  if (error.field == "password" && error.reason == "too_long") {
    return unprocessable({too_long_fault("password", rules.max_length)});
  }
  return refusal(error);
}

/// The document asks for an invitation. Where everybody may register, one may be given.
domain::Secret invite_code(Fields& fields, domain::RegistrationMode mode) {
  if (mode == domain::RegistrationMode::Invite) return fields.secret("invite_code");
  return domain::Secret(fields.optional_text("invite_code").value_or(""));
}

/// No refresh token is told: a client of this dialect signs in again.
Response sign_in(const Body& body, const Call& call, Services& services) {
  if (body.refusal) return *body.refusal;
  Fields fields(body.data);
  domain::SignIn wanted;
  wanted.login = fields.text("username");
  wanted.password = fields.secret("password");
  wanted.kind = domain::SessionKind::OpenSkip;
  if (const auto refusal = fields.refusal()) return *refusal;
  const auto tokens = domain::sign_in(services.domain, wanted, call.origin());
  if (!tokens) return refusal(tokens.error());
  auto response = ok(ObjectText()
                         .text("access_token", tokens->access.reveal())
                         .text("token_type", "bearer")
                         .finish());
  response.log_account = tokens->account.id.text();
  return response;
}

}  // namespace

Response register_user(const Call& call, Services& services) {
  const auto body = read_json_body(call.request);
  if (body.refusal) return *body.refusal;
  const auto& settings = services.domain.settings;
  Fields fields(body.data);
  domain::Registration wanted;
  wanted.username = fields.text("username", kUsername);
  wanted.email = fields.text("email", kEmail);
  wanted.password = fields.secret("password");
  wanted.invite_code = invite_code(fields, settings.registration.mode);
  if (const auto refusal = fields.refusal()) return *refusal;

  auto account = domain::register_account(services.domain, wanted, call.origin());
  if (!account) return registration_refusal(account.error(), settings.password);
  // One that waits to be confirmed is not the account's yet; here it was asked for.
  account->email = wanted.email;
  auto response = ok(user_object(*account), 201);
  response.log_account = account->id.text();
  return response;
}

Response token(const Call& call, Services& services) {
  return sign_in(read_json_body(call.request), call, services);
}

Response log_in(const Call& call, Services& services) {
  return sign_in(read_form_body(call.request), call, services);
}

Response show_me(const Call& call, Services& /*services*/) {
  return ok(user_object(call.principal->account));
}

}  // namespace postern::handlers::openskip
