#include "domain/session.hpp"
#include "handlers/object_text.hpp"
#include "handlers/scriptix/errors.hpp"
#include "handlers/scriptix/handlers.hpp"
#include "handlers/scriptix/reader.hpp"
#include "handlers/scriptix/session_answer.hpp"

namespace postern::handlers::scriptix {
namespace {

using domain::Errc;
using domain::SessionKind;

/// The document's `login_type=token`; there is no other here. Left out it means the same.
std::optional<Response> wrong_login_type(const Request& request) {
  auto query = Reader::query(request);
  if (query.optional_text("login_type").value_or("token") != "token")
    query.refuse("login_type", "must be token");
  return query.refusal();
}

domain::SignIn read_sign_in(Reader& body) {
  domain::SignIn wanted;
  wanted.login = body.text("username");
  wanted.password = body.secret("password");
  wanted.kind = SessionKind::Scriptix;
  wanted.remember = body.optional_boolean("remember_me").value_or(true);
  return wanted;
}

}  // namespace

Response log_in(const Call& call, Services& services) {
  if (auto refused = wrong_login_type(call.request)) return *std::move(refused);
  auto body = Reader::login(call.request);
  const auto wanted = read_sign_in(body);
  if (body.refusal()) return *body.refusal();

  const auto tokens = domain::sign_in(services.domain, wanted, call.origin());
  if (tokens) return session_answer(services, *tokens);
  if (tokens.error().code == Errc::SecondFactorRequired)
    return Response(200, "application/json", R"({"login":false,"mfa_required":true})");
  return refusal(tokens.error());
}

/// The whole login again, with the code: the first step left nothing behind that could be taken
/// over.
Response log_in_with_code(const Call& call, Services& services) {
  if (auto refused = wrong_login_type(call.request)) return *std::move(refused);
  auto body = Reader::login(call.request);
  auto wanted = read_sign_in(body);
  wanted.factor.totp = domain::Secret(body.optional_text("totp_code").value_or(""));
  wanted.factor.recovery_code = domain::Secret(body.optional_text("backup_code").value_or(""));
  if (wanted.factor.empty()) body.refuse("totp_code or backup_code", "is required");
  if (body.refusal()) return *body.refusal();

  const auto tokens = domain::sign_in(services.domain, wanted, call.origin());
  return tokens ? session_answer(services, *tokens) : refusal(tokens.error());
}

/// Tokens hold nothing but their session: with it they end.
Response log_out(const Call& call, Services& services) {
  const auto& principal = *call.principal;
  const auto ended =
      domain::end_session(services.domain, principal.account.id, *principal.session,
                          domain::AuditEvent::LoggedOut, principal.account.id, call.origin());
  // NotFound: another request ended it a moment ago.
  if (!ended && ended.error().code != Errc::NotFound) return refusal(ended.error());
  return Response(204);
}

}  // namespace postern::handlers::scriptix
