#include "domain/access_token.hpp"

#include <algorithm>

#include "domain/api_key.hpp"
#include "domain/oauth_access_token.hpp"
#include "domain/refresh_token.hpp"
#include "domain/signed_claims.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kTokenType = "access";
constexpr std::size_t kTokenIdLength = 32;

bool is_token_id(std::string_view text) {
  if (Uuid::parse(text)) return true;
  return text.size() == kTokenIdLength &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<AccessClaims> read_claims(const FlatJson& json) {
  const auto subject = AccountId::parse(json.text("sub").value_or(""));
  const auto session = SessionId::parse(json.text("sid").value_or(""));
  const auto token_id = json.text("jti");
  const auto issued_at = claimed_time(json, "iat");
  const auto expires_at = claimed_time(json, "exp");
  if (!subject || !session || !token_id || !is_token_id(*token_id)) return {};
  if (!issued_at || !expires_at) return {};
  if (json.has("user_id") && !json.text("user_id")) return {};
  return AccessClaims{.subject = *subject,
                      .session = *session,
                      .issued_at = *issued_at,
                      .expires_at = *expires_at,
                      .token_id = *token_id,
                      .user_id = json.text("user_id")};
}

/// Tells a client that mixed up its own credentials what it did. Nothing else hangs on it.
Errc refusal_for(std::string_view text) {
  const bool refresh = text.size() == kRefreshTokenLength && text.starts_with(kRefreshPrefix);
  return refresh || parse_key_text(text) ? Errc::TokenWrongKind : Errc::TokenInvalid;
}

void add_kitsu_style(FlatJsonWriter& json, const AccessClaims& claims) {
  json.add_boolean("fresh", false)
      .add("nbf", unix_seconds(claims.issued_at))
      .add("type", kTokenType)
      .add("identity_type", "person")
      .add("refresh_jti", claims.session.text());
  if (claims.lacks_second_factor) json.add_boolean("requires_2fa_setup", true);
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
  if (claims.in_kitsu_style) add_kitsu_style(json, claims);
  return Secret(sign_claims(services, std::move(json)));
}

Result<AccessClaims> judge_access_claims(const Services& services, const FlatJson& claims) {
  if (claims.text("token_type") == kOAuthTokenType) return Errc::TokenWrongKind;
  if (!are_for_ourselves(services, claims)) return Errc::TokenInvalid;
  if (claims.text("token_type") != kTokenType) return Errc::TokenWrongKind;
  auto read = read_claims(claims);
  if (!read) return Errc::TokenInvalid;
  if (services.clock.now() >= read->expires_at) return Errc::TokenExpired;
  return *std::move(read);
}

Result<AccessClaims> verify_access_token(Services& services, std::string_view token) {
  const auto claims = read_any_signed_claims(services, token);
  if (!claims) return refusal_for(token);
  return judge_access_claims(services, *claims);
}

}  // namespace postern::domain
