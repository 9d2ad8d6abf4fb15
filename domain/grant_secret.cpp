#include "domain/grant_secret.hpp"

#include "domain/ring_hashes.hpp"

namespace postern::domain {
namespace {

std::string named(GrantSecret kind, std::string_view text) {
  constexpr std::string_view kNames[] = {"code:", "challenge:", "device:", "user:", "pushed:"};
  return std::string(kNames[static_cast<std::size_t>(kind)]).append(text);
}

}  // namespace

Digest hash_grant_secret(const KeyRing& ring, GrantSecret kind, std::string_view text) {
  return ring.mac(KeyPurpose::GrantHash, ring.current_id(), as_bytes(named(kind, text)));
}

std::vector<std::string> grant_secret_hashes(const KeyRing& ring, GrantSecret kind,
                                             std::string_view text) {
  return ring_hashes(ring, KeyPurpose::GrantHash, named(kind, text));
}

}  // namespace postern::domain
