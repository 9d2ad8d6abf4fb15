#include "tests/support/cache_world.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace postern::test {
namespace {

constexpr std::size_t kGuard = 4096;
constexpr auto kGuardByte = std::byte{0xA5};
constexpr std::uint64_t kTornEntries = 4;

/// splitmix64.
std::uint64_t spread(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
  return x ^ x >> 31;
}

domain::Uuid numbered(std::uint64_t kind, std::uint64_t number) {
  domain::Uuid id;
  const std::uint64_t high = spread(kind * 1'000'003 + number);
  std::memcpy(id.bytes.data(), &high, sizeof(high));
  std::memcpy(id.bytes.data() + sizeof(high), &number, sizeof(number));
  return id;
}

}  // namespace

CacheWorld::CacheWorld(std::size_t bytes, bool trusted)
    : bytes_(bytes),
      base_(static_cast<std::byte*>(mmap(nullptr, bytes + kGuard, PROT_READ | PROT_WRITE,
                                         MAP_SHARED | MAP_ANONYMOUS, -1, 0))),
      cache({base_, bytes}, 0) {
  if (base_ == MAP_FAILED) throw std::runtime_error("mmap");
  std::fill_n(base_ + bytes_, kGuard, kGuardByte);
  if (trusted) trust();
}

CacheWorld::~CacheWorld() {
  munmap(base_, bytes_ + kGuard);
}

bool CacheWorld::guard_is_intact() const {
  return std::all_of(base_ + bytes_, base_ + bytes_ + kGuard,
                     [](std::byte byte) { return byte == kGuardByte; });
}

domain::CredentialCache::Fingerprint CacheWorld::print(std::uint64_t number) {
  return {spread(number), spread(number + 1), number, ~number};
}
domain::AccountId CacheWorld::account(std::uint64_t number) {
  return {numbered(1, number)};
}
domain::Uuid CacheWorld::credential(std::uint64_t number) {
  return numbered(2, number);
}
domain::KeyId CacheWorld::key(std::uint64_t number) {
  return {numbered(2, number)};
}

domain::CacheRecord CacheWorld::record(std::uint64_t number) const {
  return {clock.now() + std::chrono::seconds(60), account(number), credential(number), {}, {}};
}

void CacheWorld::store(std::uint64_t number, std::string_view user,
                       std::optional<domain::CredentialCache::Stamp> stamp) {
  domain::CachedCheck check;
  if (!check.identity.assign(fields(user))) throw std::invalid_argument("too long for an identity");
  cache.store(print(number), stamp.value_or(cache.stamp()), clock, record(number), check);
}

std::optional<domain::KeyUse> CacheWorld::store_key(std::uint64_t number,
                                                    std::optional<domain::Instant> used_at) {
  domain::CachedCheck check;
  (void)check.identity.assign(fields("key owner"));
  auto about = record(number);
  about.key = key(number);
  about.key_used_at = used_at;
  return cache.store(print(number), cache.stamp(), clock, about, check);
}

std::string CacheWorld::found(std::uint64_t number) const {
  domain::CachedCheck check;
  if (!cache.find(print(number), clock, check) || check.refusal) return "";
  return std::string(check.identity.fields().user);
}

/// Six of them fit just so.
constexpr std::size_t kLongestField = domain::Identity::kMaxText / 6;

void write_for_ever(const CacheWorld& world, std::uint32_t writer) {
  domain::CredentialCache cache(world.memory(), writer);
  for (std::uint64_t i = writer;; i += 4) {
    const std::string text(1 + i % kLongestField, static_cast<char>('a' + i % 26));
    domain::CachedCheck check;
    (void)check.identity.assign({text, text, text, text, text, text});
    const std::uint64_t number = i % kTornEntries;
    cache.store(CacheWorld::print(number), cache.stamp(), world.clock, world.record(number), check);
  }
}

void look_for_tears(const CacheWorld& world, int& whole, int& torn) {
  for (std::uint64_t number = 0; number < kTornEntries; ++number) {
    domain::CachedCheck check;
    if (!world.cache.find(CacheWorld::print(number), world.clock, check)) continue;
    const auto fields = check.identity.fields();
    const bool same = fields.account == fields.user && fields.user == fields.email &&
                      fields.email == fields.role && fields.role == fields.permissions &&
                      fields.permissions == fields.credential && !fields.user.empty();
    ++(same ? whole : torn);
  }
}

}  // namespace postern::test
