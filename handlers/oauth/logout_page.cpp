#include "domain/oauth_redirect.hpp"
#include "handlers/oauth/authorization_step.hpp"
#include "handlers/oauth/client_answer.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/logout_request.hpp"
#include "handlers/oauth/pages.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;

Response refuse(const Services& services, const domain::Error& error) {
  if (error.code != Errc::InvalidInput) return request_gone(services, error);
  return error_page(services, 400,
                    "The application asked to sign you out in a way that cannot be followed. You "
                    "can sign out on this site itself.");
}

/// Whether the browser may go on by itself: nobody gets a way from our address to one that a
/// stranger registered (oauth.md 3a.3), unless the client has shown that this person used it.
bool may_go_on(const LogoutRequest& request, bool shown) {
  return shown || request.client->origin == domain::ClientOrigin::Administrator ||
         domain::is_local_redirect(request.redirect);
}

Response tell_signed_out(const Services& services, const LogoutRequest& request, bool shown) {
  if (!request.redirect.empty() && may_go_on(request, shown)) return see_other(request.address());
  Page page{.status = 200, .name = "done", .title = "Signed out"};
  auto& texts = page.values.texts;
  texts["message"] = "You are signed out here.";
  if (request.redirect.empty()) {
    texts["link"] = services.settings.oauth.home_page;
    texts["link_text"] = "Go on";
  } else {
    texts["link"] = request.address();
    texts["link_text"] = "Go to " + domain::place_of(request.redirect);
  }
  return show_page(services, std::move(page));
}

/// The application shows that it knows who is signed in: then it is no stranger's doing.
bool is_shown(const Visitor& visitor, const LogoutRequest& request) {
  return request.person == visitor.session->account.id;
}

Response sign_out(const Call& call, Services& services, const Visitor& visitor,
                  const LogoutRequest& request) {
  domain::end_browser_session(services.domain, *visitor.session, call.origin());
  auto response = tell_signed_out(services, request, is_shown(visitor, request));
  clear_session_cookie(response, services);
  response.log_account = visitor.account();
  return response;
}

FormUse use_of(const Visitor& visitor, std::string_view sealed) {
  return {"logout", visitor.account(), std::string(sealed)};
}

Response ask(Services& services, const Visitor& visitor, const LogoutRequest& request,
             int status = 200) {
  Page page{.status = status, .name = "sign_out", .title = "Sign out?"};
  auto& texts = page.values.texts;
  const auto sealed = request.seal(services);
  texts["who"] = visitor.session->account.username;
  texts["home"] = services.settings.oauth.home_page;
  texts["csrf"] = form_token(services, visitor, use_of(visitor, sealed));
  texts["request"] = sealed;
  if (!request.redirect.empty()) page.form_targets = form_targets(request.redirect);
  return with_browser(show_page(services, std::move(page)), services, visitor);
}

/// An application's form, whose page brings none of our cookies along: as a GET, it does. The
/// application chose a form so that nothing of it stands in an address.
Response go_on_as_get(Services& services, const LogoutRequest& request) {
  const auto sealed = request.seal(services);
  const auto here = page_address(services, "/oauth/logout");
  return see_other(sealed.empty() ? here : here + "?request=" + sealed);
}

}  // namespace

Response show_logout(const Call& call, Services& services) {
  const auto parameters = Parameters::of_query(call.request);
  if (!parameters) return error_page(services, 400, "The address of this page is not complete.");
  const auto request = read_logout_request(services, *parameters, call.origin());
  if (!request) return refuse(services, request.error());
  const auto visitor = find_visitor(call, services);
  if (!visitor.session) return tell_signed_out(services, *request, false);
  if (is_shown(visitor, *request)) return sign_out(call, services, visitor, *request);
  return ask(services, visitor, *request);
}

/// Our own form, or an application's.
Response log_out(const Call& call, Services& services) {
  const auto form = Parameters::of_body(call.request);
  if (!form) return error_page(services, 400, "The form cannot be read.");
  const auto request = read_logout_request(services, *form, call.origin());
  if (!request) return refuse(services, request.error());
  const auto token = form->get("csrf");
  if (!token) return go_on_as_get(services, *request);
  const auto visitor = find_visitor(call, services);
  if (!visitor.session) return tell_signed_out(services, *request, false);
  const auto use = use_of(visitor, form->get_or_empty("request"));
  if (!is_own_form(call, services, visitor, use, *token)) {
    return ask(services, visitor, *request, 403);
  }
  return sign_out(call, services, visitor, *request);
}

}  // namespace postern::handlers::oauth
