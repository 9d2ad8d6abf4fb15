#pragma once

#include <optional>
#include <string_view>

#include "domain/authenticate.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

inline constexpr std::string_view kAccessCookie = "access_token_cookie";
inline constexpr std::string_view kRefreshCookie = "refresh_token_cookie";

/// A token as it was presented. A cookie is looked at before the header, and decides when it is
/// there, good or bad. Cookies are not looked at where the settings have them off.
struct PresentedToken {
  enum class Way {
    None,         ///< neither cookie nor Authorization
    OtherScheme,  ///< Authorization of another scheme; `bearer` in lower case is one
    Malformed,    ///< `Bearer` and nothing, or more than one word behind it
    Header,
    Cookie,
  };
  Way way = Way::None;
  std::string_view text;  ///< into the request
};
[[nodiscard]] PresentedToken find_token(const Request& request, const KitsuSettings& settings,
                                        std::string_view cookie);

/// The header alone.
[[nodiscard]] PresentedToken find_header_token(const Request& request);

/// The dialect's authentication (route.hpp): access tokens of sessions, of whichever door, and the
/// tokens of bots and persons' scripts. API keys are not known here: TokenInvalid (rule R10). A
/// revoked token whose account is gone or disabled is AccountGone or AccountInactive.
/// Error::reason of TokenInvalid says what is wrong with its form (errors.hpp: fault_of).
[[nodiscard]] std::optional<domain::Result<domain::Principal>> authenticate(const Request& request,
                                                                            Services& services);

}  // namespace postern::handlers::kitsu
