#include "cli/config_forms.hpp"

#include <gtest/gtest.h>

#include <string>

namespace postern::cli {
namespace {

TEST(ConfigForms, IssuerIsAnOriginAndNothingMore) {
  for (const auto* good : {"https://site.example", "http://127.0.0.1:8080", "https://[::1]:8443",
                           "https://a-b.example:1", "http://localhost"}) {
    EXPECT_TRUE(is_issuer(good)) << good;
  }
  for (const auto* bad :
       {"", "site.example", "https://", "https://site.example/", "https://Site.example",
        "https://site.example/auth", "ftp://site.example", "https://site.example:0",
        "https://site.example:65536", "https://site.example:", "https://u@site.example",
        "https://site.example?x", "https://site example", "https://.example", "HTTPS://a.example",
        "https://[::g]", "https://a.example\n"}) {
    EXPECT_FALSE(is_issuer(bad)) << bad;
  }
}

TEST(ConfigForms, OnlyLoopbackMayDoWithoutTls) {
  for (const auto* safe : {"https://site.example", "http://127.0.0.1:8080", "http://localhost",
                           "http://[::1]:80", "http://127.1.2.3"}) {
    EXPECT_TRUE(is_safe_issuer(safe)) << safe;
  }
  for (const auto* unsafe : {"http://site.example", "http://127.0.0.1.evil.example",
                             "http://localhost.example", "http://10.0.0.1"}) {
    EXPECT_FALSE(is_safe_issuer(unsafe)) << unsafe;
  }
}

TEST(ConfigForms, ListenAddresses) {
  for (const auto* good :
       {"unix:/run/postern/api.sock", "tcp:127.0.0.1:9000", "tcp:[::1]:9000", "fd:0", "fd:3"}) {
    EXPECT_TRUE(is_listen_address(good)) << good;
  }
  for (const auto* bad :
       {"", "unix:", "unix:run/api.sock", "unix:/", "unix:/run/", "tcp:9000", "tcp::9000",
        "tcp:localhost:9000", "tcp:127.0.0.1:0", "tcp:127.0.0.1:65536", "tcp:127.0.0.1",
        "tcp:::1:9000", "fd:", "fd:-1", "fd:x", "/run/api.sock"}) {
    EXPECT_FALSE(is_listen_address(bad)) << bad;
  }
  EXPECT_TRUE(is_listen_address("unix:/" + std::string(106, 'a')));
  EXPECT_FALSE(is_listen_address("unix:/" + std::string(107, 'a'))) << "sun_path has 108 bytes";
}

TEST(ConfigForms, SocketModes) {
  for (const auto* good : {"0600", "0660", "0666", "0777"}) EXPECT_TRUE(is_socket_mode(good));
  for (const auto* bad : {"", "660", "0460", "0860", "00660", "rw-rw", "0x60"}) {
    EXPECT_FALSE(is_socket_mode(bad)) << bad;
  }
}

TEST(ConfigForms, PathsAreAbsolute) {
  EXPECT_TRUE(is_absolute_path("/etc/postern/master.key"));
  EXPECT_FALSE(is_absolute_path("master.key"));
  EXPECT_FALSE(is_absolute_path("/"));
  EXPECT_FALSE(is_absolute_path(""));
  EXPECT_FALSE(is_absolute_path("/a\nb"));
  EXPECT_TRUE(is_absolute_path_or_empty(""));
  EXPECT_TRUE(is_log_file("stderr"));
  EXPECT_FALSE(is_log_file("stdout"));
}

TEST(ConfigForms, KeyPrefixesAreToldFromOtherCredentials) {
  EXPECT_TRUE(is_key_prefix("pst_"));
  EXPECT_TRUE(is_key_prefix("my_site_"));
  for (const auto* bad : {"", "_x", "pst", "Pst_", "p-st_", "prt_", "_", "abcdefghijklmnop_"}) {
    EXPECT_FALSE(is_key_prefix(bad)) << bad;
  }
}

TEST(ConfigForms, SignInAddressCannotLeaveForAnotherSiteByAccident) {
  for (const auto* good : {"", "/", "/sign-in?from=gate", "https://login.example/x"}) {
    EXPECT_TRUE(is_sign_in_url(good)) << good;
  }
  for (const auto* bad : {"//evil.example", "sign-in", "javascript:alert(1)", "/a b", "/a\\b",
                          "/a\r\nX: y", "/\"x"}) {
    EXPECT_FALSE(is_sign_in_url(bad)) << bad;
  }
}

TEST(ConfigForms, RealmFitsIntoAQuotedString) {
  EXPECT_TRUE(is_realm("the site"));
  EXPECT_FALSE(is_realm(""));
  EXPECT_FALSE(is_realm("a\"b"));
  EXPECT_FALSE(is_realm("a\nb"));
  EXPECT_FALSE(is_realm(std::string(65, 'a')));
}

TEST(ConfigForms, RolesGroupsMethods) {
  EXPECT_TRUE(is_role_name("member"));
  EXPECT_FALSE(is_role_name("Member"));
  EXPECT_FALSE(is_role_name(""));
  EXPECT_TRUE(is_group_or_empty(""));
  EXPECT_TRUE(is_group_or_empty("www-data"));
  EXPECT_FALSE(is_group_or_empty("a b"));
  EXPECT_TRUE(is_method("GET"));
  EXPECT_FALSE(is_method("get"));
  EXPECT_FALSE(is_method(""));
}

}  // namespace
}  // namespace postern::cli
