#include "domain/default_password.hpp"
#include "domain/mail_link.hpp"
#include "domain/session.hpp"
#include "domain/session_tokens.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/person_object.hpp"
#include "handlers/kitsu/session_answer.hpp"
#include "handlers/kitsu/two_factor_proof.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Errc;
using domain::SessionKind;

/// The SDK sends all that it knows, null for what it has not. No password is the original's word
/// for the one that everybody knows.
domain::SignIn read_sign_in(Reader& body) {
  domain::SignIn wanted;
  wanted.login = body.required_text("email");
  wanted.password =
      domain::Secret(body.text("password").value_or(std::string(domain::kDefaultPassword)));
  wanted.kind = SessionKind::Kitsu;
  wanted.factor = read_proof(body);
  wanted.brief = true;
  wanted.tell_inactive = true;
  return wanted;
}

Response logged_in(const Call& call, Services& services, const domain::Tokens& tokens) {
  const auto& account = tokens.account;
  ObjectText body;
  body.value("user", person_object(services, account))
      .value("organisation", organisation_object(services.settings.kitsu, account.role == "admin"))
      .boolean("login", true)
      .text("access_token", tokens.access.reveal())
      .text("refresh_token", tokens.refresh.reveal());
  if (domain::lacks_second_factor(services.domain.settings, SessionKind::Kitsu, account))
    body.boolean("two_factor_authentication_required", true);
  Response response(200, "application/json", body.finish());
  response.log_account = account.id.text();
  if (gets_cookies(call.request, services))
    set_token_cookies(response, call.request, services, tokens);
  return response;
}

Response inactive() {
  return {401, "application/json",
          ObjectText()
              .boolean("error", true)
              .boolean("login", false)
              .boolean("unactive", true)
              .text("message", "User is unactive, he cannot log in.")
              .finish()};
}

/// To choose a password of his own: the client goes on with the token by itself.
Response must_choose_password(const Call& call, Services& services, const std::string& login) {
  const auto link = domain::default_password_link(services.domain, login, call.origin());
  if (!link)
    return link.error().code == Errc::NotFound ? login_failed(400)
                                               : login_unavailable(link.error().retry_after);
  return {400, "application/json",
          ObjectText()
              .boolean("login", false)
              .boolean("default_password", true)
              .text("token", link->reveal())
              .finish()};
}

Response missing_factor(Services& services, const std::string& login) {
  const auto account = domain::find_account_by_login(services.domain, login);
  return account ? missing_proof(services, *account) : login_failed(400);
}

Response refuse_login(const Call& call, Services& services, const domain::SignIn& wanted,
                      const domain::Error& error) {
  switch (error.code) {
    case Errc::PasswordMustChange:
      return must_choose_password(call, services, wanted.login);
    case Errc::AccountInactive:
    case Errc::ApprovalPending:
      return inactive();
    case Errc::TooManyAttempts:
      return login_failed(400, {"too_many_failed_login_attemps"});
    case Errc::SecondFactorRequired:
      return missing_factor(services, wanted.login);
    case Errc::SecondFactorInvalid:
    case Errc::ChallengeInvalid:
      return login_failed(400, {"wrong_OTP"});
    case Errc::Busy:
      return login_unavailable(error.retry_after);
    default:
      return login_failed(400);
  }
}

}  // namespace

Response log_in(const Call& call, Services& services) {
  Reader body(call.request);
  const auto wanted = read_sign_in(body);
  if (body.refusal()) return *body.refusal();
  const auto tokens = domain::sign_in(services.domain, wanted, call.origin());
  return tokens ? logged_in(call, services, *tokens)
                : refuse_login(call, services, wanted, tokens.error());
}

}  // namespace postern::handlers::kitsu
