#include "handlers/key_set.hpp"

namespace postern::handlers {

namespace {

/// RFC 7517 section 4, RFC 7518 sections 6.2 and 6.3.
Json::Value jwk_of(const domain::PublicKey& key) {
  Json::Value jwk(Json::objectValue);
  jwk["use"] = "sig";
  jwk["alg"] = std::string(domain::name_of(key.algorithm));
  jwk["kid"] = key.kid;
  if (key.algorithm == domain::SigningAlgorithm::Rs256) {
    jwk["kty"] = "RSA";
    jwk["n"] = key.n;
    jwk["e"] = key.e;
    return jwk;
  }
  jwk["kty"] = "EC";
  jwk["crv"] = "P-256";
  jwk["x"] = key.x;
  jwk["y"] = key.y;
  return jwk;
}

}  // namespace

Json::Value key_set(Services& services) {
  auto& domain = services.domain;
  domain.signing_keys.load(domain.database, domain.ring, domain.clock.now());
  Json::Value set(Json::objectValue);
  Json::Value& keys = set["keys"] = Json::Value(Json::arrayValue);
  for (const auto& key : domain.signing_keys.public_keys()) keys.append(jwk_of(key));
  return set;
}

}  // namespace postern::handlers
