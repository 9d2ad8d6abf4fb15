#include "domain/access_token.hpp"

#include <algorithm>

#include "domain/api_key.hpp"
#include "domain/flat_json.hpp"
#include "domain/refresh_token.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kTokenType = "access";
constexpr std::size_t kTokenIdLength = 32;
/// 9999-12-31T23:59:59Z: beyond it a NumericDate is not a time we can have written.
constexpr std::int64_t kLatest = 253'402'300'799;

bool is_token_id(std::string_view text) {
  return text.size() == kTokenIdLength &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Whether issuer and audience are ours. An empty issuer is no reason to take any.
bool is_ours(const FlatJson& json, std::string_view issuer) {
  return !issuer.empty() && json.text("iss") == issuer && json.text("aud") == issuer;
}

std::optional<Instant> time_of(const FlatJson& json, std::string_view name) {
  const auto value = json.integer(name);
  if (!value || *value < 0 || *value > kLatest) return {};
  return from_unix_seconds(*value);
}

std::optional<AccessClaims> read_claims(const FlatJson& json) {
  const auto subject = AccountId::parse(json.text("sub").value_or(""));
  const auto session = SessionId::parse(json.text("sid").value_or(""));
  const auto token_id = json.text("jti");
  const auto issued_at = time_of(json, "iat");
  const auto expires_at = time_of(json, "exp");
  if (!subject || !session || !token_id || !is_token_id(*token_id)) return {};
  if (!issued_at || !expires_at) return {};
  if (json.has("user_id") && !json.text("user_id")) return {};
  return AccessClaims{*subject, *session, *issued_at, *expires_at, *token_id, json.text("user_id")};
}

/// Tells a client that mixed up its own credentials what it did. Nothing else hangs on it.
Errc refusal_for(std::string_view text) {
  const bool refresh = text.size() == kRefreshTokenLength && text.starts_with(kRefreshPrefix);
  return refresh || parse_key_text(text) ? Errc::TokenWrongKind : Errc::TokenInvalid;
}

Result<std::string> verified_payload(Services& services, std::string_view token) {
  auto& keys = services.signing_keys;
  if (keys.names_unknown_key(token)) {
    keys.reload(services.database, services.ring, services.clock.now());
  }
  return keys.verify(token);
}

}  // namespace

Secret issue_access_token(Services& services, const AccessClaims& claims) {
  FlatJsonWriter json;
  json.add("iss", services.settings.issuer)
      .add("aud", services.settings.issuer)
      .add("sub", claims.subject.text())
      .add("sid", claims.session.text())
      .add("jti", claims.token_id)
      .add("iat", unix_seconds(claims.issued_at))
      .add("exp", unix_seconds(claims.expires_at))
      .add("token_type", kTokenType);
  if (claims.user_id) json.add("user_id", *claims.user_id);
  return Secret(services.signing_keys.sign(std::move(json).finish()));
}

Result<AccessClaims> verify_access_token(Services& services, std::string_view token) {
  const auto payload = verified_payload(services, token);
  if (!payload.ok()) return refusal_for(token);
  const auto json = FlatJson::parse(*payload);
  if (!json || !is_ours(*json, services.settings.issuer)) return Errc::TokenInvalid;
  if (json->text("token_type") != kTokenType) return Errc::TokenWrongKind;
  auto claims = read_claims(*json);
  if (!claims) return Errc::TokenInvalid;
  if (services.clock.now() >= claims->expires_at) return Errc::TokenExpired;
  return *std::move(claims);
}

}  // namespace postern::domain
