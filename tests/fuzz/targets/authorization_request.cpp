#include "handlers/oauth/authorization_request.hpp"

#include <algorithm>

#include "domain/oauth_redirect.hpp"
#include "handlers/oauth/client_answer.hpp"
#include "handlers/oauth/parameters.hpp"
#include "tests/fuzz/offline_world.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

using handlers::oauth::AuthorizationRequest;
using handlers::oauth::Parameters;

void check_sealed(handlers::Services& services, const AuthorizationRequest& request) {
  auto sealed = request.seal(services);
  const auto opened = AuthorizationRequest::open(services, sealed);
  promise(opened && opened->client_id == request.client_id &&
              opened->redirect_uri == request.redirect_uri && opened->state == request.state &&
              opened->challenge == request.challenge && opened->nonce == request.nonce &&
              opened->dpop_jkt == request.dpop_jkt && opened->login_hint == request.login_hint &&
              opened->wanted.scopes == request.wanted.scopes &&
              opened->wanted.resources == request.wanted.resources &&
              opened->max_age == request.max_age && opened->form_post == request.form_post &&
              opened->prompt_login == request.prompt_login &&
              opened->prompt_consent == request.prompt_consent &&
              opened->prompt_none == request.prompt_none,
          "what is sealed is opened as it was");
  auto& changed = sealed[request.state.size() % sealed.size()];
  changed = changed == 'A' ? 'B' : 'A';
  promise(!AuthorizationRequest::open(services, sealed), "and changed by nobody");
}

/// An answer goes to the client, whole, and with nothing that a request could have put into it.
void check_answer(handlers::Services& services, const AuthorizationRequest& request) {
  Parameters answer;
  answer.set("code", "the code");
  promise(handlers::oauth::answer_client(services, request, answer).status() ==
              (request.form_post ? 200 : 303),
          "an answer is made");
  const auto address = handlers::oauth::answer_address(services, request, answer);
  promise(address.starts_with(request.redirect_uri), "it goes where the client is");
  const auto told =
      Parameters::of_text(std::string_view(address).substr(request.redirect_uri.size() + 1));
  promise(told && told->get("code") == "the code" &&
              told->get("iss") == services.domain.settings.oauth.issuer &&
              told->get_or_empty("state") == request.state,
          "it says what is meant");
}

}  // namespace

/// Parameters of a query. What is answered goes to the client's own addresses alone; a sound
/// request has PKCE, scopes that exist, and comes back from its seal.
bool authorization_request(std::string_view input) {
  const auto parameters = Parameters::of_text(input);
  if (!parameters) return false;
  auto& services = offline_world().services;
  const auto client = sample_client();
  const auto checked = handlers::oauth::check_pushed_request(services, client, *parameters);
  const auto& request = checked.request;
  const bool is_ours =
      domain::is_registered_redirect(client.metadata.redirect_uris, request.redirect_uri);
  if (checked.fault && !checked.fault->redirect) {
    promise(request.redirect_uri.empty(), "a fault for the person alone leads nowhere");
    return false;
  }
  promise(is_ours, "only the client is told");
  check_answer(services, request);
  if (checked.fault) return false;
  const auto scopes = domain::supported_scopes(services.domain.settings);
  promise(request.challenge.size() == 43, "PKCE is there");
  promise(!request.wanted.resources.empty() &&
              std::all_of(request.wanted.scopes.begin(), request.wanted.scopes.end(),
                          [&](const auto& each) { return domain::contains(scopes, each); }),
          "scopes are ones that exist");
  promise(!request.prompt_none || (!request.prompt_login && !request.prompt_consent),
          "prompt=none stands alone");
  check_sealed(services, request);
  return true;
}

}  // namespace postern::fuzz
