#include "bench/micro/own_cache.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

#include "bench/micro/operation.hpp"

namespace postern::bench {
namespace {

constexpr std::chrono::seconds kLifetime{60};

/// As the product has it: zeroed, shared with children.
std::span<std::byte> map(std::size_t bytes) {
  void* const at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  return {static_cast<std::byte*>(at), bytes};
}

}  // namespace

OwnCache::OwnCache(std::size_t entries)
    : memory_(map(domain::CredentialCache::bytes_for(entries))), cache(memory_, 0) {
  must(cache.enabled() && cache.capacity() >= entries, "the cache has its size");
  cache.trust_until(clock.uptime() + std::chrono::hours(1));
  record_.account = domain::AccountId::make(clock.now(), random_);
  record_.credential = domain::Uuid::v7(clock.now(), random_);
}

OwnCache::~OwnCache() {
  munmap(memory_.data(), memory_.size());
}

domain::CachedCheck OwnCache::member() {
  domain::CachedCheck check;
  must(check.identity.assign({"01990e30-5b2a-7c3d-8e4f-0123456789ab", "alice", "alice@example.org",
                              "member", "notes.read notes.write",
                              "access_token:01990e30-5b2a-7c3d-8e4f-ba9876543210"}),
       "the identity fits");
  return check;
}

void OwnCache::store(const Fingerprint& print) {
  clock.advance(std::chrono::microseconds(1));
  record_.valid_until = clock.now() + kLifetime;
  cache.store(print, cache.stamp(), clock, record_, check_);
}

std::vector<OwnCache::Fingerprint> OwnCache::store_many(std::size_t count) {
  std::vector<Fingerprint> prints(count);
  for (auto& print : prints) store(print = unused_fingerprint());
  return prints;
}

bool OwnCache::finds(const Fingerprint& print) const {
  domain::CachedCheck found;
  return cache.find(print, clock, found) && !found.refusal;
}

OwnCache::Fingerprint OwnCache::unused_fingerprint() {
  return {random_.next(), random_.next(), random_.next(), random_.next()};
}

}  // namespace postern::bench
