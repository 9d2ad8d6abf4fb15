#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/oauth_grant.hpp"

namespace postern::domain {

/// The device authorization grant (RFC 8628).

struct NewDevice {
  const OAuthClient& client;
  Wanted wanted;
};
struct DeviceCodes {
  Secret device_code;     ///< 43 of [A-Za-z0-9]
  std::string user_code;  ///< BCDF-GHJK: eight of 20 letters (section 6.1), as people type it
  seconds lifetime, interval;
};
/// ClientNotAllowed; TooManyAttempts by the network.
[[nodiscard]] Result<DeviceCodes> begin_device(Services& services, const NewDevice& wanted,
                                               const Origin& origin);

/// A device that waits, as its code was typed: case, spaces and hyphens do not matter. NotFound;
/// TooManyAttempts: guesses are counted by the network and by the account (section 5.1).
struct WaitingDevice {
  OAuthClientId client;
  Wanted wanted;
  std::string address;  ///< where it asked from
  Instant created_at;
};
[[nodiscard]] Result<WaitingDevice> find_device(Services& services, std::string_view user_code,
                                                AccountId account, const Origin& origin);
/// After find_device(), which counts guesses. `basis` none: refused. NotFound once somebody has
/// decided, or it is too late. `basis.consent` must be given.
[[nodiscard]] Outcome decide_device(Transaction& tx, Services& services, std::string_view user_code,
                                    const std::optional<GrantBasis>& basis);

/// Section 3.4 and 3.5: AuthorizationPending, SlowDown (which adds five seconds),
/// AuthorizationExpired, AuthorizationDenied, GrantInvalid. Good once.
struct DeviceRequest {
  const OAuthClient& client;
  std::string_view device_code;
  TokenProof proof{};
};
[[nodiscard]] Result<OAuthTokens> redeem_device(Services& services, const DeviceRequest& request,
                                                const Origin& origin);

}  // namespace postern::domain
