#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "domain/network.hpp"
#include "handlers/oauth/public_address.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

using handlers::oauth::is_public_address;

/// Read without a word of ours: the first bytes of what must never be reached.
bool is_private_v4(std::uint32_t address) {
  const auto first = address >> 24U;
  return first == 0 || first == 10 || first == 127 || first >= 224 || address >> 16U == 0xa9feU ||
         address >> 16U == 0xc0a8U || address >> 20U == 0xac1U;
}

/// What an IPv6 address leads to that holds an IPv4 one.
void check_holders(const in_addr& address, bool is_public) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  for (const auto& [prefix, at] :
       {std::pair{"::ffff:0.0.0.0", std::size_t{12}}, std::pair{"64:ff9b::", std::size_t{12}},
        std::pair{"2002::", std::size_t{2}}}) {
    in6_addr holder{};
    inet_pton(AF_INET6, prefix, &holder);
    std::memcpy(&holder.s6_addr[at], &address, sizeof address);
    inet_ntop(AF_INET6, &holder, text.data(), text.size());
    promise(is_public_address(text.data()) == is_public, "a holder is what it holds");
  }
}

}  // namespace

/// A network and an address. No private address is taken for a public one, in whatever form.
bool address(std::string_view input) {
  const auto texts = parts(input, 2);
  const auto network = domain::Network::parse(texts[0]);
  if (network) {
    const auto again = domain::Network::parse(network->text());
    promise(again && again->text() == network->text(), "a network's text is its own");
    promise(network->contains(texts[1]) == again->contains(texts[1]), "and means the same");
  }
  const std::string text(texts[1]);
  const bool is_public = is_public_address(texts[1]);
  in_addr v4{};
  in6_addr v6{};
  if (text.find('\0') == std::string::npos && inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    promise(!is_public || !is_private_v4(ntohl(v4.s_addr)), "private is not public");
    check_holders(v4, is_public);
  } else if (text.find('\0') == std::string::npos && inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
    promise(!is_public || (v6.s6_addr[0] >> 5U) == 1 || IN6_IS_ADDR_V4MAPPED(&v6) ||
                text.starts_with("64:ff9b:") || text.starts_with("64:FF9B:") ||
                v6.s6_addr[1] == 0x64,
            "public IPv6 is of 2000::/3, or holds IPv4");
  } else {
    promise(!is_public, "what is no address is none");
  }
  return network && is_public;
}

}  // namespace postern::fuzz
