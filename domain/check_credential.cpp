#include "domain/check_credential.hpp"

#include <algorithm>

#include "domain/credential_cache.hpp"

namespace postern::domain {
namespace {

/// An answer of the database, and what is to be remembered with it.
struct Asked {
  Result<Principal> answer;
  CacheRecord record{};
};

Asked ask(Services& services, PresentedAs as, std::string_view credential) {
  if (as == PresentedAs::Bearer && looks_like_token(credential)) {
    return {authenticate_access_token(services, credential)};
  }
  auto verified = verify_key(services, credential);
  if (!verified.ok()) return {verified.error()};
  Asked asked{std::move(verified->principal)};
  asked.record.key = asked.answer->key;
  asked.record.key_used_at = verified->last_used_at;
  return asked;
}

/// Refusals that nothing takes back. All others are asked anew each time.
bool is_final(Errc refusal) {
  return refusal == Errc::TokenRevoked || refusal == Errc::KeyRevoked;
}

void complete(CacheRecord& record, const Services& services, const Result<Principal>& answer) {
  record.valid_until = services.clock.now() + services.settings.cache.lifetime;
  if (!answer.ok()) return;
  record.valid_until = std::min(record.valid_until, answer->good_until);
  record.account = answer->account.id;
  record.credential = answer->session ? answer->session->uuid : answer->key->uuid;
}

/// Whether the use of the key, if it is one, is noted in the cache now.
bool remember(Services& services, const CredentialCache::Fingerprint& print,
              CredentialCache::Stamp stamp, Asked& asked, const IdentityText& identity) {
  CredentialCache& cache = services.memory->cache;
  CachedCheck check;
  if (!asked.answer.ok()) {
    if (!is_final(asked.answer.error().code)) return false;
    check.refusal = asked.answer.error().code;
  } else if (!check.identity.assign(identity.fields())) {
    cache.count_too_large();
    return false;
  }
  complete(asked.record, services, asked.answer);
  const auto evicted = cache.store(print, stamp, services.clock, asked.record, check);
  if (evicted) note_key_use(services, evicted->key, evicted->at);
  return cache.enabled();
}

void note_use(Services& services, const Asked& asked) {
  if (!asked.record.key) return;
  const Instant now = services.clock.now();
  const auto& last = asked.record.key_used_at;
  if (!last || *last <= now - CredentialCache::kUsePeriod) {
    note_key_use(services, *asked.record.key, now);
  }
}

}  // namespace

CredentialCheck check_credential(Services& services, PresentedAs as, std::string_view credential) {
  CredentialCache::Fingerprint print{};
  CredentialCache::Stamp stamp = 0;
  if (services.memory != nullptr) {
    print = services.memory->fingerprints.of(as, credential);
    CachedCheck found;
    if (services.memory->cache.find(print, services.clock, found)) {
      return {found.refusal, IdentityText(found.identity.fields())};
    }
    stamp = services.memory->cache.stamp();  // before the database is asked
  }
  Asked asked = ask(services, as, credential);
  CredentialCheck check;
  if (asked.answer.ok()) {
    check.identity = IdentityText(*asked.answer);
  } else {
    check.refusal = asked.answer.error().code;
  }
  const bool noted =
      services.memory != nullptr && remember(services, print, stamp, asked, check.identity);
  if (!noted) note_use(services, asked);
  return check;
}

}  // namespace postern::domain
