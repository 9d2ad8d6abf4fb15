#pragma once

#include <string_view>

namespace postern::handlers {

/// The cookie of a browser that is signed in at the pages (domain/browser_session.hpp). Where the
/// issuer is https, its name holds it to this very host (`__Host-`, RFC 6265bis section 4.1.3.2),
/// so that no other can plant one.
[[nodiscard]] constexpr std::string_view session_cookie_name(std::string_view issuer) {
  return issuer.starts_with("https:") ? "__Host-postern_session" : "postern_session";
}

}  // namespace postern::handlers
