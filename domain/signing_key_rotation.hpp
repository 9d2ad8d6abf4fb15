#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/services.hpp"

namespace postern::domain {

/// How the keys that tokens are signed with (signing_keys.hpp) give way to each other: a key is
/// published at once, signs settings.signing.publish_ahead later, and the one before it goes on
/// verifying until the last token that it may have signed has died. So whoever keeps the published
/// keys for as long as he is told meets no token that he cannot check. Any number of machines may
/// do any of this at once: one makes the key. Each algorithm's keys go by themselves.

struct SigningKeyInfo {
  std::string kid;
  SigningAlgorithm algorithm = SigningAlgorithm::Es256;
  Instant created_at, sign_after;
  std::optional<Instant> verify_until;  ///< none: in use, or the next
};
/// Newest first; those, too, that ended within the last 30 days.
[[nodiscard]] std::vector<SigningKeyInfo> list_signing_keys(Services& services);

/// How long anything that a key signs may be shown: the longest of all lifetimes.
[[nodiscard]] seconds longest_signed_lifetime(const Settings& settings);

/// When it is time, makes the next key: its kid. None where it is not, or another machine did. An
/// installation that has keys, but none of this algorithm yet, gets one that signs at once: nobody
/// keeps published keys that know nothing of it for longer than he is told to. Also deletes what
/// ended more than 30 days ago.
[[nodiscard]] std::optional<std::string> rotate_signing_keys_when_due(
    Services& services, SigningAlgorithm algorithm = SigningAlgorithm::Es256);

/// Makes the next key now. InUse where one is published already and does not sign yet.
[[nodiscard]] Result<SigningKeyInfo> publish_next_signing_key(
    Services& services, const Origin& origin, SigningAlgorithm algorithm = SigningAlgorithm::Es256);

/// Somebody else has a key: a new one signs from now on, and all others of this algorithm are
/// refused at once and everywhere (rule R6), with all that they signed. Others who keep the
/// published keys refuse the new one's tokens until they ask again.
struct KeyReplacement {
  std::string made;
  std::vector<std::string> retired;
};
[[nodiscard]] KeyReplacement replace_signing_keys(
    Services& services, const Origin& origin, SigningAlgorithm algorithm = SigningAlgorithm::Es256);

}  // namespace postern::domain
