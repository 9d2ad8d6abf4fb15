#include "handlers/oauth/compact_jwt.hpp"

#include "domain/text.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// A token of a client's has one spelling, an algorithm of public keys, and nothing critical.
bool compact_jwt(std::string_view input) {
  constexpr std::size_t kLongest = 4096;
  const auto jwt = handlers::oauth::CompactJwt::parse(input, kLongest);
  if (!jwt) return false;
  promise(input.size() <= kLongest, "it is no longer than was asked");
  promise(jwt->signed_text + "." + domain::base64url_encode(jwt->signature) == input,
          "its parts are all of it");
  promise(jwt->header.isObject() && jwt->claims.isObject(), "two of them are objects");
  const auto algorithm = jwt->header["alg"].asString();
  promise(algorithm == "ES256" || algorithm == "RS256" || algorithm == "PS256",
          "never none, never symmetric");
  promise(!jwt->header.isMember("crit"), "nothing is critical");
  promise(jwt->type == domain::fold(jwt->type), "its type is in lower case");
  return true;
}

}  // namespace postern::fuzz
