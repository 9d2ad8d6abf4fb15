#include "handlers/oauth/public_key.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "domain/bytes.hpp"
#include "domain/sha256.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::oauth {
namespace {

using sso::text_member;

/// RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1.
constexpr std::array<std::string_view, 8> kPrivateMembers{"d",  "p",  "q",   "dp",
                                                          "dq", "qi", "oth", "k"};

bool is_base64url(const std::string& text, bool is_number) {
  const auto bytes = domain::base64url_decode(text);
  // A number has no leading zeros (RFC 7518 section 2): it would be the same in another spelling.
  return bytes && !bytes->empty() && (!is_number || bytes->front() != 0);
}

/// Section 3.3: the members that are the key, in the order of their names, without white space.
/// None of the values needs an escape.
std::optional<std::string> canonical(
    std::initializer_list<std::pair<std::string_view, std::optional<std::string>>> members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (!value) return std::nullopt;
    if (text.size() > 1) text += ',';
    text.append("\"").append(name).append("\":\"").append(*value).append("\"");
  }
  return text + "}";
}

std::optional<std::string> checked(const Json::Value& jwk, std::string_view name, bool is_number) {
  auto value = text_member(jwk, name);
  return value && is_base64url(*value, is_number) ? value : std::nullopt;
}

}  // namespace

bool has_private_parts(const Json::Value& jwk) {
  return std::any_of(kPrivateMembers.begin(), kPrivateMembers.end(), [&](std::string_view name) {
    return jwk.isMember(name.data(), name.data() + name.size());
  });
}

std::optional<std::string> thumbprint(const Json::Value& jwk) {
  const auto type = text_member(jwk, "kty");
  std::optional<std::string> text;
  if (type == "EC" && text_member(jwk, "crv") == "P-256") {
    text = canonical({{"crv", "P-256"},
                      {"kty", "EC"},
                      {"x", checked(jwk, "x", false)},
                      {"y", checked(jwk, "y", false)}});
  } else if (type == "RSA") {
    text =
        canonical({{"e", checked(jwk, "e", true)}, {"kty", "RSA"}, {"n", checked(jwk, "n", true)}});
  }
  if (!text) return std::nullopt;
  return domain::base64url_encode(domain::sha256(domain::as_bytes(*text)));
}

}  // namespace postern::handlers::oauth
