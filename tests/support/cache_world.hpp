#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/credential_cache.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::test {

/// A credential cache in shared memory of its own, with things that are known by a number.
class CacheWorld {
 public:
  static constexpr std::size_t kSmall = std::size_t{2} * 1024 * 1024;
  static constexpr std::chrono::seconds kTrust{30};

  explicit CacheWorld(std::size_t bytes = kSmall, bool trusted = true);
  ~CacheWorld();
  CacheWorld(const CacheWorld&) = delete;
  CacheWorld& operator=(const CacheWorld&) = delete;

  static domain::CredentialCache::Fingerprint print(std::uint64_t number);
  static domain::AccountId account(std::uint64_t number);
  static domain::Uuid credential(std::uint64_t number);
  static domain::KeyId key(std::uint64_t number);
  static domain::IdentityFields fields(std::string_view user) { return {"", user, "", "", "", ""}; }

  /// Valid for a minute.
  [[nodiscard]] domain::CacheRecord record(std::uint64_t number) const;
  void store(std::uint64_t number, std::string_view user,
             std::optional<domain::CredentialCache::Stamp> stamp = {});
  std::optional<domain::KeyUse> store_key(std::uint64_t number,
                                          std::optional<domain::Instant> used_at);
  /// The user's name, or "" where nothing is believed.
  [[nodiscard]] std::string found(std::uint64_t number) const;
  void trust() { cache.trust_until(clock.uptime() + kTrust); }
  [[nodiscard]] std::span<std::byte> memory() const { return {base_, bytes_}; }
  /// Whether what lies behind the memory is as it was.
  [[nodiscard]] bool guard_is_intact() const;

 private:
  std::size_t bytes_;
  std::byte* base_;

 public:
  FixedClock clock;
  domain::CredentialCache cache;
};

/// Stores entries all of whose fields tell one number, until it is killed.
[[noreturn]] void write_for_ever(const CacheWorld& world, std::uint32_t writer);
/// Looks at one of those entries and counts.
void look_for_tears(const CacheWorld& world, int& whole, int& torn);

}  // namespace postern::test
