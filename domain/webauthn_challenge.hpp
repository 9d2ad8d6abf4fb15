#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/account.hpp"

namespace postern::domain {

/// Challenges (W3C Web Authentication, Level 2, section 13.4.3) are derived: 16 random bytes, what
/// it is for and until when, authenticated together with the account by a key from outside the
/// database. Asking for one stores nothing, so that nobody fills a table by asking; answering one
/// stores its hash until it would have expired, and a second answer finds it there.
enum class ChallengePurpose : std::uint8_t {
  Register = 1,
  Prove = 2,  ///< a sign-in, or a proof before something is changed
};

/// In base64url without padding; good for settings.webauthn.challenge_lifetime.
[[nodiscard]] std::string make_challenge(Services& services, AccountId account,
                                         ChallengePurpose purpose);

struct Challenge {
  Digest hash{};  ///< SHA-256 of it
  Instant expires_at;
};
/// One of ours, for this account and purpose, and not too old: ChallengeInvalid. NOT checked:
/// whether it was answered before; use_up_challenge() does.
[[nodiscard]] Result<Challenge> read_challenge(const Services& services, std::string_view text,
                                               AccountId account, ChallengePurpose purpose);

/// In the transaction that takes the answer: of any number of answers one succeeds.
/// ChallengeInvalid.
[[nodiscard]] Outcome use_up_challenge(Transaction& tx, const Challenge& challenge);

}  // namespace postern::domain
