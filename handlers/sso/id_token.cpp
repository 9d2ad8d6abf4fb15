#include "handlers/sso/id_token.hpp"

#include <algorithm>

#include "domain/secret.hpp"
#include "domain/sha256.hpp"
#include "domain/text.hpp"
#include "handlers/sso/digest.hpp"
#include "handlers/sso/issuer.hpp"
#include "handlers/sso/json_member.hpp"
#include "handlers/sso/metadata.hpp"

namespace postern::handlers::sso {
namespace {

constexpr long long kLeeway = 60;
constexpr std::size_t kLongestSubject = 255;

domain::Error bad(std::string_view claim) {
  return refused("id_token: " + std::string(claim));
}

bool contains(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

/// Among several audiences the token must say that it was made for us.
bool is_for_us(const Json::Value& claims, const std::string& client_id) {
  const auto audience = texts_member(claims, "aud");
  if (!audience || !contains(*audience, client_id)) return false;
  if (!claims.isMember("azp")) return audience->size() == 1;
  return text_member(claims, "azp") == client_id;
}

domain::Outcome check_times(const Json::Value& claims, long long now) {
  const auto expires = time_member(claims, "exp");
  if (!expires || *expires + kLeeway <= now) return bad("exp");
  const auto issued = time_member(claims, "iat");
  if (!issued || *issued > now + kLeeway) return bad("iat");
  if (claims.isMember("nbf")) {
    const auto starts = time_member(claims, "nbf");
    if (!starts || *starts > now + kLeeway) return bad("nbf");
  }
  return domain::done;
}

/// The left half of the access token's hash (section 3.1.3.6); all our algorithms have SHA-256.
bool matches_access_token(const Json::Value& claims, const std::string& access_token) {
  if (!claims.isMember("at_hash")) return true;
  const auto digest = domain::sha256(domain::as_bytes(access_token));
  return !access_token.empty() &&
         text_member(claims, "at_hash") ==
             domain::base64url_encode(domain::ByteView(digest).first(digest.size() / 2));
}

bool is_subject(const std::optional<std::string>& subject) {
  return subject && !subject->empty() && domain::is_clean_text(*subject) &&
         domain::code_points(*subject) <= kLongestSubject;
}

/// `xms_edov`: the domain's owner has been verified. Written as a boolean, or as 1.
bool is_address_verified(const Json::Value& claims, const Provider& provider) {
  if (!is_microsoft(provider.issuer)) {
    return boolean_member(claims, "email_verified").value_or(false);
  }
  return boolean_member(claims, "xms_edov").value_or(false) || time_member(claims, "xms_edov") == 1;
}

}  // namespace

domain::Outcome check_claims(const Json::Value& claims, const Expectation& expected) {
  const auto& provider = expected.provider;
  if (!accepts_token_issuer(provider, text_member(claims, "iss").value_or(""),
                            text_member(claims, "tid"))) {
    return bad("iss");
  }
  if (!is_for_us(claims, provider.client_id)) return bad("aud");
  auto times = check_times(claims, domain::unix_seconds(expected.now));
  if (!times) return times;
  const domain::Secret nonce(text_member(claims, "nonce").value_or(""));
  if (nonce.empty() || !nonce.equals(expected.nonce)) return bad("nonce");
  if (!matches_access_token(claims, expected.access_token)) return bad("at_hash");
  if (!is_subject(text_member(claims, "sub"))) return bad("sub");
  return domain::done;
}

domain::VouchedIdentity identity_of(const Json::Value& claims, const Provider& provider) {
  domain::VouchedIdentity identity;
  identity.provider = text_member(claims, "iss").value_or("");
  identity.subject = text_member(claims, "sub").value_or("");
  identity.email = text_member(claims, "email");
  identity.email_verified = is_address_verified(claims, provider);
  identity.preferred_username = text_member(claims, "preferred_username").value_or("");
  const auto methods = texts_member(claims, "amr");
  identity.factor_checked = provider.trust_second_factor && methods && contains(*methods, "mfa");
  return identity;
}

}  // namespace postern::handlers::sso
