#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::domain {

/// The network an address counts as: an IPv4 address itself, an IPv6 address's /64 (one customer
/// holds at least that much), an IPv4-mapped one its IPv4; anything else "unknown".
[[nodiscard]] std::string network_of(std::string_view address);

/// What an IPv6 address's /64 was taken from by whoever holds more: its /48, the most that one site
/// is given (RFC 6177). "" for all else.
[[nodiscard]] std::string site_of(std::string_view address);

/// An IPv4 or IPv6 address, or a range of them in CIDR notation (RFC 4632, RFC 4291 section 2.3).
class Network {
 public:
  /// `192.0.2.0/24`, `2001:db8::/32`; without a length one address. None for anything else: also
  /// for a network with bits set behind its length, which nobody writes on purpose.
  [[nodiscard]] static std::optional<Network> parse(std::string_view text);

  /// Whether the address lies in it. An IPv4-mapped IPv6 address counts as its IPv4 one, so that it
  /// lies in no network of IPv6, not even in ::/0. False for what is no address.
  [[nodiscard]] bool contains(std::string_view address) const;
  [[nodiscard]] std::string text() const;

 private:
  std::array<std::uint8_t, 16> bytes_{};  ///< IPv4 as ::ffff:a.b.c.d
  std::uint8_t bits_ = 0;                 ///< of the 128
};

}  // namespace postern::domain
