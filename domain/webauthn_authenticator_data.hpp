#pragma once

#include <cstdint>
#include <optional>

#include "domain/bytes.hpp"

namespace postern::domain {

/// What an authenticator says about itself (W3C Web Authentication, Level 2, section 6.1), its
/// shape looked at to the last byte before any library sees it.
struct AuthenticatorData {
  ByteView rp_id_hash;  ///< 32 bytes
  bool user_present = false;
  std::uint32_t sign_count = 0;
  ByteView credential_id;  ///< of a registration: 1 to 1023 bytes
};
inline constexpr std::size_t kMostAuthenticatorData = 4096;
inline constexpr std::size_t kMostCredentialId = 1023;

/// With a credential in it, as a registration has it (section 6.5.1); none for anything else.
[[nodiscard]] std::optional<AuthenticatorData> read_registration_data(ByteView data);
/// Without one, as an assertion has it; none for anything else.
[[nodiscard]] std::optional<AuthenticatorData> read_assertion_data(ByteView data);

/// The authenticator data within an attestation object (section 6.5.4): a map of fmt, attStmt and
/// authData. An attestation of format `none` states nothing; others are not judged. None for
/// anything else, and for more than 16 KiB.
[[nodiscard]] std::optional<ByteView> data_of_attestation(ByteView object);

}  // namespace postern::domain
