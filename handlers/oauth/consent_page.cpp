#include "domain/oauth_redirect.hpp"
#include "handlers/oauth/access_words.hpp"
#include "handlers/oauth/authorization_step.hpp"
#include "handlers/oauth/client_answer.hpp"
#include "handlers/oauth/client_refusal.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/pages.hpp"

namespace postern::handlers::oauth {
namespace {

FormUse use_of(const Visitor& visitor, const OpenedRequest& opened) {
  return {"consent", visitor.account(), opened.text + ' ' + edition_of(opened.client)};
}

Response ask(Services& services, const Visitor& visitor, const OpenedRequest& opened, int status) {
  Page page{.status = status, .name = "consent", .title = "Allow access?"};
  const auto& account = visitor.session->account;
  auto& texts = page.values.texts;
  const auto& redirect = opened.request.redirect_uri;
  texts["place"] =
      domain::is_local_redirect(redirect) ? "a program on this device" : domain::place_of(redirect);
  texts["who"] = account.username;
  texts["another"] = sign_in_address(services, opened.text) + "&another=1";
  texts["request"] = opened.text;
  texts["csrf"] = form_token(services, visitor, use_of(visitor, opened));
  describe_client(page.values, opened.client);
  describe_wanted(page.values, services, opened.request.wanted, account);
  page.form_targets = form_targets(redirect);
  return with_browser(show_page(services, std::move(page)), services, visitor);
}

/// As authorize() goes on, from an address of ours.
Response go_on(Services& services, const Visitor& visitor, const OpenedRequest& opened) {
  const auto& [text, request, client] = opened;
  const auto step = take_next_step(services, visitor, client, request);
  if (step.answer) return answer_client(services, request, *step.answer);
  if (request.prompt_none) {
    return tell_client(services, visitor, client, request, error_of(step.kind),
                       "prompt=none, and somebody has to be asked");
  }
  if (step.kind == Step::Kind::SignIn) return see_other(sign_in_address(services, text));
  return ask(services, visitor, opened, 200);
}

Response decide(const Call& call, Services& services, const Visitor& visitor,
                const OpenedRequest& opened, std::string_view decision) {
  const auto& [text, request, client] = opened;
  if (decision == "deny") {
    return answer_client(services, request,
                         error_parameters("access_denied", "the person said no"));
  }
  const auto answer = consent_and_code(services, client, request, *visitor.session, call.origin());
  if (answer) return answer_client(services, request, *answer);
  // In the same moment it became another client: that one is shown now.
  if (answer.error().code == domain::Errc::ClientInvalid) {
    return see_other(consent_address(services, text));
  }
  return see_other(sign_in_address(services, text));
}

}  // namespace

Response show_consent(const Call& call, Services& services) {
  const auto parameters = Parameters::of_query(call.request);
  if (!parameters) return error_page(services, 400, "The address of this page is not complete.");
  const auto opened = open_request(services, parameters->get_or_empty("request"), call.origin());
  if (!opened) return request_gone(services, opened.error());
  return go_on(services, find_visitor(call, services), *opened);
}

Response decide_consent(const Call& call, Services& services) {
  const auto form = Parameters::of_body(call.request);
  if (!form) return error_page(services, 400, "The form cannot be read.");
  const auto opened = open_request(services, form->get_or_empty("request"), call.origin());
  if (!opened) return request_gone(services, opened.error());
  const auto visitor = find_visitor(call, services);
  if (!visitor.session || !may_answer(*visitor.session, opened->request)) {
    return see_other(sign_in_address(services, opened->text));
  }
  const auto use = use_of(visitor, *opened);
  const auto decision = form->get_or_empty("decision");
  const bool decided = decision == "allow" || decision == "deny";
  if (!decided || !is_own_form(call, services, visitor, use, form->get_or_empty("csrf"))) {
    return ask(services, visitor, *opened, decided ? 403 : 400);
  }
  auto response = decide(call, services, visitor, *opened, decision);
  response.log_account = visitor.account();
  return response;
}

}  // namespace postern::handlers::oauth
