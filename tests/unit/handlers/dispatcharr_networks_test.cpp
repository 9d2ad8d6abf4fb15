#include <gtest/gtest.h>

#include "handlers/dispatcharr/networks.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using test::json;

TEST(DispatcharrNetworks, ContainsByPrefixInBothFamilies) {
  EXPECT_TRUE(in_network("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(in_network("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(in_network("10.0.0.0/9", "10.127.255.255"));
  EXPECT_FALSE(in_network("10.0.0.0/9", "10.128.0.0"));
  EXPECT_TRUE(in_network("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(in_network("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(in_network("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(in_network("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(in_network("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(in_network("::1", "::1"));
}

TEST(DispatcharrNetworks, IgnoresHostBits) {
  EXPECT_TRUE(in_network("192.0.2.77/24", "192.0.2.1"));
}

TEST(DispatcharrNetworks, TakesAMappedAddressForItsIPv4AndNeverMixesFamilies) {
  EXPECT_TRUE(in_network("192.0.2.0/24", "::ffff:192.0.2.1"));
  EXPECT_TRUE(in_network("::ffff:192.0.2.0/120", "192.0.2.1"));
  EXPECT_FALSE(in_network("::/0", "192.0.2.1"));
  EXPECT_FALSE(in_network("0.0.0.0/0", "2001:db8::1"));
}

TEST(DispatcharrNetworks, RefusesWhatIsNoNetwork) {
  for (const auto* text : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                           "10.0.0", "010.0.0.1", "::/129", "example.org", " 10.0.0.1",
                           "fe80::1%eth0", "10.0.0.0/8/8", "10.0.0.0/99999999999"}) {
    EXPECT_FALSE(is_network(text)) << text;
  }
}

TEST(DispatcharrNetworks, KnowsPrivateAddresses) {
  for (const auto* address :
       {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1",
        "::1", "fd00::1", "fc00::1", "fe80::1", "::ffff:192.168.1.1"}) {
    EXPECT_TRUE(is_private_address(address)) << address;
  }
  for (const auto* address :
       {"", "unknown", "8.8.8.8", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
        "2001:db8::1", "::", "0.0.0.0", "fec0::1", "::ffff:8.8.8.8", "127.0.0.1, 8.8.8.8"}) {
    EXPECT_FALSE(is_private_address(address)) << address;
  }
}

TEST(DispatcharrNetworks, AdmitsEverywhereWithoutARestriction) {
  for (const auto* properties :
       {"{}", R"({"allowed_networks":null})", R"({"allowed_networks":{}})",
        R"({"allowed_networks":{"UI":""}})", R"({"allowed_networks":{"STREAMS":"10.0.0.0/8"}})"}) {
    EXPECT_TRUE(networks_admit(json(properties), "192.0.2.1")) << properties;
    EXPECT_FALSE(networks_fault(json(properties))) << properties;
  }
}

TEST(DispatcharrNetworks, AdmitsFromTheNamedNetworksInEachForm) {
  for (const auto* properties :
       {R"({"allowed_networks":["198.51.100.0/24","2001:db8::/32"]})",
        R"({"allowed_networks":"198.51.100.0/24, 2001:db8::/32"})",
        R"({"allowed_networks":{"UI":"198.51.100.0/24,2001:db8::/32","STREAMS":""}})"}) {
    EXPECT_FALSE(networks_fault(json(properties))) << properties;
    EXPECT_TRUE(networks_admit(json(properties), "198.51.100.7")) << properties;
    EXPECT_TRUE(networks_admit(json(properties), "2001:db8::7")) << properties;
    EXPECT_FALSE(networks_admit(json(properties), "192.0.2.1")) << properties;
    EXPECT_FALSE(networks_admit(json(properties), "")) << properties;
    EXPECT_FALSE(networks_admit(json(properties), "unknown")) << properties;
  }
}

/// CVE-2020-26160's class: an empty or strange allow-list never means "any".
TEST(DispatcharrNetworks, B7x26AdmitsNobodyByWhatCannotBeRead) {
  for (const auto* properties :
       {R"({"allowed_networks":[]})", R"({"allowed_networks":""})", R"({"allowed_networks":5})",
        R"({"allowed_networks":true})", R"({"allowed_networks":[5]})",
        R"({"allowed_networks":["everywhere"]})", R"({"allowed_networks":{"UI":5}})",
        R"({"allowed_networks":{"UI":"everywhere"}})", R"({"allowed_networks":{"UI":["x"]}})"}) {
    EXPECT_FALSE(networks_admit(json(properties), "192.0.2.1")) << properties;
    EXPECT_TRUE(networks_fault(json(properties))) << properties;
  }
}

TEST(DispatcharrNetworks, BoundsTheirNumber) {
  std::string list;
  for (int i = 0; i < 100; ++i) list += (i == 0 ? "" : ",") + std::string("10.0.0.1");
  EXPECT_FALSE(networks_fault(json(R"({"allowed_networks":")" + list + R"("})")));
  EXPECT_TRUE(networks_fault(json(R"({"allowed_networks":")" + list + R"(,10.0.0.2"})")));
}

}  // namespace
}  // namespace postern::handlers::dispatcharr
