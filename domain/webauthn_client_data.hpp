#pragma once

#include "domain/webauthn_challenge.hpp"
#include "domain/webauthn_response.hpp"

namespace postern::domain {

/// What the browser says it did (W3C Web Authentication, Level 2, sections 7.1 steps 7 to 10
/// and 7.2 steps 11 to 14): the type that belongs to the purpose, a challenge of ours, one of our
/// origins, and no frame of another origin. The challenge is good, and still to be used up.
/// ChallengeInvalid; InvalidInput (field client_data; reason too_long, wrong_type, wrong_origin,
/// cross_origin). Token binding is not looked at: no browser has it.
[[nodiscard]] Result<Challenge> check_client_data(const Services& services,
                                                  const WebauthnClientData& client,
                                                  AccountId account, ChallengePurpose purpose);

}  // namespace postern::domain
