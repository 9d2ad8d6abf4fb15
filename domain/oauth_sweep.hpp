#pragma once

#include <cstdint>

#include "domain/services.hpp"

namespace postern::domain {

struct OAuthSweep {
  std::int64_t clients = 0;   ///< that are not used (any more)
  std::int64_t consents = 0;  ///< given to those
  std::int64_t codes = 0, devices = 0, pushed = 0;
  std::int64_t token_ids = 0;  ///< of client assertions that are refused by their age by now
  std::int64_t logouts = 0;    ///< notices that nobody goes on with

  [[nodiscard]] std::int64_t total() const {
    return clients + consents + codes + devices + pushed + token_ids + logouts;
  }
};

/// The part of sweep() that is OAuth's; after the sessions, whose grants go with them. A client
/// goes settings.oauth.unused_client after it was made, when it never got a code or token, and
/// settings.oauth.idle_client after its last use, when nothing that it was granted is alive; one
/// that an administrator made stays. A used code goes a day after its end: until then its second
/// use is known for what it is.
[[nodiscard]] OAuthSweep sweep_oauth(Services& services);

}  // namespace postern::domain
