#pragma once

#include <cstdint>
#include <optional>

#include "domain/bytes.hpp"
#include "domain/clock.hpp"
#include "domain/secret.hpp"

namespace postern::domain {

/// The arithmetic of RFC 6238, by liboath: HMAC-SHA-1, six digits, steps of 30 seconds since 1970.
/// It knows no account and keeps nothing; totp.hpp is what uses it.

inline constexpr std::size_t kTotpSecretBytes = 20;  ///< RFC 4226 section 4, R6: 160 bits
inline constexpr std::size_t kTotpDigits = 6;
inline constexpr seconds kTotpStep{30};

/// Number of the step that the instant lies in.
[[nodiscard]] std::int64_t totp_step(Instant instant);

/// The code of a step. `secret` is the bytes themselves, not their base32.
[[nodiscard]] Secret totp_code(const Secret& secret, std::int64_t step);

/// Steps that a code may be of: `drift` before and after the present one, and later than `after`.
struct TotpWindow {
  std::int64_t present = 0;
  std::int64_t drift = 0;
  std::int64_t after = 0;
};
/// The earliest step of the window whose code this is. Exactly six digits, nothing around them; the
/// time it takes depends on the window alone.
[[nodiscard]] std::optional<std::int64_t> matching_totp_step(const Secret& secret,
                                                             const Secret& code,
                                                             const TotpWindow& window);

/// Base32 (RFC 4648 section 6) as authenticators read it: capital letters, no padding.
[[nodiscard]] Secret base32_encode(const Secret& bytes);

}  // namespace postern::domain
