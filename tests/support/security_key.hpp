#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "domain/webauthn.hpp"

namespace postern::test {

/// What the browser is told by the page, and what it thinks of the page.
struct Ceremony {
  std::string challenge;
  std::string origin = "http://127.0.0.1:8080";
  std::string rp_id = "127.0.0.1";
  std::string type{};  ///< empty: what belongs to it
  bool cross_origin = false;
};

/// An authenticator and the browser before it, written apart from what is tested: keys by OpenSSL,
/// CBOR by libcbor (W3C Web Authentication, Level 2, sections 5.8.1, 6.1 and 6.5.4).
class SecurityKey {
 public:
  enum class Kind { Es256, EdDsa, Rs256 };
  explicit SecurityKey(Kind kind = Kind::Es256);

  [[nodiscard]] domain::WebauthnAttestation create(const Ceremony& ceremony);
  /// The counter grows before it is told.
  [[nodiscard]] domain::WebauthnAssertion get(const Ceremony& ceremony);

  /// The pieces, for whoever wants to break one.
  [[nodiscard]] domain::Bytes authenticator_data(const std::string& rp_id, bool with_key) const;
  [[nodiscard]] static domain::Bytes attestation_object(const domain::Bytes& authenticator_data,
                                                        const std::string& format = "none");
  [[nodiscard]] domain::Bytes cose_key() const;
  [[nodiscard]] domain::Bytes sign(const domain::Bytes& message) const;

  domain::Bytes id;              ///< of the credential: 32 bytes, no two alike
  std::uint32_t sign_count = 0;  ///< stays 0 where `counts` is off
  bool counts = true;
  bool user_present = true;
  domain::Bytes user_handle;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  Kind kind_;
  std::shared_ptr<EVP_PKEY> key_;
};

/// As a browser writes it, to the byte.
[[nodiscard]] std::string client_data_json(const domain::WebauthnClientData& client);

/// As Kitsu's pages send it.
[[nodiscard]] std::string credential_json(const domain::WebauthnAttestation& attestation);
[[nodiscard]] std::string credential_json(const domain::WebauthnAssertion& assertion);

}  // namespace postern::test
