#pragma once

#include <string_view>

namespace postern::handlers {

/// Of this build, as CMake's project says it: "0.1.0".
[[nodiscard]] std::string_view version();

}  // namespace postern::handlers
