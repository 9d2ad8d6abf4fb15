#include "handlers/dispatcharr/networks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

#include "fcgi/trim.hpp"

namespace postern::handlers::dispatcharr {
namespace {

/// Everything as IPv6: an IPv4 address becomes ::ffff:a.b.c.d, which also settles mapped ones.
using Address = std::array<std::uint8_t, 16>;
constexpr unsigned kMappedBits = 96;
constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t kMostNetworks = 100;

struct Network {
  Address address{};
  unsigned bits = 0;
};

struct Parsed {
  Address address{};
  bool v4 = false;  ///< written as IPv4, so that its prefix counts from there
};

std::optional<Parsed> parse_address(std::string_view text) {
  const std::string copy(text.substr(0, INET6_ADDRSTRLEN));
  Parsed parsed;
  if (copy.size() != text.size()) return std::nullopt;
  if (inet_pton(AF_INET, copy.c_str(), parsed.address.data() + kMapped.size()) == 1) {
    std::copy(kMapped.begin(), kMapped.end(), parsed.address.begin());
    parsed.v4 = true;
    return parsed;
  }
  if (inet_pton(AF_INET6, copy.c_str(), parsed.address.data()) == 1) return parsed;
  return std::nullopt;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto parsed = parse_address(text.substr(0, slash));
  if (!parsed) return std::nullopt;
  const unsigned longest = parsed->v4 ? 32 : 128;
  unsigned bits = longest;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (fault != std::errc() || end != digits.data() + digits.size() || bits > longest)
      return std::nullopt;
  }
  return Network{parsed->address, parsed->v4 ? bits + kMappedBits : bits};
}

bool is_mapped(const Address& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

bool contains(const Network& network, const Address& address) {
  // A short IPv6 prefix such as ::/0 would otherwise take in every IPv4 address.
  if (network.bits < kMappedBits && is_mapped(address)) return false;
  const std::size_t whole = network.bits / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                  network.address.begin()))
    return false;
  const unsigned rest = network.bits % 8;
  if (rest == 0) return true;
  const auto differing = static_cast<unsigned>(address.at(whole) ^ network.address.at(whole));
  return (differing >> (8 - rest)) == 0;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (parts.size() <= kMostNetworks) {
    const auto comma = text.find(',');
    if (const auto part = fcgi::trimmed(text.substr(0, comma)); !part.empty())
      parts.emplace_back(part);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return parts;
}

/// None: not of a form that we know.
std::optional<std::vector<std::string>> networks_of(const Json::Value& value) {
  if (value.isString()) return split(value.asString());
  if (!value.isArray()) return std::nullopt;
  std::vector<std::string> networks;
  for (const auto& entry : value) {
    if (!entry.isString()) return std::nullopt;
    networks.emplace_back(fcgi::trimmed(entry.asString()));
  }
  return networks;
}

bool well_formed(const Json::Value& value, bool may_be_empty) {
  const auto networks = networks_of(value);
  return networks && (may_be_empty || !networks->empty()) && networks->size() <= kMostNetworks &&
         std::all_of(networks->begin(), networks->end(), is_network);
}

}  // namespace

bool is_network(std::string_view text) {
  return parse_network(text).has_value();
}

bool in_network(std::string_view network, std::string_view address) {
  const auto wanted = parse_network(network);
  const auto visitor = parse_address(address);
  return wanted && visitor && contains(*wanted, visitor->address);
}

bool is_private_address(std::string_view address) {
  constexpr std::array<std::string_view, 8> kPrivate{
      "127.0.0.0/8",    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
      "169.254.0.0/16", "::1/128",    "fc00::/7",      "fe80::/10"};
  return std::any_of(kPrivate.begin(), kPrivate.end(),
                     [&](auto network) { return in_network(network, address); });
}

bool networks_admit(const Json::Value& custom_properties, std::string_view address) {
  const auto& allowed = custom_properties["allowed_networks"];
  const auto& here = allowed.isObject() ? allowed["UI"] : allowed;
  if (here.isNull()) return true;
  if (allowed.isObject() && here.isString() && fcgi::trimmed(here.asString()).empty()) return true;
  const auto networks = networks_of(here);
  return networks && std::any_of(networks->begin(), networks->end(),
                                 [&](const auto& one) { return in_network(one, address); });
}

std::optional<std::string> networks_fault(const Json::Value& custom_properties) {
  const auto& allowed = custom_properties["allowed_networks"];
  if (allowed.isNull()) return std::nullopt;
  const bool fine =
      allowed.isObject()
          ? std::all_of(allowed.begin(), allowed.end(),
                        [](const auto& area) { return area.isNull() || well_formed(area, true); })
          : well_formed(allowed, false);
  if (fine) return std::nullopt;
  return "allowed_networks must name networks in CIDR notation; leave it out to allow all.";
}

}  // namespace postern::handlers::dispatcharr
