#include "domain/network.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace postern::domain {
namespace {

bool holds(const char* network, const std::string& address) {
  const auto parsed = Network::parse(network);
  EXPECT_TRUE(parsed) << network;
  return parsed && parsed->contains(address);
}

TEST(NetworkOf, CountsAnAddressAsWhatOneCustomerHolds) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"192.0.2.7", "192.0.2.7"},
      {"0.0.0.0", "0.0.0.0"},
      {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
      {"2001:DB8:1:2::", "2001:db8:1:2::/64"},
      {"::1", "::/64"},
      {"::ffff:192.0.2.7", "192.0.2.7"},
      {"::ffff:c000:207", "192.0.2.7"},
  };
  for (const auto& [address, network] : cases) EXPECT_EQ(network_of(address), network) << address;
}

TEST(NetworkOf, WhatIsNoAddressIsUnknown) {
  for (const std::string text :
       {"", " ", "localhost", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.7 ", " 192.0.2.7",
        "192.0.2.7:80", "192.0.2.0/24", "0xc0.0.2.7", "3221225985", ":::", "1:2:3:4:5:6:7:8:9",
        "fe80::1%eth0", "[::1]", "::ffff:192.0.2.999"})
    EXPECT_EQ(network_of(text), "unknown") << text;
  EXPECT_EQ(network_of(std::string("192.0.2.7\0x", 11)), "unknown");
  EXPECT_EQ(network_of(std::string(100'000, '1')), "unknown");
}

TEST(SiteOf, Rfc6177AnIpv6AddressIsOfItsSite) {
  EXPECT_EQ(site_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
  EXPECT_EQ(site_of("2001:db8:1:ffff::"), "2001:db8:1::/48");
  EXPECT_NE(site_of("2001:db8:2::1"), site_of("2001:db8:1::1"));
  for (const char* none : {"", "192.0.2.7", "::ffff:192.0.2.7", "localhost", "2001:db8:1::/48"})
    EXPECT_EQ(site_of(none), "") << none;
}

TEST(Networks, HoldWhatTheirBitsSay) {
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.0"));
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.1.255"));
  EXPECT_TRUE(holds("192.0.2.128/25", "192.0.2.128"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("10.0.0.0/9", "10.127.255.255"));
  EXPECT_FALSE(holds("10.0.0.0/9", "10.128.0.0"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(Networks, AtTheEdgesHoldAllOrOne) {
  EXPECT_TRUE(holds("0.0.0.0/0", "0.0.0.0"));
  EXPECT_TRUE(holds("0.0.0.0/0", "255.255.255.255"));
  EXPECT_TRUE(holds("::/0", "ffff:ffff::1"));
  for (const char* one : {"192.0.2.7/32", "192.0.2.7"}) {
    EXPECT_TRUE(holds(one, "192.0.2.7"));
    EXPECT_FALSE(holds(one, "192.0.2.6"));
  }
  for (const char* one : {"2001:db8::7/128", "2001:db8::7"}) {
    EXPECT_TRUE(holds(one, "2001:db8::7"));
    EXPECT_FALSE(holds(one, "2001:db8::6"));
  }
}

TEST(Networks, KeepTheTwoKindsOfAddressesApart) {
  EXPECT_FALSE(holds("::/0", "192.0.2.7"));
  EXPECT_FALSE(holds("::/0", "::ffff:192.0.2.7"));
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
  EXPECT_FALSE(holds("0.0.0.0/0", "::"));
  EXPECT_FALSE(holds("192.0.2.0/24", "2001:db8::1"));
}

TEST(Networks, AMappedAddressIsItsIPv4One) {
  EXPECT_TRUE(holds("192.0.2.0/24", "::ffff:192.0.2.9"));
  EXPECT_TRUE(holds("::ffff:192.0.2.0/120", "192.0.2.9"));
  EXPECT_FALSE(holds("::ffff:192.0.2.0/120", "192.0.3.9"));
  EXPECT_TRUE(holds("::ffff:0:0/96", "198.51.100.1"));
  EXPECT_EQ(Network::parse("::ffff:192.0.2.0/120")->text(), "192.0.2.0/24");
}

TEST(Networks, WhatIsNoAddressLiesInNone) {
  for (const char* network : {"0.0.0.0/0", "::/0"}) {
    for (const char* text : {"", "unknown", "192.0.2.0/24", "192.0.2.007"})
      EXPECT_FALSE(holds(network, text)) << text;
  }
}

TEST(Networks, AreToldInOneForm) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"192.0.2.0/24", "192.0.2.0/24"},
      {"192.0.2.7", "192.0.2.7/32"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"2001:DB8:0::/32", "2001:db8::/32"},
      {"::1", "::1/128"},
      {"::/0", "::/0"},
  };
  for (const auto& [text, form] : cases) {
    ASSERT_TRUE(Network::parse(text)) << text;
    EXPECT_EQ(Network::parse(text)->text(), form);
  }
}

TEST(Networks, RefuseWhatNobodyWritesOnPurpose) {
  for (const std::string text : {"",
                                 "/",
                                 "/24",
                                 "192.0.2.0/",
                                 "192.0.2.0/33",
                                 "192.0.2.0/-1",
                                 "192.0.2.0/+8",
                                 "192.0.2.0/024",
                                 "192.0.2.0/00",
                                 "192.0.2.0/24 ",
                                 " 192.0.2.0/24",
                                 "192.0.2.0/24/24",
                                 "192.0.2.0/255.255.255.0",
                                 "192.0.2.0/0x18",
                                 "192.0.2/24",
                                 "192.0.2.01/32",
                                 "192.0.2.0/99999999999",
                                 "2001:db8::/129",
                                 "2001:db8::/",
                                 "2001:db8/32",
                                 "any",
                                 "*"})
    EXPECT_FALSE(Network::parse(text)) << text;
  EXPECT_FALSE(Network::parse(std::string("192.0.2.0/24\0", 13)));
  EXPECT_FALSE(Network::parse(std::string("192.0.2.0\0/24", 13)));
}

TEST(Networks, RefuseBitsBehindTheLength) {
  for (const char* text : {"192.0.2.1/24", "192.0.2.0/22", "128.0.0.0/0", "2001:db8::1/32",
                           "2001:db8:8000::/32", "8000::/0", "::ffff:192.0.2.0/90"})
    EXPECT_FALSE(Network::parse(text)) << text;
}

}  // namespace
}  // namespace postern::domain
