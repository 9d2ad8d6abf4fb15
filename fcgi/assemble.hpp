#pragma once

#include <string>

#include "fcgi/inspector.hpp"
#include "fcgi/request.hpp"

namespace postern::fcgi {

/// Makes the Request of what was inspected, all but its body and id. HTTP_* become headers, lists
/// that came in pieces joined by ", "; every other parameter is the web server's own word and never
/// a header. Scheme: REQUEST_SCHEME, else HTTPS, else http.
[[nodiscard]] Request assemble(const Inspection& seen, Door door);

/// The status of what is wrong with a request that arrived whole (400), or 0: a method that is no
/// short upper-case token, a scheme that is neither http nor https, an FCGI_ROLE that contradicts
/// the record's role.
[[nodiscard]] int objection(const Inspection& seen, const Request& request);

}  // namespace postern::fcgi
