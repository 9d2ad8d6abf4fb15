#include "handlers/sso/signed_token.hpp"

#include <algorithm>

#include "domain/text.hpp"
#include "handlers/sso/issuer.hpp"
#include "handlers/sso/json_member.hpp"
#include "handlers/sso/metadata.hpp"

namespace postern::handlers::sso {
namespace {

constexpr std::size_t kLongestToken = 16 * 1024;
constexpr unsigned kMostKeys = 100;

std::optional<Json::Value> decode_object(std::string_view part) {
  const auto bytes = domain::base64url_decode(part);
  if (!bytes) return std::nullopt;
  return parse_object({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

}  // namespace

domain::Result<SignedToken> SignedToken::parse(std::string_view text) {
  if (text.size() > kLongestToken) return refused("id_token: too long");
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) {
    return refused("id_token: not three parts");
  }
  const auto header = decode_object(text.substr(0, first));
  auto claims = decode_object(text.substr(first + 1, second - first - 1));
  auto signature = domain::base64url_decode(text.substr(second + 1));
  if (!header || !claims || !signature) return refused("id_token: encoding");
  const auto kind = signature_kind(text_member(*header, "alg").value_or(""));
  if (!kind) return refused("id_token: alg");
  const auto type = text_member(*header, "typ");
  if (header->isMember("crit") ||
      (header->isMember("typ") && domain::fold(type.value_or("")) != "jwt"))
    return refused("id_token: crit or typ");
  SignedToken token;
  token.kind = *kind;
  token.kid = text_member(*header, "kid").value_or("");
  if (token.kid.empty()) return refused("id_token: no kid");
  token.signed_text = text.substr(0, second);
  token.signature = *std::move(signature);
  token.claims = *std::move(claims);
  return token;
}

std::optional<KeySet> KeySet::parse(std::string_view document) {
  const auto json = parse_object(document);
  if (!json) return std::nullopt;
  const auto& list = (*json)["keys"];
  if (!list.isArray() || list.size() > kMostKeys) return std::nullopt;
  KeySet set;
  for (const auto& jwk : list) {
    if (!jwk.isObject()) return std::nullopt;
    if (auto key = VerificationKey::from_jwk(jwk)) set.keys_.push_back(*std::move(key));
  }
  return set;
}

bool KeySet::knows(std::string_view kid) const {
  return std::any_of(keys_.begin(), keys_.end(),
                     [kid](const VerificationKey& key) { return key.kid() == kid; });
}

bool KeySet::verifies(const SignedToken& token) const {
  const auto issuer = text_member(token.claims, "iss").value_or("");
  const auto tenant = text_member(token.claims, "tid");
  return std::any_of(keys_.begin(), keys_.end(), [&](const VerificationKey& key) {
    return key.kid() == token.kid && key_signs_for(key.issuer(), issuer, tenant) &&
           key.verify(token.kind, token.signed_text, token.signature);
  });
}

}  // namespace postern::handlers::sso
