#include <gtest/gtest.h>

#include "handlers/oauth/public_address.hpp"
#include "handlers/oauth/safe_fetch.hpp"

namespace postern::handlers::oauth {
namespace {

/// The first and the last address of each range, and what stands right before and behind it.
TEST(OAuthPublicAddress, SsrfSpecialPurposeIpv4IsRefusedToTheLastAddress) {
  for (const char* special :
       {"0.0.0.0",         "0.255.255.255",   "10.0.0.0",      "10.255.255.255",  "100.64.0.0",
        "100.127.255.255", "127.0.0.0",       "127.0.0.1",     "127.255.255.255", "169.254.0.0",
        "169.254.169.254", "169.254.255.255", "172.16.0.0",    "172.31.255.255",  "192.0.0.0",
        "192.0.0.255",     "192.0.2.0",       "192.0.2.255",   "192.88.99.0",     "192.88.99.255",
        "192.168.0.0",     "192.168.255.255", "198.18.0.0",    "198.19.255.255",  "198.51.100.0",
        "198.51.100.255",  "203.0.113.0",     "203.0.113.255", "224.0.0.0",       "239.255.255.255",
        "240.0.0.0",       "255.255.255.255"}) {
    EXPECT_FALSE(is_public_address(special)) << special;
  }
}

TEST(OAuthPublicAddress, WhatLiesBesideASpecialRangeIsPublic) {
  for (const char* usual :
       {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",       "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.0",      "169.253.255.255",
        "169.255.0.0",     "172.15.255.255",  "172.32.0.0",     "191.255.255.255",
        "192.0.1.0",       "192.0.3.0",       "192.88.98.255",  "192.88.100.0",
        "192.167.255.255", "192.169.0.0",     "198.17.255.255", "198.20.0.0",
        "198.51.99.255",   "198.51.101.0",    "203.0.112.255",  "203.0.114.0",
        "223.255.255.255", "8.8.8.8"}) {
    EXPECT_TRUE(is_public_address(usual)) << usual;
  }
}

TEST(OAuthPublicAddress, SsrfSpecialPurposeIpv6IsRefused) {
  for (const char* special : {"::",
                              "::1",
                              "::2",
                              "::ffff:ffff",
                              "64:ff9b:1::",
                              "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
                              "100::",
                              "100::ffff:ffff:ffff:ffff",
                              "2001::",
                              "2001::1",
                              "2001:1ff:ffff::1",
                              "2001:db8::",
                              "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
                              "3fff::",
                              "3fff:fff:ffff::1",
                              "5f00::1",
                              "fc00::",
                              "fd00::1",
                              "fdff:ffff::1",
                              "fe80::1",
                              "febf::1",
                              "fec0::1",
                              "feff::1",
                              "ff00::",
                              "ff02::1",
                              "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                              "4000::1"}) {
    EXPECT_FALSE(is_public_address(special)) << special;
  }
}

TEST(OAuthPublicAddress, GlobalUnicastIpv6IsPublic) {
  for (const char* usual :
       {"2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:db7::1", "2001:db9::1",
        "2606:4700::1111", "2a00::1", "3ffe::1", "3fff:1000::1"}) {
    EXPECT_TRUE(is_public_address(usual)) << usual;
  }
}

TEST(OAuthPublicAddress, SsrfAnIpv4AddressInAnIpv6OneIsJudgedByItself) {
  for (const char* bad :
       {"::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.1.2.3", "::ffff:169.254.169.254",
        "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::192.168.1.1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1", "::127.0.0.1", "::8.8.8.8"}) {
    EXPECT_FALSE(is_public_address(bad)) << bad;
  }
  for (const char* good : {"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    EXPECT_TRUE(is_public_address(good)) << good;
  }
}

TEST(OAuthPublicAddress, WhatIsNoAddressIsNotPublic) {
  for (const char* none : {"", "localhost", "8.8.8", "8.8.8.8 ", "008.8.8.8", "0x08080808",
                           "2001:4860::8888%eth0", "[2606:4700::1111]", "8.8.8.8/32"}) {
    EXPECT_FALSE(is_public_address(none)) << none;
  }
}

TEST(OAuthPublicAddress, NetworksOfTheConfigurationAreReachedBesides) {
  domain::OAuthSettings settings;
  EXPECT_FALSE(is_fetchable(settings, "10.1.2.3"));
  EXPECT_TRUE(is_fetchable(settings, "8.8.8.8"));
  settings.fetch_networks = {"10.1.0.0/16", "fd00::/64"};
  EXPECT_TRUE(is_fetchable(settings, "10.1.2.3"));
  EXPECT_TRUE(is_fetchable(settings, "::ffff:10.1.2.3"));
  EXPECT_TRUE(is_fetchable(settings, "fd00::7"));
  EXPECT_FALSE(is_fetchable(settings, "10.2.0.1"));
  EXPECT_FALSE(is_fetchable(settings, "fd00:0:0:1::7"));
  EXPECT_FALSE(is_fetchable(settings, "127.0.0.1"));
  EXPECT_TRUE(is_fetchable(settings, "8.8.8.8"));
}

}  // namespace
}  // namespace postern::handlers::oauth
