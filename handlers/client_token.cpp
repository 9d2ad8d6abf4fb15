#include "handlers/client_token.hpp"

#include "handlers/oauth/dpop_proof.hpp"
#include "handlers/oauth/endpoints.hpp"

namespace postern::handlers {
namespace {

/// The request's address as its client knows it: on the resource's host, whichever name the web
/// server was asked by.
std::string address_of(const fcgi::Request& request, const domain::OAuthResource& place) {
  std::string address(oauth::origin_of(place.uri));
  return address.append(request.target, 0, request.target.find('?'));
}

}  // namespace

domain::Outcome admit_client_token(const ClientTokenUse& use, const domain::OAuthSettings& settings,
                                   domain::Limiter& limiter, const domain::Clock& clock) {
  using domain::Errc;
  if (use.place == nullptr || !use.identity.is_for(use.place->uri)) return Errc::TokenInvalid;
  if (use.identity.bound_key.empty()) return domain::done;
  const auto proof = use.request.header("dpop");
  if (!proof) return domain::Error{Errc::InvalidInput, "dpop", "the proof is missing"};
  const auto key = oauth::check_proof(limiter, clock, settings, *proof,
                                      {.method = use.request.method,
                                       .url = address_of(use.request, *use.place),
                                       .access_token = use.token});
  if (!key.ok()) return key.error();
  if (*key != use.identity.bound_key) {
    return domain::Error{Errc::InvalidInput, "dpop", "the proof is of another key"};
  }
  return domain::done;
}

std::string resource_metadata_parameter(const domain::OAuthResource& place) {
  return "resource_metadata=\"" + oauth::resource_metadata_url(place) + '"';
}

}  // namespace postern::handlers
