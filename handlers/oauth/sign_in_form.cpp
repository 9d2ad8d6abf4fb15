#include "handlers/oauth/sign_in_form.hpp"

#include <algorithm>

#include "fcgi/percent.hpp"
#include "handlers/oauth/client_answer.hpp"
#include "handlers/oauth/pages.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;

constexpr std::size_t kLongestPath = 2048;

/// `?request=…` or `?return_to=…`; "" for neither.
std::string query_of(const Destination& destination) {
  if (destination.opened) return "?request=" + destination.opened->text;
  if (destination.return_to.empty()) return {};
  return "?return_to=" + fcgi::percent_encode(destination.return_to);
}

std::vector<PageValues> providers(const Services& services, const Destination& destination) {
  std::vector<PageValues> items;
  if (services.providers == nullptr) return items;
  for (const auto& provider : services.settings.sso.providers) {
    const auto path = "/oauth/sign-in/" + provider.name;
    items.push_back({{{"name", provider.title.empty() ? provider.name : provider.title},
                      {"address", page_address(services, path) + query_of(destination)}},
                     {}});
  }
  return items;
}

}  // namespace

std::string Destination::text() const {
  return opened ? opened->text : return_to;
}

bool is_local_path(std::string_view text) {
  if (!text.starts_with('/') || text.starts_with("//") || text.size() > kLongestPath) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7F && c != '\\'; });
}

domain::Result<Destination> read_destination(Services& services, const Parameters& parameters,
                                             const domain::Origin& origin) {
  Destination destination;
  if (const auto text = parameters.get("request")) {
    auto opened = open_request(services, *text, origin);
    if (!opened) return opened.error();
    destination.opened = *std::move(opened);
  } else if (is_local_path(parameters.get_or_empty("return_to"))) {
    destination.return_to = parameters.get_or_empty("return_to");
  }
  return destination;
}

std::string sign_in_address(const Services& services, const Destination& destination) {
  return page_address(services, "/oauth/sign-in") + query_of(destination);
}

std::string address_after(const Services& services, const Destination& destination) {
  if (destination.opened) return consent_address(services, destination.opened->text);
  if (!destination.return_to.empty()) return destination.return_to;
  return services.settings.oauth.home_page;
}

std::string form_targets_after(const Services& services, const Destination& destination) {
  return form_targets(destination.opened ? destination.opened->request.redirect_uri
                                         : address_after(services, destination));
}

Response show_sign_in_form(Services& services, const Visitor& visitor,
                           const Destination& destination, const SignInForm& form) {
  Page page{.status = form.status, .name = "sign_in", .title = "Sign in"};
  auto& texts = page.values.texts;
  texts["error"] = form.error;
  texts["username"] = form.username;
  texts["why"] = form.why;
  texts["csrf"] = form_token(services, visitor, {"sign-in", "", destination.text()});
  if (visitor.session) texts["who"] = visitor.session->account.username;
  if (destination.opened) {
    texts["client"] = shown_name(destination.opened->client.metadata.name);
    texts["request"] = destination.opened->text;
  }
  texts["return_to"] = destination.return_to;
  page.values.lists["providers"] = providers(services, destination);
  if (!page.values.lists["providers"].empty()) texts["has_providers"] = "1";
  page.form_targets = form_targets_after(services, destination);
  return with_browser(show_page(services, std::move(page)), services, visitor);
}

Response enter(const Call& call, Services& services, const Visitor& visitor,
               const Destination& destination, const domain::BrowserSession& session) {
  if (visitor.session) {
    domain::replace_browser_session(services.domain, *visitor.session, session, call.origin());
  }
  auto response = see_other(address_after(services, destination));
  set_session_cookie(response, services, session.id);
  response.log_account = session.account.id.text();
  return response;
}

SignInRefusal words_for(const domain::Error& error) {
  switch (error.code) {
    case Errc::TooManyAttempts:
      return {429, "Too many attempts. Please wait a while and try again."};
    case Errc::Busy:
    case Errc::ProviderUnavailable:
      return {503, "This cannot be checked at the moment. Please try again shortly."};
    case Errc::ApprovalPending:
      return {403, "This account waits to be approved by an administrator."};
    case Errc::SecondFactorInvalid:
      return {401, "This code is not right, or not any more."};
    case Errc::LinkInvalid:
      return {401, "This took too long. Please sign in again."};
    case Errc::IdentityNotLinked:
      return {403, "Nobody here is linked to that account."};
    case Errc::ProviderRefused:
      return {403, "The sign-in there did not succeed."};
    default:
      return {401, "Username or password is wrong."};
  }
}

void tell_wait(Response& response, const domain::Error& error) {
  if (response.status() != 429 && response.status() != 503) return;
  response.set("Retry-After", std::to_string(std::max<long long>(1, error.retry_after.count())));
}

}  // namespace postern::handlers::oauth
