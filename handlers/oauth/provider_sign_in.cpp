#include "handlers/oauth/provider_sign_in.hpp"

#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/pages.hpp"
#include "handlers/oauth/second_factor_page.hpp"
#include "handlers/sso/sign_in.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Result;

std::string origin_address(const Services& services, const std::string& path) {
  return std::string(origin_of(services.domain.settings.oauth.issuer)) + path;
}

}  // namespace

Response sign_in_at_provider(const Call& call, Services& services) {
  const auto parameters = Parameters::of_query(call.request);
  if (!parameters) return error_page(services, 400, "The address of this page is not complete.");
  const auto destination = read_destination(services, *parameters, call.origin());
  if (!destination) return request_gone(services, destination.error());
  auto started = sso::start_sign_in(
      call.request, services,
      {.provider = call.path.at("provider"),
       .return_to = origin_address(services, sign_in_address(services, *destination)),
       .delivery = sso::Delivery::Browser,
       .kind = domain::SessionKind::Browser,
       .returns_to_us = true});
  if (started) return *std::move(started);
  const auto& error = started.error();
  if (error.code == domain::Errc::NotFound) {
    return error_page(services, 404, "There is no such way to sign in here.");
  }
  const auto words = words_for(error);
  auto response = show_sign_in_form(services, find_visitor(call, services), *destination,
                                    {words.status, words.text});
  tell_wait(response, error);
  return response;
}

Result<Response> enter_vouched(const Call& call, Services& services,
                               const domain::VouchedIdentity& identity,
                               const domain::LinkRules& rules, std::string_view sign_in_page) {
  const auto query = sign_in_page.find('?');
  const auto parameters = Parameters::of_text(
      query == std::string_view::npos ? std::string_view() : sign_in_page.substr(query + 1));
  if (!parameters) return parameters.error();
  const auto destination = read_destination(services, *parameters, call.origin());
  if (!destination) return request_gone(services, destination.error());
  const auto visitor = find_visitor(call, services);
  std::optional<domain::PendingSignIn> pending;
  const auto session =
      domain::sign_in_browser_vouched(services.domain, identity, rules, call.origin(), &pending);
  if (session) return enter(call, services, visitor, *destination, *session);
  if (pending) return show_second_factor(services, visitor, *destination, *pending, {});
  return session.error();
}

}  // namespace postern::handlers::oauth
