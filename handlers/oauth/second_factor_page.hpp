#pragma once

#include <optional>
#include <string>

#include "domain/factor.hpp"
#include "handlers/oauth/sign_in_form.hpp"

namespace postern::handlers::oauth {

/// The second step of signing in, for whoever has shown one factor. Nothing is kept: who that is
/// travels sealed in the form. What its owner prefers comes first, unless he went on in another
/// way.
struct SecondFactorForm {
  int status = 200;
  std::string error{};
  std::string notice{};
  std::optional<domain::Factor> code_of{};  ///< which code is typed; none: as its owner prefers
  bool by_code = false;                     ///< a code is on its way, or was tried
  bool by_recovery = false;                 ///< a recovery code was tried
};
[[nodiscard]] Response show_second_factor(Services& services, const Visitor& visitor,
                                          const Destination& destination,
                                          const domain::PendingSignIn& pending,
                                          const SecondFactorForm& form);
/// What that form brings back.
[[nodiscard]] Response take_second_step(const Call& call, Services& services,
                                        const Visitor& visitor, const Destination& destination,
                                        const Parameters& form);

}  // namespace postern::handlers::oauth
