#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/bytes.hpp"

namespace postern::domain {

/// The public keys of authenticators, by libfido2. It parses what strangers sent: whoever calls
/// this has looked at the shape before (webauthn_authenticator_data.hpp).

/// COSE algorithms (RFC 8152) in the order in which authenticators are asked for them. RS256 with
/// 2048 bits, which is what there is.
inline constexpr int kEs256 = -7, kEdDsa = -8, kRs256 = -257;

struct WebauthnKey {
  int algorithm = 0;
  Bytes public_key;  ///< as libfido2 writes it: x and y; the 32 bytes; modulus and exponent
};

/// The key in a registration's authenticator data; none for another algorithm, and for what is no
/// key of its algorithm (a point that is not on the curve).
[[nodiscard]] std::optional<WebauthnKey> read_webauthn_key(ByteView authenticator_data);

struct SignedAssertion {
  const std::string& rp_id;
  const Digest& client_data_hash;
  ByteView authenticator_data, signature;
};
/// Whether the key made the signature over exactly these (section 7.2 step 20).
[[nodiscard]] bool verify_assertion(const WebauthnKey& key, const SignedAssertion& assertion);

}  // namespace postern::domain
