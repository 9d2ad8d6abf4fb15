#include "handlers/oauth/client_refusal.hpp"

#include "domain/oauth_redirect.hpp"
#include "handlers/oauth/client_answer.hpp"
#include "handlers/oauth/pages.hpp"

namespace postern::handlers::oauth {
namespace {

bool needs_a_click(const Visitor& visitor, const domain::OAuthClient& client,
                   const AuthorizationRequest& request) {
  return client.origin != domain::ClientOrigin::Administrator && !visitor.session &&
         !domain::is_local_redirect(request.redirect_uri);
}

Response leave_page(const Services& services, const AuthorizationRequest& request,
                    const Parameters& answer) {
  Page page{.status = 400, .name = "leave", .title = "This did not work"};
  auto& texts = page.values.texts;
  texts["message"] = "The application sent you here with a request that cannot be answered.";
  texts["place"] = domain::place_of(request.redirect_uri);
  texts["link"] = answer_address(services, request, answer);
  return show_page(services, std::move(page));
}

}  // namespace

Response tell_client(Services& services, const Visitor& visitor, const domain::OAuthClient& client,
                     const AuthorizationRequest& request, std::string error,
                     std::string description) {
  const auto answer = error_parameters(std::move(error), std::move(description));
  if (needs_a_click(visitor, client, request)) return leave_page(services, request, answer);
  return answer_client(services, request, answer);
}

}  // namespace postern::handlers::oauth
