#include <algorithm>

#include "domain/id_token.hpp"
#include "domain/oauth_redirect.hpp"
#include "handlers/oauth/authorization_step.hpp"
#include "handlers/oauth/client_answer.hpp"
#include "handlers/oauth/find_client.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/pages.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Result;

constexpr std::size_t kLongestState = 2048;

/// What an application asks for (OpenID Connect RP-Initiated Logout 1.0 section 2).
struct LogoutRequest {
  std::optional<domain::IdTokenHint> hint;
  std::optional<domain::OAuthClient> client;
  std::string redirect;  ///< "" for none; else one of the client's, to the letter
  std::string state;

  [[nodiscard]] std::string address() const {
    if (redirect.empty() || state.empty()) return redirect;
    Parameters answer;
    answer.set("state", state);
    return redirect + (redirect.find('?') == std::string::npos ? '?' : '&') + answer.text();
  }
};

bool is_known(const domain::OAuthClient& client, std::string_view address) {
  const auto& known = client.metadata.post_logout_redirect_uris;
  return std::find(known.begin(), known.end(), address) != known.end();
}

/// InvalidInput for what names two clients, or an address that is not the client's.
Result<LogoutRequest> read_request(Services& services, const Parameters& parameters,
                                   const domain::Origin& origin) {
  LogoutRequest request;
  if (const auto hint = parameters.get("id_token_hint")) {
    request.hint = domain::read_id_token_hint(services.domain, *hint);
    if (!request.hint) return Errc::InvalidInput;
  }
  const auto named = parameters.get("client_id");
  if (named && request.hint && *named != request.hint->client_id) return Errc::InvalidInput;
  const auto id = named ? std::string(*named) : request.hint ? request.hint->client_id : "";
  if (!id.empty()) {
    auto client = find_client(services, id, origin);
    if (!client) return client.error();
    request.client = *std::move(client);
  }
  const auto redirect = parameters.get("post_logout_redirect_uri");
  if (redirect && !(request.client && is_known(*request.client, *redirect))) {
    return Errc::InvalidInput;
  }
  request.redirect = redirect.value_or("");
  const auto state = parameters.get_or_empty("state");
  if (state.size() <= kLongestState) request.state = state;
  return request;
}

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
  return request.hint && request.hint->account == visitor.session->account.id;
}

Response sign_out(const Call& call, Services& services, const Visitor& visitor,
                  const LogoutRequest& request) {
  domain::end_browser_session(services.domain, *visitor.session, call.origin());
  auto response = tell_signed_out(services, request, is_shown(visitor, request));
  clear_session_cookie(response, services);
  response.log_account = visitor.account();
  return response;
}

Response ask(const Services& services, const Visitor& visitor, const Parameters& parameters,
             const LogoutRequest& request, int status = 200) {
  Page page{.status = status, .name = "sign_out", .title = "Sign out?"};
  auto& texts = page.values.texts;
  texts["who"] = visitor.session->account.username;
  texts["home"] = services.settings.oauth.home_page;
  texts["csrf"] = form_token(services, visitor, {"logout", visitor.account(), ""});
  auto& fields = page.values.lists["fields"];
  for (const auto name : {"client_id", "id_token_hint", "post_logout_redirect_uri", "state"}) {
    if (const auto value = parameters.get(name)) {
      fields.push_back({{{"name", name}, {"value", std::string(*value)}}, {}});
    }
  }
  if (!request.redirect.empty()) page.form_targets = form_targets(request.redirect);
  return with_browser(show_page(services, std::move(page)), services, visitor);
}

}  // namespace

Response show_logout(const Call& call, Services& services) {
  const auto parameters = Parameters::of_query(call.request);
  if (!parameters) return error_page(services, 400, "The address of this page is not complete.");
  const auto request = read_request(services, *parameters, call.origin());
  if (!request) return refuse(services, request.error());
  const auto visitor = find_visitor(call, services);
  if (!visitor.session) return tell_signed_out(services, *request, false);
  if (is_shown(visitor, *request)) return sign_out(call, services, visitor, *request);
  return ask(services, visitor, *parameters, *request);
}

/// Our own form; or an application's, whose page brings none of our cookies along: as a GET, it
/// does.
Response log_out(const Call& call, Services& services) {
  const auto form = Parameters::of_body(call.request);
  if (!form) return error_page(services, 400, "The form cannot be read.");
  if (!form->get("csrf")) {
    return see_other(page_address(services, "/oauth/logout?") + form->text());
  }
  const auto request = read_request(services, *form, call.origin());
  if (!request) return refuse(services, request.error());
  const auto visitor = find_visitor(call, services);
  if (!visitor.session) return tell_signed_out(services, *request, false);
  const FormUse use{"logout", visitor.account(), ""};
  if (!is_own_form(call, services, visitor, use, form->get_or_empty("csrf"))) {
    return ask(services, visitor, *form, *request, 403);
  }
  return sign_out(call, services, visitor, *request);
}

}  // namespace postern::handlers::oauth
