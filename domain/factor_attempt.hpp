#pragma once

#include <type_traits>

#include "domain/login_limit.hpp"

namespace postern::domain {

/// Proofs of a second factor outside a sign-in are counted by the limiter of sign-ins: whoever
/// guesses codes has no more guesses in one place than in the other. TooManyAttempts.
[[nodiscard]] Result<LoginAttempt> begin_factor_attempt(Services& services, AccountId account,
                                                        const Origin& origin);

/// What became of it. A wrong proof stays counted and is recorded; anything else is taken back. A
/// right proof forgives nothing besides: its owner could otherwise guess passwords in between
/// without end (CVE-2026-9798).
void end_factor_attempt(Services& services, const LoginAttempt& attempt, const Error* refusal,
                        const Origin& origin);

/// Runs `work` in a transaction as one such attempt.
template <class Work>
auto with_factor_attempt(Services& services, AccountId account, const Origin& origin, Work&& work)
    -> std::invoke_result_t<Work&, Transaction&> {
  const auto attempt = begin_factor_attempt(services, account, origin);
  if (!attempt) return attempt.error();
  auto answer = services.database.transaction(work);
  end_factor_attempt(services, *attempt, answer ? nullptr : &answer.error(), origin);
  return answer;
}

}  // namespace postern::domain
