#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "domain/key_ring.hpp"
#include "domain/settings.hpp"

namespace postern::domain {

/// The way a credential was presented, which decides what it may be (check_credential.hpp).
enum class PresentedAs : std::uint8_t { Bearer = 1, Key = 2, Dpop = 3, Cookie = 4 };

/// Names credentials for the cache: a keyed BLAKE2b-256 of the whole credential and of the way it
/// was presented. The key is derived from the master key and from every setting that decides what a
/// credential means, so that an answer found under one configuration is never found under another
/// (CVE-2026-33496), and nobody without the master key can aim at an entry.
class Fingerprinter {
 public:
  using Fingerprint = std::array<std::uint64_t, 4>;

  Fingerprinter(const KeyRing& ring, const Settings& settings);
  [[nodiscard]] Fingerprint of(PresentedAs as, std::string_view credential) const;

 private:
  Digest key_;
};

}  // namespace postern::domain
