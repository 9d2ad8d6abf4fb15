#pragma once

#include <json/value.h>

#include "handlers/route.hpp"

namespace postern::handlers {

/// RFC 7517: the public halves of all keys that verify our tokens now, or will sign some. Read from
/// the database each time, since a key that another process made may sign at once; whoever verifies
/// tokens keeps the answer for a while and asks again for an unknown kid.
[[nodiscard]] Json::Value key_set(Services& services);

}  // namespace postern::handlers
