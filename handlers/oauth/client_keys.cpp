#include "handlers/oauth/client_keys.hpp"

#include <algorithm>
#include <vector>

#include "handlers/oauth/public_key.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::oauth {
namespace {

using sso::VerificationKey;

constexpr unsigned kMostKeys = 100;

std::vector<VerificationKey> keys_in(std::string_view text) {
  std::vector<VerificationKey> keys;
  const auto document = sso::parse_object(text);
  if (!document) return keys;
  const auto& list = (*document)["keys"];
  if (!list.isArray() || list.size() > kMostKeys) return keys;
  for (const auto& jwk : list) {
    if (!jwk.isObject() || has_private_parts(jwk)) continue;
    if (auto key = VerificationKey::from_nameless_jwk(jwk)) keys.push_back(*std::move(key));
  }
  return keys;
}

}  // namespace

KeyMatch match_keys(std::string_view key_set, const CompactJwt& jwt) {
  const auto kid = sso::text_member(jwt.header, "kid").value_or("");
  const auto keys = keys_in(key_set);
  const auto is_meant = [&](const VerificationKey& key) {
    const bool nameless = kid.empty() || key.kid().empty();
    return nameless ? keys.size() == 1 : key.kid() == kid;
  };
  auto match = KeyMatch::Unknown;
  for (const auto& key : keys) {
    if (!is_meant(key)) continue;
    if (key.verify(jwt.kind, jwt.signed_text, jwt.signature)) return KeyMatch::Signed;
    match = KeyMatch::NotSigned;
  }
  return match;
}

bool is_key_set(std::string_view text) {
  return !keys_in(text).empty();
}

}  // namespace postern::handlers::oauth
