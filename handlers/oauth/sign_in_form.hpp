#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "handlers/oauth/authorization_step.hpp"
#include "handlers/oauth/visitor.hpp"

namespace postern::handlers::oauth {

/// Where somebody goes on who has signed in: an authorization request, or a page of this site.
struct Destination {
  std::optional<OpenedRequest> opened;
  std::string return_to;  ///< a path of this site; "" for none

  /// The text that forms are bound to.
  [[nodiscard]] std::string text() const;
};
/// LinkInvalid and the like, as open_request(); an address that is no path of this site counts as
/// none.
[[nodiscard]] domain::Result<Destination> read_destination(Services& services,
                                                           const Parameters& parameters,
                                                           const domain::Origin& origin);

/// A path of this very site: one '/' at its start and no second one, nor '\', behind it, printable
/// ASCII, at most 2048 bytes. Nothing that a browser takes for another host (open redirects).
[[nodiscard]] bool is_local_path(std::string_view text);

/// `/oauth/sign-in` with it.
[[nodiscard]] std::string sign_in_address(const Services& services, const Destination& destination);
[[nodiscard]] std::string address_after(const Services& services, const Destination& destination);
/// As form_targets(), of all that may come after signing in: a standing consent answers at once.
[[nodiscard]] std::string form_targets_after(const Services& services,
                                             const Destination& destination);

/// How the form looks this time.
struct SignInForm {
  int status = 200;
  std::string error{};
  std::string username{};
  std::string why{};  ///< beside who is signed in already
};
[[nodiscard]] Response show_sign_in_form(Services& services, const Visitor& visitor,
                                         const Destination& destination, const SignInForm& form);

/// Takes up a session that has just begun: its cookie is set, the one before it ends, and the
/// browser goes on.
[[nodiscard]] Response enter(const Call& call, Services& services, const Visitor& visitor,
                             const Destination& destination, const domain::BrowserSession& session);

/// What somebody reads who could not sign in, and the status for it. Unknown, wrong, disabled: the
/// same (rule R8).
struct SignInRefusal {
  int status;
  std::string text;
};
[[nodiscard]] SignInRefusal words_for(const domain::Error& error);
void tell_wait(Response& response, const domain::Error& error);

}  // namespace postern::handlers::oauth
