#pragma once

#include <string>

#include "domain/bytes.hpp"

namespace postern::domain {

/// What a browser brings back from an authenticator (W3C Web Authentication, Level 2), decoded from
/// base64url. Untrusted.
struct WebauthnAttestation {
  Bytes client_data;         ///< clientDataJSON, to the byte
  Bytes attestation_object;  ///< CBOR
};

struct WebauthnAssertion {
  Bytes credential_id;
  Bytes client_data;
  Bytes authenticator_data;
  Bytes signature;
};

}  // namespace postern::domain
