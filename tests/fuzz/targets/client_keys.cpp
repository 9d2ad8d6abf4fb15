#include "handlers/oauth/client_keys.hpp"

#include "handlers/json_body.hpp"
#include "handlers/oauth/public_key.hpp"
#include "handlers/oauth/public_key_set.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

/// Of a key that nobody has; its kid is "a".
constexpr std::string_view kToken =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.e30."
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

void check_key(const Json::Value& jwk) {
  const auto name = handlers::oauth::thumbprint(jwk);
  promise(!name || name->size() == 43, "a thumbprint is of SHA-256");
  auto other = jwk;
  other["kid"] = "another";
  other["use"] = "sig";
  promise(handlers::oauth::thumbprint(other) == name, "and of the key alone");
  const auto key = handlers::sso::VerificationKey::from_nameless_jwk(jwk);
  if (!key) return;
  promise(jwk["kty"] == "EC" || jwk["kty"] == "RSA", "a key is of a kind that we know");
  for (const auto kind : {handlers::sso::SignatureKind::Es256, handlers::sso::SignatureKind::Rs256,
                          handlers::sso::SignatureKind::Ps256}) {
    const domain::Bytes nothing(64);
    promise(!key->verify(kind, "text", nothing), "zeros are no signature (CVE-2022-21449)");
  }
}

}  // namespace

/// A client's key set. No symmetric or private key is taken, and none has signed what is not.
bool client_keys(std::string_view input) {
  static const auto kJwt = handlers::oauth::CompactJwt::parse(kToken, 4096);
  promise(kJwt && handlers::oauth::match_keys(input, *kJwt) != handlers::oauth::KeyMatch::Signed,
          "nobody signed it");
  const auto parsed = handlers::parse_json(input).value;
  if (!parsed || !parsed->isObject()) return false;
  const Json::Value& document = *parsed;
  if (document["keys"].isArray()) {
    for (const auto& each : document["keys"]) {
      if (!each.isObject()) continue;
      check_key(each);
      promise(!handlers::oauth::has_private_parts(each) ||
                  !handlers::oauth::is_public_key_set(document),
              "what must stay secret is not taken");
    }
  }
  return handlers::oauth::is_key_set(input);
}

}  // namespace postern::fuzz
