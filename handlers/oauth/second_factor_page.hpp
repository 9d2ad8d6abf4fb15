#pragma once

#include <string>

#include "handlers/oauth/sign_in_form.hpp"

namespace postern::handlers::oauth {

/// The second step of signing in, for whoever has shown one factor. Nothing is kept: who that is
/// travels sealed in the form.
struct SecondFactorForm {
  int status = 200;
  std::string error{};
  std::string notice{};
  bool by_mail = false;      ///< the code is the one that went out by mail
  bool by_recovery = false;  ///< a recovery code was tried
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
