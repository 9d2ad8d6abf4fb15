#pragma once

#include <span>

#include "handlers/route.hpp"

namespace postern::handlers {

/// All dialects of this installation, native first.
[[nodiscard]] std::span<const Dialect* const> dialects();

/// The whole API: finds the dialect by path, the route by method and path, asks its guard, calls
/// its handler. Database failures become the dialect's 503, anything else thrown its 500; both are
/// logged. Every answer carries X-Request-Id.
[[nodiscard]] Response dispatch(const Request& request, Services& services);

/// The answer where a request could not even be read. `settings` null: by the shapes of all
/// dialects, as if each was enabled and none mounted.
[[nodiscard]] Response dispatch_failure(const Request& request, int status,
                                        const Settings* settings = nullptr);

}  // namespace postern::handlers
