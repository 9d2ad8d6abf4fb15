#include "domain/signed_claims.hpp"

namespace postern::domain {
namespace {

/// 9999-12-31T23:59:59Z
constexpr std::int64_t kLatest = 253'402'300'799;

/// An empty issuer is no reason to take any.
bool is_ours(const FlatJson& claims, std::string_view issuer) {
  return !issuer.empty() && claims.text("iss") == issuer && claims.text("aud") == issuer;
}

}  // namespace

std::optional<FlatJson> read_signed_claims(Services& services, std::string_view token) {
  auto& keys = services.signing_keys;
  if (keys.names_unknown_key(token)) {
    keys.reload(services.database, services.ring, services.clock.now());
  }
  const auto payload = keys.verify(token);
  if (!payload) return {};
  auto claims = FlatJson::parse(*payload);
  if (!claims || !is_ours(*claims, services.settings.issuer)) return {};
  return claims;
}

std::optional<Instant> claimed_time(const FlatJson& claims, std::string_view name) {
  const auto value = claims.integer(name);
  if (!value || *value < 0 || *value > kLatest) return {};
  return from_unix_seconds(*value);
}

}  // namespace postern::domain
