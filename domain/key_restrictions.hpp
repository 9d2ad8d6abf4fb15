#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/clock.hpp"
#include "domain/limiter.hpp"
#include "domain/result.hpp"

namespace postern::domain {

/// What a key is limited to besides its permissions. Enforced by the gate and by the API at each
/// use (enforce_restrictions).
struct KeyRestrictions {
  std::vector<std::string> cidrs;  ///< networks it may be used from; none: any. At most 32
  /// Paths it may be used for, as the gate's rules write them (policy.hpp); none: any. At most 32
  std::vector<std::string> paths;
  std::optional<std::uint32_t> requests_per_minute;  ///< 1-100,000

  [[nodiscard]] bool none() const { return cidrs.empty() && paths.empty() && !requests_per_minute; }
};

/// InvalidInput, field restrictions.cidrs, .paths or .requests_per_minute.
[[nodiscard]] Outcome check_restrictions(const KeyRestrictions& restrictions);

/// One line for the cache and the gate: "" for none. A key whose line does not fit the cache is
/// asked for at each use. decode() refuses what encode() did not make: then nothing is allowed.
[[nodiscard]] std::string encode_restrictions(const KeyRestrictions& restrictions);
[[nodiscard]] std::optional<KeyRestrictions> decode_restrictions(std::string_view line);

struct KeyUseAttempt {
  std::string_view credential;  ///< names the key for its limit: the identity's `credential`
  std::string_view address;     ///< the visitor's
  std::string_view path;        ///< decoded and normalised (fcgi/uri.hpp)
};
/// KeyRestricted (field network or path), or TooManyAttempts with retry_after. Counts the use only
/// where network and path are right. An unreadable line refuses.
[[nodiscard]] Outcome enforce_restrictions(std::string_view line, const KeyUseAttempt& attempt,
                                           Limiter& limiter, const Clock& clock);

}  // namespace postern::domain
