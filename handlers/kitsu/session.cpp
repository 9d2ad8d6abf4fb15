#include "domain/standing_refresh.hpp"
#include "handlers/kitsu/credential.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/person_object.hpp"
#include "handlers/kitsu/session_answer.hpp"
#include "handlers/kitsu/two_factor_proof.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Errc;
using Way = PresentedToken::Way;

/// NotFound: another request ended it a moment ago.
domain::Outcome end_session(const Call& call, Services& services, domain::SessionId session) {
  const auto account = call.principal->account.id;
  auto ended = domain::end_session(services.domain, account, session, domain::AuditEvent::LoggedOut,
                                   account, call.origin());
  if (!ended && ended.error().code == Errc::NotFound) return domain::done;
  return ended;
}

Response refuse_refresh(const domain::Error& error, std::string_view token) {
  if (error.code == Errc::TokenWrongKind)
    return token_refused(422, "Only refresh tokens are allowed");
  auto told = error;
  if (error.code == Errc::TokenInvalid) told.reason = fault_of(token);
  return credential_refused(told);
}

/// A browser's next refresh is a sign-in: that is how the original has it.
Response refreshed(const Call& call, Services& services, const domain::Tokens& tokens) {
  ObjectText body;
  const bool by_cookie = gets_cookies(call.request, services);
  if (by_cookie) {
    body.boolean("refresh", true);
  } else {
    body.text("access_token", tokens.access.reveal());
  }
  Response response(200, "application/json", body.finish());
  response.log_account = tokens.account.id.text();
  if (by_cookie) {
    set_access_cookie(response, services, tokens);
    clear_refresh_cookie(response, call.request, services);
  }
  return response;
}

}  // namespace

/// A token that is no session's is not ended by this: it lives until it is made anew.
Response log_out(const Call& call, Services& services) {
  if (call.principal->session) {
    const auto ended = end_session(call, services, *call.principal->session);
    if (!ended) return refusal(ended.error());
  }
  Response response(200, "application/json", R"({"logout":true})");
  if (gets_cookies(call.request, services)) {
    clear_access_cookie(response, services);
    clear_refresh_cookie(response, call.request, services);
  }
  return response;
}

Response show_authenticated(const Call& call, Services& services) {
  const auto& principal = *call.principal;
  auto user = person_object(services, principal.account);
  user["fido_devices"] = fido_devices(services, principal.account.id);
  return Response(200, "application/json",
                  ObjectText()
                      .boolean("authenticated", true)
                      .value("user", user)
                      .value("organisation",
                             organisation_object(services.settings.kitsu, principal.may("admin")))
                      .finish());
}

Response refresh_token(const Call& call, Services& services) {
  const auto presented = find_token(call.request, services.settings.kitsu, kRefreshCookie);
  switch (presented.way) {
    case Way::None:
    case Way::OtherScheme:
      return credential_missing(call.request, kRefreshCookie);
    case Way::Malformed:
      return credential_refused({Errc::TokenInvalid, {}, std::string(kFaultHeader)});
    case Way::Header:
    case Way::Cookie:
      break;
  }
  const auto tokens = domain::refresh_standing_session(services.domain, domain::SessionKind::Kitsu,
                                                       presented.text, call.origin());
  return tokens ? refreshed(call, services, *tokens)
                : refuse_refresh(tokens.error(), presented.text);
}

}  // namespace postern::handlers::kitsu
