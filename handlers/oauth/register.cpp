#include <array>

#include "domain/clock.hpp"
#include "domain/oauth_registration.hpp"
#include "domain/oauth_scope.hpp"
#include "handlers/credential.hpp"
#include "handlers/json_body.hpp"
#include "handlers/oauth/client_metadata.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;

/// What only we say of a client (RFC 7592 section 2.2).
constexpr std::array<const char*, 4> kOurMembers{"registration_access_token",
                                                 "registration_client_uri",
                                                 "client_secret_expires_at", "client_id_issued_at"};

/// RFC 7591 section 3.2.2.
Response refuse_registration(const domain::Error& error) {
  if (error.code != Errc::InvalidInput) return refusal(error);
  std::string_view code = "invalid_client_metadata";
  if (error.field == "redirect_uris") code = "invalid_redirect_uri";
  if (error.field == "software_statement") code = "invalid_software_statement";
  return error_answer(400, code, error.field + ": " + error.reason);
}

/// RFC 6750 section 3: whoever sent nothing is not told of an error.
Response refuse_token(bool was_sent) {
  auto response = error_answer(401, "invalid_token", "the registration access token is not valid");
  response.set("WWW-Authenticate", was_sent
                                       ? R"(Bearer realm="registration", error="invalid_token")"
                                       : R"(Bearer realm="registration")");
  return response;
}

domain::Result<Json::Value> read_body(const Request& request) {
  const auto invalid = [](const char* reason) {
    return domain::Error{Errc::InvalidInput, "body", reason};
  };
  if (request.content_type != "application/json") return invalid("must be application/json");
  auto parsed = parse_json(request.body);
  if (!parsed.value || !parsed.value->isObject()) return invalid("must be a JSON object");
  return *std::move(parsed.value);
}

Response json_answer(int status, const Json::Value& body) {
  Response response(status, "application/json", write_json(body));
  response.set("Pragma", "no-cache");
  allow_any_origin(response);
  return response;
}

/// RFC 7591 section 3.2.1, RFC 7592 section 3. A secret is in it only when it is new: we keep none.
Json::Value describe(const domain::Settings& settings, const domain::Registered& registered) {
  const domain::OAuthClient& client = registered.client;
  Json::Value body = show_client_metadata(client.metadata);
  body["client_id"] = client.client_id;
  body["client_id_issued_at"] = static_cast<Json::Int64>(domain::unix_seconds(client.created_at));
  // One that named no scopes may ask for all of them.
  if (!client.metadata.scopes)
    body["scope"] = domain::join_scope(domain::supported_scopes(settings));
  if (registered.secret) {
    body["client_secret"] = std::string(registered.secret->reveal());
    body["client_secret_expires_at"] = 0;
  }
  if (registered.registration_token)
    body["registration_access_token"] = std::string(registered.registration_token->reveal());
  body["registration_client_uri"] = endpoint(settings, "/oauth/register/" + client.client_id);
  return body;
}

/// The token of a request, and the client that it is for.
struct Shown {
  domain::OAuthClient client;
  std::string_view token;
};
/// TokenInvalid; field: "" where nothing was sent.
domain::Result<Shown> find_shown(const Call& call, Services& services) {
  const auto shown = find_credential(call.request.header("authorization"), std::nullopt);
  if (!shown || shown->as != PresentedCredential::As::Bearer) return Errc::TokenInvalid;
  const auto id = call.path.find("id");
  auto client = domain::find_registration(
      services.domain, id == call.path.end() ? std::string_view() : id->second, shown->value);
  if (!client) return domain::Error{Errc::TokenInvalid, "authorization"};
  return Shown{*std::move(client), shown->value};
}

Response refuse_shown(const domain::Error& error) {
  return refuse_token(!error.field.empty());
}

/// What a PUT holds besides metadata (RFC 7592 section 2.2).
domain::Outcome check_replacement(const Json::Value& body, const domain::OAuthClient& client) {
  const auto invalid = [](const char* field, const char* reason) {
    return domain::Error{Errc::InvalidInput, field, reason};
  };
  for (const char* ours : kOurMembers) {
    if (body.isMember(ours)) return invalid(ours, "not_permitted");
  }
  const Json::Value& id = body["client_id"];
  if (!id.isString() || id.asString() != client.client_id) return invalid("client_id", "mismatch");
  const Json::Value& secret = body["client_secret"];
  if (!secret.isNull() && !secret.isString()) return invalid("client_secret", "wrong_type");
  return domain::done;
}

domain::Result<domain::Registered> replace(const Shown& shown, const Json::Value& body,
                                           Services& services, const domain::Origin& origin) {
  const auto held = check_replacement(body, shown.client);
  if (!held) return held.error();
  const auto metadata = read_client_metadata(body, shown.client.origin, services.domain.settings);
  if (!metadata) return metadata.error();
  const Json::Value& secret = body["client_secret"];
  const domain::Secret text(secret.isNull() ? std::string() : secret.asString());
  return domain::replace_registration(services.domain, shown.client, shown.token, *metadata,
                                      secret.isNull() ? std::nullopt : std::optional(text.reveal()),
                                      origin);
}

}  // namespace

Response register_client(const Call& call, Services& services) {
  const domain::Settings& settings = services.domain.settings;
  if (!settings.oauth.registration) return refusal(domain::Error{Errc::RegistrationClosed});
  const auto body = read_body(call.request);
  if (!body) return refuse_registration(body.error());
  const auto metadata = read_client_metadata(*body, domain::ClientOrigin::Registered, settings);
  if (!metadata) return refuse_registration(metadata.error());
  const auto made = domain::register_client(services.domain, *metadata, call.origin());
  if (!made) return refuse_registration(made.error());
  return json_answer(201, describe(settings, *made));
}

Response show_registration(const Call& call, Services& services) {
  const auto shown = find_shown(call, services);
  if (!shown) return refuse_shown(shown.error());
  domain::Registered registered{shown->client};
  registered.registration_token = domain::Secret(std::string(shown->token));
  return json_answer(200, describe(services.domain.settings, registered));
}

Response replace_registration(const Call& call, Services& services) {
  const auto shown = find_shown(call, services);
  if (!shown) return refuse_shown(shown.error());
  const auto body = read_body(call.request);
  if (!body) return refuse_registration(body.error());
  const auto replaced = replace(*shown, *body, services, call.origin());
  if (replaced) return json_answer(200, describe(services.domain.settings, *replaced));
  if (replaced.error().code == Errc::TokenInvalid) return refuse_token(true);
  return refuse_registration(replaced.error());
}

Response delete_registration(const Call& call, Services& services) {
  const auto shown = find_shown(call, services);
  if (!shown) return refuse_shown(shown.error());
  const auto deleted =
      domain::delete_client(services.domain, shown->client.id, std::nullopt, call.origin());
  // Somebody was faster: it is unknown now.
  if (!deleted) return refuse_token(true);
  Response response(204);
  response.set("Pragma", "no-cache");
  allow_any_origin(response);
  return response;
}

}  // namespace postern::handlers::oauth
