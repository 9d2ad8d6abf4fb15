#pragma once

#include <string>

namespace postern::cli {

enum class Listening { Yes, No, Unknown };

/// Connects to `unix:/path` or `tcp:address:port` and hangs up at once, sending nothing; waits a
/// second at most. Unknown where this process may not connect, or for another kind of address.
[[nodiscard]] Listening probe_socket(const std::string& address);

}  // namespace postern::cli
