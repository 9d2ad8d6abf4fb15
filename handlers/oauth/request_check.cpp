#include "domain/oauth_pushed.hpp"
#include "domain/oauth_redirect.hpp"
#include "handlers/oauth/authorization_request.hpp"
#include "handlers/oauth/find_client.hpp"
#include "handlers/oauth/request_faults.hpp"
#include "handlers/oauth/sealed_json.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Result;

constexpr std::string_view kPushedPrefix = "urn:ietf:params:oauth:request_uri:";

/// For the person alone: there is nobody whom it could be told by a redirection.
RequestFault for_person(std::string description) {
  return {"invalid_request", std::move(description), false, false};
}

RequestFault unknown_client(const domain::Error& error) {
  if (error.code == Errc::ClientInvalid) {
    return {"invalid_client", "This application is not known here.", false, false};
  }
  return {"temporarily_unavailable",
          "The application cannot be looked up at the moment. Please try again shortly.", false,
          true};
}

/// Where the answer goes. Left out only where there is one address that can be meant (RFC 6749
/// section 3.1.2.3).
std::optional<std::string> find_redirect(const domain::OAuthClient& client,
                                         const Parameters& parameters) {
  const auto named = parameters.get("redirect_uri");
  if (!named) {
    const auto& known = client.metadata.redirect_uris;
    return known.size() == 1 ? std::optional(known.front()) : std::nullopt;
  }
  return may_redirect_to(client, *named) ? std::optional(std::string(*named)) : std::nullopt;
}

/// How an answer is told: needed before anything else may be found wrong.
void read_channel(const Parameters& parameters, AuthorizationRequest& request) {
  const auto state = parameters.get_or_empty("state");
  if (state.size() <= kLongestState) request.state = state;
  request.form_post = parameters.get("response_mode") == "form_post";
}

CheckedRequest check_of_client(Services& services, domain::OAuthClient client,
                               const Parameters& parameters) {
  CheckedRequest checked;
  auto& request = checked.request;
  request.client_id = client.client_id;
  request.asked_at = services.domain.clock.now();
  const auto redirect = find_redirect(client, parameters);
  if (redirect) {
    request.redirect_uri = *redirect;
    read_channel(parameters, request);
    checked.fault = read_request(services, client, parameters, request);
  } else {
    checked.fault = for_person(
        "The application did not name an address of its own to return to (redirect_uri).");
  }
  checked.client = std::move(client);
  return checked;
}

/// A fault that is told to the client, where it has an address.
CheckedRequest refuse(Services& services, const domain::OAuthClient& client,
                      const Parameters& parameters, std::string error, std::string description) {
  auto checked = check_of_client(services, client, parameters);
  if (!checked.fault || checked.fault->redirect) {
    checked.fault = RequestFault{std::move(error), std::move(description), true, false};
  }
  return checked;
}

/// RFC 9126 section 4: what was pushed counts alone.
CheckedRequest check_pushed(Services& services, const domain::OAuthClient& client,
                            std::string_view request_uri) {
  const auto pushed = domain::take_pushed(services.domain, client.id, request_uri);
  const auto parameters =
      pushed ? Parameters::of_text(pushed->reveal()) : Result<Parameters>(pushed.error());
  if (parameters) return check_of_client(services, client, *parameters);
  CheckedRequest checked;
  checked.client = client;
  checked.fault = for_person(
      "This request was used already, or it is too old. Please begin again in the application.");
  return checked;
}

}  // namespace

bool may_redirect_to(const domain::OAuthClient& client, std::string_view address) {
  return domain::is_registered_redirect(client.metadata.redirect_uris, address);
}

CheckedRequest check_authorization_request(Services& services, const Parameters& parameters,
                                           const domain::Origin& origin) {
  CheckedRequest checked;
  const auto client_id = parameters.get("client_id");
  if (!client_id) {
    checked.fault = for_person("The request does not name an application (client_id).");
    return checked;
  }
  const auto client = find_client(services, *client_id, origin);
  if (!client) {
    checked.fault = unknown_client(client.error());
    return checked;
  }
  const auto request_uri = parameters.get("request_uri");
  if (request_uri && request_uri->starts_with(kPushedPrefix)) {
    return check_pushed(services, *client, *request_uri);
  }
  if (request_uri) {
    return refuse(services, *client, parameters, "request_uri_not_supported",
                  "request_uri must be one that was pushed");
  }
  if (client->metadata.require_pushed) {
    return refuse(services, *client, parameters, "invalid_request",
                  "the client must push its requests");
  }
  return check_of_client(services, *client, parameters);
}

CheckedRequest check_pushed_request(Services& services, const domain::OAuthClient& client,
                                    const Parameters& parameters) {
  return check_of_client(services, client, parameters);
}

}  // namespace postern::handlers::oauth
