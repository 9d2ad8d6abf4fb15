#pragma once

#include <string_view>

namespace postern::handlers::native {

/// openapi.json as it stands beside this file, compiled in.
[[nodiscard]] std::string_view openapi_document();

}  // namespace postern::handlers::native
