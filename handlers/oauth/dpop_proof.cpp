#include "handlers/oauth/dpop_proof.hpp"

#include "domain/once_name.hpp"
#include "handlers/oauth/compact_jwt.hpp"
#include "handlers/oauth/public_key.hpp"
#include "handlers/oauth/url_normal_form.hpp"
#include "handlers/sso/digest.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using sso::text_member;

constexpr std::size_t kLongestProof = 4096;
constexpr std::size_t kLongestId = 255;

domain::Error refused(std::string why) {
  return {Errc::InvalidInput, "dpop", std::move(why)};
}

/// Checks 6 and 7: it is signed with the key that it brings, which is a public one. The key's
/// thumbprint.
std::optional<std::string> signed_by(const CompactJwt& jwt) {
  const auto& jwk = jwt.header["jwk"];
  if (!jwk.isObject() || has_private_parts(jwk)) return std::nullopt;
  const auto key = sso::VerificationKey::from_nameless_jwk(jwk);
  auto name = thumbprint(jwk);
  if (!key || !name || !key->verify(jwt.kind, jwt.signed_text, jwt.signature)) return std::nullopt;
  return name;
}

/// Check 9. Query and fragment do not count.
bool is_for(const Json::Value& claims, const std::string& url) {
  const auto htu = text_member(claims, "htu");
  const auto theirs = htu ? normal_form(*htu) : std::nullopt;
  return theirs && theirs == normal_form(url);
}

/// Check 11: for how long it goes on being good; none where it is not.
std::optional<std::chrono::seconds> good_for(const Json::Value& claims, domain::Instant now,
                                             std::chrono::seconds window) {
  const auto issued_at = sso::time_member(claims, "iat");
  if (!issued_at) return std::nullopt;
  const auto when = domain::from_unix_seconds(*issued_at);
  if (when < now - window || when > now + window) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(when + window - now);
}

/// What the claims say against the request, or "".
std::string wrong_claim(const CompactJwt& jwt, const ProofUse& use) {
  const auto id = text_member(jwt.claims, "jti");
  if (!id || id->empty() || id->size() > kLongestId) return "jti";
  if (text_member(jwt.claims, "htm") != use.method) return "htm";
  if (!is_for(jwt.claims, use.url)) return "htu";
  if (!use.access_token.empty() && text_member(jwt.claims, "ath") != sso::s256(use.access_token)) {
    return "ath";
  }
  return {};
}

}  // namespace

domain::Result<std::string> check_proof(domain::Limiter& limiter, const domain::Clock& clock,
                                        const domain::OAuthSettings& settings,
                                        std::string_view proof, const ProofUse& use) {
  if (proof.size() > kLongestProof) return refused("too_long");
  const auto jwt = CompactJwt::parse(proof, kLongestProof);
  if (!jwt) return refused("malformed");
  if (jwt->type != "dpop+jwt") return refused("typ");
  auto wrong = wrong_claim(*jwt, use);
  if (!wrong.empty()) return refused(std::move(wrong));
  const auto left = good_for(jwt->claims, clock.now(), settings.dpop_window);
  if (!left) return refused("iat");
  auto key = signed_by(*jwt);
  if (!key) return refused("signature");
  // Last, since whoever is not the key's owner must not use up its ids.
  const domain::Rate once{1, *left + std::chrono::seconds(1)};
  const auto name = domain::once_name(*key + ":" + *text_member(jwt->claims, "jti"));
  if (!limiter.charge(name, once, clock.uptime()).allowed) return refused("replayed");
  return *std::move(key);
}

}  // namespace postern::handlers::oauth
