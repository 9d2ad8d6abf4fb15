#include "handlers/oauth/dpop_proof.hpp"

#include <json/value.h>

#include "domain/text.hpp"
#include "handlers/json_body.hpp"
#include "handlers/oauth/url_normal_form.hpp"
#include "tests/fuzz/offline_world.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::fuzz {
namespace {

constexpr const char* kUrl = "https://as.example.com/oauth/token";

domain::Result<std::string> check(std::string_view proof) {
  auto& world = offline_world();
  return handlers::oauth::check_proof(world.limiter, world.clock, world.domain_settings.oauth,
                                      proof, {"POST", kUrl});
}

std::optional<Json::Value> object(std::string_view text) {
  auto value = handlers::parse_json(text).value;
  if (value && value->isObject()) return value;
  return std::nullopt;
}

}  // namespace

/// The header and the claims of a proof, a line each, which its key signs; besides it is taken for
/// a proof as it is. What is taken is for this request, made just now, and good once.
bool dpop_proof(std::string_view input) {
  static const test::TokenSigner kSigner(handlers::sso::SignatureKind::Es256, "k");
  static std::size_t count = 0;
  promise(!check(input), "nobody signed the input itself");
  const auto texts = parts(input, 2);
  auto header = object(texts[0]);
  auto claims = object(texts[1]);
  if (!header || !claims) return false;
  if ((*header)["jwk"] == "ours") (*header)["jwk"] = kSigner.jwk();
  // Seeds are one id, inputs that come after them are others.
  if ((*claims)["jti"] == "fresh") (*claims)["jti"] = "id-" + std::to_string(++count);
  const auto proof = kSigner.sign(*claims, *header);
  if (!check(proof)) return false;
  const auto type = domain::fold((*header)["typ"].asString());
  promise(type == "dpop+jwt" || type == "application/dpop+jwt", "it is a proof");
  promise((*claims)["htm"] == "POST", "for this method");
  promise(handlers::oauth::normal_form((*claims)["htu"].asString()) ==
              handlers::oauth::normal_form(kUrl),
          "for this address");
  const auto age = (*claims)["iat"].asDouble() -
                   static_cast<double>(domain::unix_seconds(offline_world().clock.now()));
  promise(age >= -61 && age <= 61, "made just now");
  const auto again = check(proof);
  promise(!again && again.error().reason == "replayed", "good once");
  return true;
}

}  // namespace postern::fuzz
