#include "domain/signed_claims.hpp"

#include "domain/credential_cache.hpp"

namespace postern::domain {
namespace {

/// 9999-12-31T23:59:59Z
constexpr std::int64_t kLatest = 253'402'300'799;

/// Changes whenever everything was revoked; none where that is not to be relied on.
std::optional<std::uint64_t> state_of_everything(const Services& services) {
  if (services.memory == nullptr) return {};
  const auto& cache = services.memory->cache;
  if (!cache.enabled() || !cache.trusted(services.clock)) return {};
  return cache.everything_void_since();
}

}  // namespace

void keep_up_signing_keys(Services& services) {
  services.signing_keys.keep_up(services.database, services.ring, services.clock.now(),
                                state_of_everything(services));
}

std::string sign_claims(Services& services, FlatJsonWriter&& claims, TokenType type,
                        SigningAlgorithm algorithm) {
  services.signing_keys.set_time(services.clock.now());
  return services.signing_keys.sign(std::move(claims).finish(), type, algorithm);
}

bool SignedTokenReader::keep_up() {
  if (kept_up_) return false;
  kept_up_ = true;
  return services_.signing_keys.keep_up(services_.database, services_.ring, services_.clock.now(),
                                        state_of_everything(services_));
}

/// A key made in an emergency signs at once, however short ago ours were read. Who hears of it
/// reads them for that; all others do for any unknown one, which strangers can pretend: once in a
/// while.
void SignedTokenReader::look_for_new_keys() {
  const bool heard = state_of_everything(services_).has_value() && keep_up();
  if (heard) return;
  services_.signing_keys.reload(services_.database, services_.ring, services_.clock.now());
}

std::optional<FlatJson> SignedTokenReader::read(std::string_view token, TokenType type) {
  auto& keys = services_.signing_keys;
  const Instant now = services_.clock.now();
  keys.set_time(now);
  if (keys.names_unknown_key(token)) look_for_new_keys();
  auto payload = keys.verify(token, type);
  if (!payload) return {};
  if (keep_up() && !keys.verify(token, type)) return {};
  return FlatJson::parse(*payload);
}

std::optional<FlatJson> read_any_signed_claims(Services& services, std::string_view token,
                                               TokenType type) {
  return SignedTokenReader(services).read(token, type);
}

bool are_for_ourselves(const Services& services, const FlatJson& claims) {
  const auto& issuer = services.settings.issuer;
  // An empty issuer is no reason to take any.
  return !issuer.empty() && claims.text("iss") == issuer && claims.text("aud") == issuer;
}

std::optional<FlatJson> read_signed_claims(Services& services, std::string_view token) {
  auto claims = read_any_signed_claims(services, token);
  if (!claims || !are_for_ourselves(services, *claims)) return {};
  return claims;
}

std::optional<Instant> claimed_time(const FlatJson& claims, std::string_view name) {
  const auto value = claims.integer(name);
  if (!value || *value < 0 || *value > kLatest) return {};
  return from_unix_seconds(*value);
}

}  // namespace postern::domain
