#include "domain/oauth_access_token.hpp"

#include <algorithm>

#include "domain/oauth_scope.hpp"
#include "domain/signed_claims.hpp"

namespace postern::domain {
namespace {

/// A resource whose clock is behind must not take a token for one of the future (oauth.md 2c).
constexpr seconds kEarlier{60};
constexpr std::size_t kTokenIdLength = 32;
constexpr std::size_t kLongestToken = 8192;

bool is_token_id(std::string_view text) {
  return text.size() == kTokenIdLength &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

void add_audience(FlatJsonWriter& json, const std::vector<std::string>& audience) {
  if (audience.size() == 1) {
    json.add("aud", audience.front());
  } else {
    json.add("aud", audience);
  }
}

std::vector<std::string> audience_of(const FlatJson& json) {
  if (auto one = json.text("aud")) return {*std::move(one)};
  return json.texts("aud").value_or(std::vector<std::string>());
}

std::optional<OAuthClaims> read_claims(const FlatJson& json) {
  const auto session = SessionId::parse(json.text("sid").value_or(""));
  const auto subject = json.text("sub");
  const auto client_id = json.text("client_id");
  const auto token_id = json.text("jti");
  const auto issued_at = claimed_time(json, "iat");
  const auto expires_at = claimed_time(json, "exp");
  if (!session || !subject || !client_id || !issued_at || !expires_at) return {};
  if (subject->empty() || client_id->empty() || !token_id || !is_token_id(*token_id)) return {};
  auto audience = audience_of(json);
  if (audience.empty()) return {};
  // A binding that cannot be read must not be taken for none.
  const auto bound_key = json.text_within("cnf", "jkt");
  if (json.has("cnf") && (!bound_key || bound_key->empty())) return {};
  return OAuthClaims{.subject = *subject,
                     .session = *session,
                     .client_id = *client_id,
                     .audience = std::move(audience),
                     .scopes = words_of(json.text("scope").value_or("")),
                     .issued_at = *issued_at,
                     .expires_at = *expires_at,
                     .signed_in_at = claimed_time(json, "auth_time").value_or(Instant()),
                     .token_id = *token_id,
                     .dpop_jkt = bound_key.value_or("")};
}

}  // namespace

Secret issue_oauth_token(Services& services, const OAuthClaims& claims) {
  FlatJsonWriter json;
  json.add("iss", services.settings.oauth.issuer);
  add_audience(json, claims.audience);
  json.add("sub", claims.subject)
      .add("client_id", claims.client_id)
      .add("sid", claims.session.text())
      .add("jti", claims.token_id)
      .add("iat", unix_seconds(claims.issued_at))
      .add("nbf", unix_seconds(claims.issued_at - kEarlier))
      .add("exp", unix_seconds(claims.expires_at))
      .add("token_type", kOAuthTokenType);
  if (!claims.scopes.empty()) json.add("scope", join_scope(claims.scopes));
  if (!claims.subject.starts_with(kClientSubject)) {
    json.add("auth_time", unix_seconds(claims.signed_in_at));
  }
  if (!claims.dpop_jkt.empty()) {
    FlatJsonWriter confirmation;
    confirmation.add("jkt", claims.dpop_jkt);
    json.add_object("cnf", std::move(confirmation));
  }
  return Secret(sign_claims(services, std::move(json)));
}

std::optional<OAuthClaims> peek_oauth_claims(std::string_view token) {
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == last || token.size() > kLongestToken) return {};
  const auto payload = base64url_decode(token.substr(first + 1, last - first - 1));
  if (!payload) return {};
  const auto json = FlatJson::parse(std::string(payload->begin(), payload->end()));
  return json ? read_claims(*json) : std::nullopt;
}

Result<OAuthClaims> judge_oauth_claims(const Services& services, const FlatJson& claims) {
  if (claims.text("token_type") != kOAuthTokenType) return Errc::TokenWrongKind;
  const auto& issuer = services.settings.oauth.issuer;
  if (issuer.empty() || claims.text("iss") != issuer) return Errc::TokenInvalid;
  auto read = read_claims(claims);
  if (!read) return Errc::TokenInvalid;
  if (services.clock.now() >= read->expires_at) return Errc::TokenExpired;
  return *std::move(read);
}

Result<OAuthClaims> verify_oauth_token(Services& services, std::string_view token) {
  const auto claims = read_any_signed_claims(services, token);
  if (!claims) return Errc::TokenInvalid;
  return judge_oauth_claims(services, *claims);
}

}  // namespace postern::domain
