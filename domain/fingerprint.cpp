#include "domain/fingerprint.hpp"

#include <sodium.h>

#include <string>

namespace postern::domain {

Fingerprinter::Fingerprinter(const KeyRing& ring, const Settings& settings) {
  std::string context = "credential cache 2\n" + settings.issuer + "\n" + settings.keys.prefix +
                        "\n" + settings.oauth.issuer;
  for (const auto& resource : settings.oauth.resources) {
    context += "\n" + resource.uri + " " + resource.path.value_or("-");
  }
  key_ = ring.mac(KeyPurpose::Fingerprint, ring.current_id(), as_bytes(context));
}

Fingerprinter::Fingerprint Fingerprinter::of(PresentedAs as, std::string_view credential) const {
  Fingerprint print{};
  std::array<std::uint8_t, crypto_generichash_blake2b_PERSONALBYTES> way{
      static_cast<std::uint8_t>(as)};
  crypto_generichash_blake2b_salt_personal(
      reinterpret_cast<unsigned char*>(print.data()), sizeof(print),
      reinterpret_cast<const unsigned char*>(credential.data()), credential.size(), key_.data(),
      key_.size(), nullptr, way.data());
  return print;
}

}  // namespace postern::domain
