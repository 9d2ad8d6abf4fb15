#pragma once

#include <json/value.h>

namespace postern::handlers::oauth {

/// Whether it is a set of 1 to 20 keys (RFC 7517 section 5) with nothing in it that has to stay
/// secret. NOT checked: that we can verify with them.
[[nodiscard]] bool is_public_key_set(const Json::Value& set);

}  // namespace postern::handlers::oauth
