#include "handlers/oauth/client_answer.hpp"

#include "domain/oauth_redirect.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/pages.hpp"

namespace postern::handlers::oauth {
namespace {

Parameters whole(const Services& services, const AuthorizationRequest& request, Parameters answer) {
  if (!request.state.empty()) answer.set("state", request.state);
  answer.set("iss", services.domain.settings.oauth.issuer);  // RFC 9207
  return answer;
}

/// OAuth 2.0 Form Post Response Mode: our script sends it, or the person's click.
Response post_form(const Services& services, const AuthorizationRequest& request,
                   const Parameters& answer) {
  Page page{.status = 200, .name = "form_post", .title = "Signed in"};
  page.values.texts["place"] = domain::place_of(request.redirect_uri);
  page.values.texts["action"] = request.redirect_uri;
  auto& fields = page.values.lists["fields"];
  for (const auto name : {"code", "error", "error_description", "state", "iss"}) {
    if (const auto value = answer.get(name)) {
      fields.push_back({{{"name", name}, {"value", std::string(*value)}}, {}});
    }
  }
  page.form_targets = form_targets(request.redirect_uri);
  page.has_script = true;
  return show_page(services, std::move(page));
}

}  // namespace

std::string answer_address(const Services& services, const AuthorizationRequest& request,
                           const Parameters& answer) {
  const char joint = request.redirect_uri.find('?') == std::string::npos ? '?' : '&';
  return request.redirect_uri + joint + whole(services, request, answer).text();
}

Parameters error_parameters(std::string error, std::string description) {
  Parameters answer;
  answer.set("error", std::move(error));
  answer.set("error_description", std::move(description));
  return answer;
}

Response answer_client(Services& services, const AuthorizationRequest& request,
                       const Parameters& answer) {
  if (request.form_post) {
    return post_form(services, request, whole(services, request, answer));
  }
  Response response(303);  // never 307 or 308, which would send a form's password along
  response.set("Location", answer_address(services, request, answer));
  response.set("Referrer-Policy", "no-referrer");
  return response;
}

std::string form_targets(std::string_view address) {
  if (address.starts_with('/')) return {};
  const auto scheme = address.substr(0, address.find(':'));
  if (scheme == "https") return "https:";
  if (scheme != "http") return std::string(scheme) + ": https:";
  // A program on this machine. A source cannot be an IPv6 address.
  return "http://127.0.0.1:* http://localhost:*" +
         std::string(address.starts_with("http://[") ? " http:" : "") + " https:";
}

}  // namespace postern::handlers::oauth
