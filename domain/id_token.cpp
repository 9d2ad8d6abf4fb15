#include "domain/id_token.hpp"

#include <array>
#include <vector>

#include "domain/sha256.hpp"
#include "domain/signed_claims.hpp"

namespace postern::domain {
namespace {

/// The left half of the token's SHA-256 (OpenID Connect Core section 3.1.3.6).
std::string half_hash(std::string_view token) {
  const Digest digest = sha256(as_bytes(token));
  return base64url_encode(ByteView(digest).first(digest.size() / 2));
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

void add_person(FlatJsonWriter& json, const IdTokenContent& content) {
  const Account& account = content.account;
  if (content.profile) {
    json.add("preferred_username", account.username).add("name", account.username);
  }
  if (content.email && account.email) {
    json.add("email", *account.email).add_boolean("email_verified", account.email_verified);
  }
}

}  // namespace

Secret issue_id_token(Services& services, const IdTokenContent& content) {
  const Instant now = services.clock.now();
  FlatJsonWriter json;
  json.add("iss", services.settings.oauth.issuer)
      .add("sub", content.account.id.text())
      .add("aud", content.client_id)
      .add("iat", unix_seconds(now))
      .add("exp", unix_seconds(now + services.settings.session(SessionKind::OAuth).access_lifetime))
      .add("auth_time", unix_seconds(content.signed_in_at))
      .add("sid", content.session.text());
  if (!content.nonce.empty()) json.add("nonce", content.nonce);
  const auto methods = words(content.methods);
  if (!methods.empty()) json.add("amr", methods);
  if (!content.access_token.empty()) json.add("at_hash", half_hash(content.access_token));
  add_person(json, content);
  return Secret(sign_claims(services, std::move(json), TokenType::IdToken, content.algorithm));
}

std::optional<IdTokenHint> read_id_token_hint(Services& services, std::string_view text) {
  const auto claims = read_any_signed_claims(services, text, TokenType::IdToken);
  if (!claims || claims->text("iss") != services.settings.oauth.issuer) return {};
  const auto account = AccountId::parse(claims->text("sub").value_or(""));
  const auto session = SessionId::parse(claims->text("sid").value_or(""));
  const auto client_id = claims->text("aud");
  if (!account || !session || !client_id) return {};
  return IdTokenHint{.account = *account, .session = *session, .client_id = *client_id};
}

}  // namespace postern::domain
