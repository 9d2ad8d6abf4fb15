#include <gtest/gtest.h>

#include "domain/network.hpp"

namespace postern::domain {
namespace {

TEST(Networks, AnIpv4AddressIsItsOwn) {
  EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network_of("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network_of("::ffff:c000:201"), "192.0.2.1");
}

TEST(Networks, AnIpv6CustomerHasASlash64) {
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("2001:DB8:1:2::9"), "2001:db8:1:2::/64");
  EXPECT_NE(network_of("2001:db8:1:3::9"), network_of("2001:db8:1:2::9"));
  EXPECT_EQ(network_of("::1"), "::/64");
}

// CVE-2024-47070: junk in an address must not skip anything: it is one network, like any other.
TEST(Networks, Cve202447070JunkIsUnknown) {
  for (const char* address : {"", "a", "192.0.2", "192.0.2.256", "192.0.2.1:80", "0xC0000201",
                              "192.0.2.1 ", "[::1]", "fe80::1%eth0", "unix:", "::g"})
    EXPECT_EQ(network_of(address), "unknown") << address;
  EXPECT_EQ(network_of(std::string_view("192.0.2.1\0x", 11)), "unknown");
  EXPECT_EQ(network_of(std::string(100'000, '1')), "unknown");
}

}  // namespace
}  // namespace postern::domain
