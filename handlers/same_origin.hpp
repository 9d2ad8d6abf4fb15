#pragma once

#include <span>
#include <string>

#include "fcgi/request.hpp"

namespace postern::handlers {

/// Whether a request may count what a browser sends along by itself (a cookie) as its sender's own
/// will: it was made by a page of this host, of one of `origins` (each as browsers write it:
/// `https://host`, `https://host:8443`), or by nobody but the person in front of it. By
/// Sec-Fetch-Site, where it is missing by Origin, then by Referer, compared with Host (OWASP's
/// "verifying origin with standard headers"). A request with none of the three was not made by a
/// browser of today for a page: true. The scheme is not compared with ours, which a proxy in front
/// may have changed.
[[nodiscard]] bool is_same_origin(const fcgi::Request& request,
                                  std::span<const std::string> origins);

/// Whether a method changes nothing (RFC 9110 section 9.2.1): GET, HEAD, OPTIONS.
[[nodiscard]] bool is_safe_method(std::string_view method);

}  // namespace postern::handlers
