#include <gtest/gtest.h>

#include "handlers/sso/address.hpp"

namespace postern::handlers::sso {
namespace {

TEST(SsoAddress, OnlyHttpsOrThisMachineIsSafe) {
  for (const char* good :
       {"https://login.example/realms/a", "https://login.example", "https://[2001:db8::1]:8443/x",
        "http://127.0.0.1:8080/a", "http://[::1]/a", "http://localhost:3000/?a=b"}) {
    EXPECT_TRUE(is_safe_address(good)) << good;
  }
  for (const char* bad :
       {"http://login.example/", "http://127.0.0.1.evil.test/", "http://localhost.evil.test/",
        "ftp://localhost/", "file:///etc/passwd", "javascript:alert(1)", "//login.example/", "",
        "/path", "https://", "https:///path", "HTTPS://login.example/", "https:login.example",
        "data:text/html,x"}) {
    EXPECT_FALSE(is_safe_address(bad)) << bad;
  }
}

TEST(SsoAddress, B7n40WhatProgramsReadDifferentlyIsRefused) {
  for (const char* bad :
       {"https://good.example@evil.test/", "https://good.example\\@evil.test/",
        "https://good.example\\.evil.test/", "https://good.example%2eevil.test/",
        "https://good.example /", "https://good.example\t/", "https://good.example\r\nX: y/",
        "https://good.example:port/", "https://good.example:/", "https://good.example:123456/",
        "https://good.example#@evil.test/", "https://good.example/#fragment",
        "https://g\xC3\xB6\xC3\xB6\x64.example/", "https://[::1/", "https://[evil.test]/",
        "https://good.example/<x>", "https://good.example/\"x\""}) {
    EXPECT_FALSE(parse_address(bad).has_value()) << bad;
  }
  EXPECT_FALSE(parse_address("https://good.example/" + std::string(2048, 'a')).has_value());
}

TEST(SsoAddress, ReturnsToTheLetterOrBelow) {
  const std::vector<std::string> allowed{"https://site.example/done", "https://app.example/in/"};
  for (const char* good : {"https://site.example/done", "https://app.example/in/",
                           "https://app.example/in/x/y", "https://app.example/in/x/"}) {
    EXPECT_TRUE(may_return_to(good, allowed)) << good;
  }
  for (const char* bad :
       {"https://site.example/done/", "https://site.example/done?x=y", "https://site.example/",
        "https://site.example/donewith", "https://app.example/in", "https://app.example/in/../x",
        "https://app.example/in/x/..", "https://app.example/in/./x", "https://app.example/in//x",
        "https://app.example/in/%2e%2e/x", "https://app.example/in/..%2fx",
        "https://app.example/in/x?next=y", "https://app.example/in/..;/x",
        "https://app.example.evil.test/in/", "https://app.example:444/in/",
        "http://app.example/in/", "https://APP.example/in/", ""}) {
    EXPECT_FALSE(may_return_to(bad, allowed)) << bad;
  }
  EXPECT_FALSE(may_return_to("https://site.example/done", {}));
}

TEST(SsoAddress, ParametersAreEscapedAndAdded) {
  EXPECT_EQ(with_parameter("https://a.example/x", "code", "a b&c=d"),
            "https://a.example/x?code=a%20b%26c%3Dd");
  EXPECT_EQ(with_parameter("https://a.example/x?y=z", "code", "\xC3\xBC"),
            "https://a.example/x?y=z&code=%C3%BC");
}

}  // namespace
}  // namespace postern::handlers::sso
