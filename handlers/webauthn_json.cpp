#include "handlers/webauthn_json.hpp"

#include "handlers/json_body.hpp"

namespace postern::handlers {
namespace {

using domain::Bytes;

/// A member that is a text; none for anything else.
std::optional<std::string> text_of(const Json::Value& object, const char* name) {
  if (!object.isObject() || !object[name].isString()) return {};
  return object[name].asString();
}

std::optional<Bytes> buffer_of(const Json::Value& object, const char* name) {
  auto text = text_of(object, name);
  if (!text) return {};
  while (text->ends_with('=')) text->pop_back();
  return domain::base64url_decode(*text);
}

domain::WebauthnClientData client_data(Bytes raw) {
  domain::WebauthnClientData client;
  const auto parsed = parse_json({reinterpret_cast<const char*>(raw.data()), raw.size()});
  client.raw = std::move(raw);
  if (!parsed.value || !parsed.value->isObject()) return client;
  const Json::Value& said = *parsed.value;
  const auto type = text_of(said, "type");
  const auto challenge = text_of(said, "challenge");
  const auto origin = text_of(said, "origin");
  const Json::Value& crossed = said["crossOrigin"];
  if (!type || !challenge || !origin || !(crossed.isNull() || crossed.isBool())) return client;
  client.type = *type;
  client.challenge = *challenge;
  client.origin = *origin;
  client.cross_origin = crossed.isBool() && crossed.asBool();
  return client;
}

Json::Value text(const Bytes& bytes) {
  return domain::base64url_encode(bytes);
}

Json::Value descriptors(const std::vector<Bytes>& ids) {
  Json::Value list(Json::arrayValue);
  for (const Bytes& id : ids) {
    Json::Value one(Json::objectValue);
    one["type"] = "public-key";
    one["id"] = text(id);
    list.append(std::move(one));
  }
  return list;
}

Json::Value milliseconds(domain::seconds time) {
  return Json::Value::Int64{std::chrono::milliseconds(time).count()};
}

}  // namespace

std::optional<domain::WebauthnAttestation> read_attestation(const Json::Value& credential) {
  if (!credential.isObject()) return {};
  const Json::Value& said = credential["response"];
  auto client = buffer_of(said, "clientDataJSON");
  auto object = buffer_of(said, "attestationObject");
  if (!client || !object) return {};
  return domain::WebauthnAttestation{client_data(*std::move(client)), *std::move(object)};
}

std::optional<domain::WebauthnAssertion> read_assertion(const Json::Value& credential) {
  if (!credential.isObject()) return {};
  const Json::Value& said = credential["response"];
  auto id = buffer_of(credential, credential.isMember("rawId") ? "rawId" : "id");
  auto client = buffer_of(said, "clientDataJSON");
  auto data = buffer_of(said, "authenticatorData");
  auto signature = buffer_of(said, "signature");
  if (!id || !client || !data || !signature) return {};
  return domain::WebauthnAssertion{*std::move(id), client_data(*std::move(client)),
                                   *std::move(data), *std::move(signature),
                                   buffer_of(said, "userHandle").value_or(Bytes())};
}

Json::Value creation_options(const domain::WebauthnCreation& told, const std::string& name,
                             const std::string& display_name) {
  Json::Value options(Json::objectValue);
  options["rp"]["id"] = told.rp_id;
  options["rp"]["name"] = told.rp_name;
  options["user"]["id"] = text(told.user_handle);
  options["user"]["name"] = name;
  options["user"]["displayName"] = display_name;
  options["challenge"] = told.challenge;
  for (const int algorithm : told.algorithms) {
    Json::Value one(Json::objectValue);
    one["type"] = "public-key";
    one["alg"] = algorithm;
    options["pubKeyCredParams"].append(std::move(one));
  }
  options["timeout"] = milliseconds(told.timeout);
  options["excludeCredentials"] = descriptors(told.exclude);
  options["authenticatorSelection"]["authenticatorAttachment"] = "cross-platform";
  options["authenticatorSelection"]["userVerification"] = "preferred";
  options["authenticatorSelection"]["residentKey"] = "discouraged";
  options["attestation"] = "none";
  return options;
}

Json::Value request_options(const domain::WebauthnRequest& told) {
  Json::Value options(Json::objectValue);
  options["challenge"] = told.challenge;
  options["timeout"] = milliseconds(told.timeout);
  options["rpId"] = told.rp_id;
  options["allowCredentials"] = descriptors(told.allow);
  options["userVerification"] = "preferred";
  return options;
}

}  // namespace postern::handlers
