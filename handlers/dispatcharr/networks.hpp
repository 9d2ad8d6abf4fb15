#pragma once

#include <json/value.h>

#include <optional>
#include <string>
#include <string_view>

namespace postern::handlers::dispatcharr {

/// Addresses one may set an installation up from: loopback, RFC 1918, link-local (RFC 3927, RFC
/// 4291) and unique local (RFC 4193). An IPv4-mapped IPv6 address counts as its IPv4.
[[nodiscard]] bool is_private_address(std::string_view address);

/// Whether `address` lies in `network`: an address with or without `/prefix`; host bits are
/// ignored. Families never match each other.
[[nodiscard]] bool in_network(std::string_view network, std::string_view address);
[[nodiscard]] bool is_network(std::string_view text);

/// `custom_properties.allowed_networks` restricts where an account may come from: a list of
/// networks, one comma-separated text, or, as the original writes it, an object of such texts by
/// area, of which `UI` is this API's. Absent, null, or an area's empty text: no restriction.
/// Anything that cannot be read admits nobody.
[[nodiscard]] bool networks_admit(const Json::Value& custom_properties, std::string_view address);

/// Why a new value cannot be taken; none where it can. An empty list is refused, since it would be
/// unclear whether it meant nobody or everybody.
[[nodiscard]] std::optional<std::string> networks_fault(const Json::Value& custom_properties);

}  // namespace postern::handlers::dispatcharr
