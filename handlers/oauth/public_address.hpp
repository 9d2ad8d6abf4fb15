#pragma once

#include <string_view>

namespace postern::handlers::oauth {

/// An address of the public internet, as IANA's registries of special-purpose addresses (RFC 6890)
/// have it; IPv6 forms that hold an IPv4 address are what that is. False for what is no address.
[[nodiscard]] bool is_public_address(std::string_view address);

}  // namespace postern::handlers::oauth
