#include "handlers/oauth/authorization_step.hpp"

#include "domain/oauth_code.hpp"
#include "domain/oauth_redirect.hpp"
#include "handlers/oauth/find_client.hpp"
#include "handlers/oauth/pages.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Result;

domain::NewCode new_code(const domain::OAuthClient& client, const AuthorizationRequest& request,
                         const domain::BrowserSession& session, domain::ConsentId consent) {
  domain::NewCode code{.client = client,
                       .basis = basis_of(session, consent, request.wanted),
                       .redirect_uri = request.redirect_uri,
                       .challenge = request.challenge,
                       .nonce = request.nonce};
  code.basis.dpop_jkt = request.dpop_jkt;
  return code;
}

Parameters as_answer(const domain::Secret& code) {
  Parameters answer;
  answer.set("code", std::string(code.reveal()));
  return answer;
}

/// GrantInvalid where the consent is withdrawn in this very moment.
Result<Parameters> code_for(Services& services, const domain::OAuthClient& client,
                            const AuthorizationRequest& request,
                            const domain::BrowserSession& session, domain::ConsentId consent) {
  const auto code =
      services.domain.database.transaction([&](domain::Transaction& tx) -> Result<domain::Secret> {
        return domain::issue_code(tx, services.domain, new_code(client, request, session, consent));
      });
  if (!code) return code.error();
  return as_answer(*code);
}

}  // namespace

bool is_person(const domain::BrowserSession& session, const AuthorizationRequest& request) {
  return !request.person || session.account.id == *request.person;
}

bool may_answer(const domain::BrowserSession& session, const AuthorizationRequest& request) {
  if (!is_person(session, request)) return false;
  if (request.prompt_login && session.signed_in_at < request.asked_at) return false;
  return !request.max_age || session.signed_in_at >= request.asked_at - *request.max_age;
}

Step take_next_step(Services& services, const Visitor& visitor, const domain::OAuthClient& client,
                    const AuthorizationRequest& request) {
  if (!visitor.session || !may_answer(*visitor.session, request)) return {Step::Kind::SignIn};
  const bool asked_for = request.prompt_consent || request.select_account;
  if (asked_for || domain::is_local_redirect(request.redirect_uri)) return {Step::Kind::Consent};
  const auto consent =
      domain::find_consent(services.domain, visitor.session->account.id, client.id, request.wanted);
  if (!consent) return {Step::Kind::Consent};
  const auto answer = code_for(services, client, request, *visitor.session, *consent);
  if (!answer) return {Step::Kind::Consent};
  return {Step::Kind::Answer, *answer};
}

std::string error_of(Step::Kind kind) {
  return kind == Step::Kind::SignIn ? "login_required" : "consent_required";
}

domain::GrantBasis basis_of(const domain::BrowserSession& session, domain::ConsentId consent,
                            domain::Wanted granted) {
  return {.account = session.account.id,
          .consent = consent,
          .granted = std::move(granted),
          .browser_session = session.id,
          .signed_in_at = session.signed_in_at,
          .methods = session.methods};
}

Result<Parameters> consent_and_code(Services& services, const domain::OAuthClient& client,
                                    const AuthorizationRequest& request,
                                    const domain::BrowserSession& session,
                                    const domain::Origin& origin) {
  const auto code =
      services.domain.database.transaction([&](domain::Transaction& tx) -> Result<domain::Secret> {
        const auto consent = domain::give_consent(tx, services.domain, session.account.id, client,
                                                  request.wanted, origin);
        if (!consent) return consent.error();
        return domain::issue_code(tx, services.domain,
                                  new_code(client, request, session, *consent));
      });
  if (!code) return code.error();
  return as_answer(*code);
}

Result<OpenedRequest> open_request(Services& services, std::string_view text,
                                   const domain::Origin& origin) {
  auto request = AuthorizationRequest::open(services, text);
  if (!request) return request.error();
  auto client = find_client(services, request->client_id, origin);
  if (!client) return client.error();
  if (!may_redirect_to(*client, request->redirect_uri)) return Errc::ClientInvalid;
  return OpenedRequest{std::string(text), *std::move(request), *std::move(client)};
}

Response request_gone(const Services& services, const domain::Error& error) {
  switch (error.code) {
    case Errc::LinkInvalid:
      return error_page(services, 400,
                        "This page has been open for too long, or its address is not complete. "
                        "Please begin again in the application.");
    case Errc::ClientInvalid:
      return error_page(services, 400, "This application is not known here any more.");
    default: {
      auto response = error_page(services, 503,
                                 "The application cannot be looked up at the moment. Please try "
                                 "again shortly.");
      response.set("Retry-After", "5");
      return response;
    }
  }
}

std::string sign_in_address(const Services& services, std::string_view request) {
  return page_address(services, "/oauth/sign-in?request=") + std::string(request);
}

std::string consent_address(const Services& services, std::string_view request) {
  return page_address(services, "/oauth/consent?request=") + std::string(request);
}

Response see_other(const std::string& address) {
  Response response(303);
  response.set("Location", address);
  response.set("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace postern::handlers::oauth
