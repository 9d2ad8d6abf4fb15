#pragma once

#include "handlers/route.hpp"

namespace postern::handlers {

/// The accounts API of Dispatcharr: the routes its document names and those its program has, with
/// its bodies, its errors and its ways of presenting a credential. docs/dispatcharr.md says where
/// it differs.
[[nodiscard]] const Dialect& dispatcharr_dialect();

}  // namespace postern::handlers
