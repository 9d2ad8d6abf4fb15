#include "handlers/oauth/authorization_request.hpp"

#include <json/value.h>

#include "handlers/oauth/sealed_json.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::oauth {
namespace {

constexpr std::string_view kContext = "oauth-request";

std::string text(const Json::Value& json, const char* name) {
  return sso::text_member(json, name).value_or("");
}

Json::Value list_of(const std::vector<std::string>& texts) {
  Json::Value list(Json::arrayValue);
  for (const auto& each : texts) list.append(each);
  return list;
}

std::vector<std::string> list(const Json::Value& json, const char* name) {
  return sso::texts_member(json, name).value_or(std::vector<std::string>());
}

void write_wishes(Json::Value& json, const AuthorizationRequest& request) {
  json["scope_given"] = request.scope_given;
  json["form_post"] = request.form_post;
  json["login"] = request.prompt_login;
  json["consent"] = request.prompt_consent;
  json["none"] = request.prompt_none;
  json["select"] = request.select_account;
}

void read_wishes(AuthorizationRequest& request, const Json::Value& json) {
  request.scope_given = json["scope_given"].asBool();
  request.form_post = json["form_post"].asBool();
  request.prompt_login = json["login"].asBool();
  request.prompt_consent = json["consent"].asBool();
  request.prompt_none = json["none"].asBool();
  request.select_account = json["select"].asBool();
}

Json::Value write(const AuthorizationRequest& request) {
  Json::Value json(Json::objectValue);
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) json[name] = value;
  };
  put("client", request.client_id);
  put("redirect", request.redirect_uri);
  put("state", request.state);
  put("challenge", request.challenge);
  put("nonce", request.nonce);
  put("jkt", request.dpop_jkt);
  put("hint", request.login_hint);
  if (request.person) json["person"] = request.person->text();
  json["scopes"] = list_of(request.wanted.scopes);
  json["resources"] = list_of(request.wanted.resources);
  if (request.max_age) json["max_age"] = Json::Int64{request.max_age->count()};
  json["at"] = Json::Int64{request.asked_at.time_since_epoch().count()};
  write_wishes(json, request);
  return json;
}

/// We wrote it ourselves, and nobody else can: it was sealed.
AuthorizationRequest read(const Json::Value& json) {
  AuthorizationRequest request;
  request.client_id = text(json, "client");
  request.redirect_uri = text(json, "redirect");
  request.state = text(json, "state");
  request.challenge = text(json, "challenge");
  request.nonce = text(json, "nonce");
  request.dpop_jkt = text(json, "jkt");
  request.login_hint = text(json, "hint");
  request.person = domain::AccountId::parse(text(json, "person"));
  request.wanted = {list(json, "scopes"), list(json, "resources")};
  if (json.isMember("max_age")) request.max_age = domain::seconds(json["max_age"].asInt64());
  request.asked_at = domain::Instant(std::chrono::microseconds(json["at"].asInt64()));
  read_wishes(request, json);
  return request;
}

}  // namespace

std::string AuthorizationRequest::seal(Services& services) const {
  return seal_json(services, kContext, write(*this));
}

domain::Result<AuthorizationRequest> AuthorizationRequest::open(Services& services,
                                                                std::string_view text) {
  const auto json = open_json(services, kContext, text);
  if (!json) return domain::Errc::LinkInvalid;
  auto request = read(*json);
  const auto age = services.domain.clock.now() - request.asked_at;
  if (age > services.domain.settings.oauth.request_lifetime) return domain::Errc::LinkInvalid;
  return request;
}

}  // namespace postern::handlers::oauth
