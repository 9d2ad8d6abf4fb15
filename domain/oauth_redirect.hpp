#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/result.hpp"

namespace postern::domain {

/// Where answers of the authorization endpoint may go (RFC 9700 section 4.1, oauth.md 3a.1-3a.2).

/// InvalidInput field redirect_uris for what may not be registered: not absolute, longer than 2048
/// bytes, with a fragment, userinfo, a dot segment, a backslash, white space, control characters,
/// raw non-ASCII, or '*'; http but on loopback (127.0.0.1, [::1], localhost); javascript:, data:,
/// vbscript:, file:, blob:, about:, ws: and the like; a private-use scheme without a dot (RFC 8252
/// section 7.1) that is none of the few known ones of editors (cursor, vscode, vscode-insiders,
/// windsurf, zed).
[[nodiscard]] Outcome check_redirect_uri(std::string_view uri);

/// Whether `presented` is one of the registered ones: the same bytes, but for the port of a
/// loopback address (RFC 8252 section 7.3; localhost too, and neither for the other).
[[nodiscard]] bool is_registered_redirect(const std::vector<std::string>& registered,
                                          std::string_view presented);

/// http on loopback, or a private-use scheme: whoever listens there cannot be known from the
/// address (RFC 8252 section 8.6).
[[nodiscard]] bool is_local_redirect(std::string_view uri);

/// Without the port of a loopback address; everything else as it is.
[[nodiscard]] std::string without_loopback_port(std::string_view uri);

/// For people: the host (and port) of an http(s) address, else its scheme.
[[nodiscard]] std::string place_of(std::string_view uri);

}  // namespace postern::domain
