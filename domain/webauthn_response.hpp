#pragma once

#include <string>

#include "domain/bytes.hpp"

namespace postern::domain {

/// What a browser brings back from an authenticator (W3C Web Authentication, Level 2), decoded from
/// base64url. Untrusted.

/// clientDataJSON (section 5.8.1). Reading JSON is the caller's; it reads all of it from `raw` and
/// from nowhere else. A text that is no such object has an empty `type`, which proves nothing.
struct WebauthnClientData {
  Bytes raw;              ///< to the byte: what the authenticator's signature covers
  std::string type;       ///< webauthn.create, webauthn.get
  std::string challenge;  ///< base64url without padding, as it was given out
  std::string origin;
  bool cross_origin = false;
};

struct WebauthnAttestation {
  WebauthnClientData client;
  Bytes attestation_object;  ///< CBOR
};

struct WebauthnAssertion {
  Bytes credential_id;
  WebauthnClientData client;
  Bytes authenticator_data;
  Bytes signature;
  Bytes user_handle{};  ///< empty: the authenticator gave none
};

}  // namespace postern::domain
