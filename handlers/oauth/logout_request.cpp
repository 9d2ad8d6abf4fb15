#include "handlers/oauth/logout_request.hpp"

#include <algorithm>

#include "domain/id_token.hpp"
#include "handlers/oauth/find_client.hpp"
#include "handlers/oauth/sealed_json.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Result;

constexpr std::string_view kContext = "oauth-logout";

/// As it was sent, or sealed.
struct Words {
  std::string client_id, redirect, state;
  std::optional<domain::AccountId> person;
};

Result<Words> read_sent(Services& services, const Parameters& parameters) {
  const auto shown = parameters.get("id_token_hint");
  const auto hint = shown ? domain::read_id_token_hint(services.domain, *shown) : std::nullopt;
  const auto named = parameters.get("client_id");
  if (named && hint && *named != hint->client_id) return Errc::InvalidInput;
  Words words;
  if (shown && !hint && !named) return words;
  words.client_id = named ? std::string(*named) : hint ? hint->client_id : "";
  words.redirect = parameters.get_or_empty("post_logout_redirect_uri");
  words.state = parameters.get_or_empty("state");
  if (hint) words.person = hint->account;
  return words;
}

Result<Words> open_sealed(Services& services, std::string_view text) {
  const auto json = open_json(services, kContext, text);
  if (!json) return Errc::LinkInvalid;
  const domain::Instant at(std::chrono::microseconds((*json)["at"].asInt64()));
  const auto age = services.domain.clock.now() - at;
  if (age > services.domain.settings.oauth.request_lifetime) return Errc::LinkInvalid;
  const auto text_of = [&](const char* name) {
    return sso::text_member(*json, name).value_or(std::string());
  };
  return Words{text_of("client"), text_of("redirect"), text_of("state"),
               domain::AccountId::parse(text_of("person"))};
}

bool is_known(const domain::OAuthClient& client, const std::string& address) {
  const auto& known = client.metadata.post_logout_redirect_uris;
  return std::find(known.begin(), known.end(), address) != known.end();
}

Json::Value json_of(const LogoutRequest& request, domain::Instant now) {
  Json::Value json(Json::objectValue);
  if (request.client) json["client"] = request.client->client_id;
  if (request.person) json["person"] = request.person->text();
  json["redirect"] = request.redirect;
  json["state"] = request.state;
  json["at"] = Json::Int64{now.time_since_epoch().count()};
  return json;
}

}  // namespace

std::string LogoutRequest::address() const {
  if (redirect.empty() || state.empty()) return redirect;
  Parameters answer;
  answer.set("state", state);
  return redirect + (redirect.find('?') == std::string::npos ? '?' : '&') + answer.text();
}

std::string LogoutRequest::seal(Services& services) const {
  if (!client && !person) return {};
  return seal_json(services, kContext, json_of(*this, services.domain.clock.now()));
}

Result<LogoutRequest> read_logout_request(Services& services, const Parameters& parameters,
                                          const domain::Origin& origin) {
  const auto sealed = parameters.get("request");
  auto words = sealed ? open_sealed(services, *sealed) : read_sent(services, parameters);
  if (!words) return words.error();
  LogoutRequest request;
  if (!words->client_id.empty()) {
    auto client = find_client(services, words->client_id, origin);
    if (!client) return client.error();
    request.client = *std::move(client);
  }
  if (!words->redirect.empty() && !(request.client && is_known(*request.client, words->redirect))) {
    return Errc::InvalidInput;
  }
  request.person = words->person;
  request.redirect = std::move(words->redirect);
  if (words->state.size() <= kLongestState) request.state = std::move(words->state);
  // What JSON writes at length, such as control characters.
  if (request.seal(services).size() > kLongestSealed) request.state.clear();
  return request;
}

}  // namespace postern::handlers::oauth
