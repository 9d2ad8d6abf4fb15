#include "handlers/key_set.hpp"

namespace postern::handlers {

Json::Value key_set(Services& services) {
  auto& domain = services.domain;
  domain.signing_keys.load(domain.database, domain.ring, domain.clock.now());
  Json::Value set(Json::objectValue);
  Json::Value& keys = set["keys"] = Json::Value(Json::arrayValue);
  for (const auto& key : domain.signing_keys.public_keys()) {
    Json::Value jwk(Json::objectValue);
    jwk["kty"] = "EC";
    jwk["crv"] = "P-256";
    jwk["use"] = "sig";
    jwk["alg"] = "ES256";
    jwk["kid"] = key.kid;
    jwk["x"] = key.x;
    jwk["y"] = key.y;
    keys.append(std::move(jwk));
  }
  return set;
}

}  // namespace postern::handlers
