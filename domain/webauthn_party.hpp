#pragma once

#include <string>
#include <vector>

#include "domain/settings.hpp"

namespace postern::domain {

/// Who we are to authenticators and browsers (W3C Web Authentication, Level 2). Not for others than
/// the files of WebAuthn.

/// settings.webauthn.rp_id, or the issuer's host.
[[nodiscard]] std::string rp_id_of(const Settings& settings);
/// settings.webauthn.origins, or the issuer's, as browsers write one (RFC 6454 section 6.2): in
/// lower case, and without a port that goes without saying.
[[nodiscard]] std::vector<std::string> origins_of(const Settings& settings);
/// Whether the issuer's own pages are among them.
[[nodiscard]] bool is_issuer_among_origins(const Settings& settings);

}  // namespace postern::domain
