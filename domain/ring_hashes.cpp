#include "domain/ring_hashes.hpp"

#include <cstdint>

namespace postern::domain {

std::vector<std::string> ring_hashes(const KeyRing& ring, KeyPurpose purpose,
                                     std::string_view secret) {
  constexpr int kLargestKeyId = 255;
  std::vector<std::string> hashes;
  for (int id = 1; id <= kLargestKeyId; ++id) {
    const auto key = static_cast<std::uint8_t>(id);
    if (ring.has(key)) hashes.push_back(hex_encode(ring.mac(purpose, key, as_bytes(secret))));
  }
  return hashes;
}

}  // namespace postern::domain
