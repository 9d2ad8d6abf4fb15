#include "handlers/oauth/public_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "domain/network.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Network;
using Networks = std::vector<Network>;
using Bytes16 = std::array<std::uint8_t, 16>;

Networks networks(std::initializer_list<std::string_view> texts) {
  Networks list;
  for (const auto text : texts) {
    const auto network = Network::parse(text);
    if (!network) throw std::logic_error("a network that is none");
    list.push_back(*network);
  }
  return list;
}

bool lies_in(const Networks& list, std::string_view address) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Network& network) { return network.contains(address); });
}

const Networks& all_of_v4() {
  static const Networks kAll = networks({"0.0.0.0/0"});
  return kAll;
}

const Networks& special_v4() {
  static const Networks kSpecial = networks({
      "0.0.0.0/8",        // this network
      "10.0.0.0/8",       // private use
      "100.64.0.0/10",    // shared by a provider's customers
      "127.0.0.0/8",      // loopback
      "169.254.0.0/16",   // link-local: clouds' metadata
      "172.16.0.0/12",    // private use
      "192.0.0.0/24",     // protocol assignments
      "192.0.2.0/24",     // documentation
      "192.88.99.0/24",   // relays of 6to4
      "192.168.0.0/16",   // private use
      "198.18.0.0/15",    // benchmarks
      "198.51.100.0/24",  // documentation
      "203.0.113.0/24",   // documentation
      "224.0.0.0/4",      // multicast
      "240.0.0.0/4",      // reserved, and broadcast
  });
  return kSpecial;
}

/// What is assigned to the public at all: ::, ::1, ::/96, 64:ff9b:1::/48, 100::/64, fc00::/7,
/// fe80::/10, fec0::/10, ff00::/8 and what is not assigned yet lie outside.
const Networks& global_v6() {
  static const Networks kGlobal = networks({"2000::/3"});
  return kGlobal;
}

const Networks& special_v6() {
  static const Networks kSpecial = networks({
      "2001::/23",      // protocol assignments: Teredo, benchmarks, ORCHID
      "2001:db8::/32",  // documentation
      "3fff::/20",      // documentation
  });
  return kSpecial;
}

std::string v4_at(const Bytes16& bytes, std::size_t at) {
  std::array<char, INET_ADDRSTRLEN> text{};
  inet_ntop(AF_INET, &bytes.at(at), text.data(), text.size());
  return text.data();
}

/// The address that is reached in the end: that of NAT64 (RFC 6052) and 6to4 (RFC 3056).
std::string inner_address(std::string_view address) {
  static const Networks kNat64 = networks({"64:ff9b::/96"});
  static const Networks k6to4 = networks({"2002::/16"});
  const std::string text(address);
  Bytes16 bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  if (lies_in(kNat64, address)) return v4_at(bytes, 12);
  if (lies_in(k6to4, address)) return v4_at(bytes, 2);
  return text;
}

}  // namespace

bool is_public_address(std::string_view address) {
  const auto inner = inner_address(address);
  if (lies_in(all_of_v4(), inner)) return !lies_in(special_v4(), inner);
  return lies_in(global_v6(), inner) && !lies_in(special_v6(), inner);
}

}  // namespace postern::handlers::oauth
