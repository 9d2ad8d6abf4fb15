#include <gtest/gtest.h>

#include "handlers/oauth/url_normal_form.hpp"

namespace postern::handlers::oauth {
namespace {

TEST(OAuthUrlNormalForm, Rfc3986EqualAddressesHaveOneForm) {
  struct Case {
    const char* url;
    const char* form;
  };
  for (const auto& [url, form] : std::initializer_list<Case>{
           {"https://server.example.com/token", "https://server.example.com/token"},
           {"HTTPS://Server.EXAMPLE.com/Token", "https://server.example.com/Token"},
           {"https://example.com", "https://example.com/"},
           {"https://example.com:443/a", "https://example.com/a"},
           {"http://example.com:80/a", "http://example.com/a"},
           {"https://example.com:80/a", "https://example.com:80/a"},
           {"https://example.com:/a", "https://example.com/a"},
           {"https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"},
           {"https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"},
           {"https://example.com/a?b=c#d", "https://example.com/a"},
           {"https://example.com?b", "https://example.com/"},
           {"https://example.com/a#d?e", "https://example.com/a"},
           {"https://example.com/%7euser/%3a", "https://example.com/~user/%3A"},
           {"https://example.com/%41%2f", "https://example.com/A%2F"},
           {"https://example.com/a/./b/../c", "https://example.com/a/c"},
           {"https://example.com/a/%2e%2e/c", "https://example.com/c"},
           {"https://example.com/../../a/.", "https://example.com/a/"},
           {"https://example.com/a/..", "https://example.com/"},
           {"https://example.com//a", "https://example.com//a"}}) {
    EXPECT_EQ(normal_form(url), form) << url;
  }
}

TEST(OAuthUrlNormalForm, OthersHaveNone) {
  for (const char* bad :
       {"", "/token", "example.com/token", "ftp://example.com/", "https:///token",
        "https://user@example.com/", "https://:443/", "https://example.com/%4",
        "https://example.com/%zz", "://example.com/",
        // Each would have a normal form with a normal form of its own.
        "https://example.com:443:443/", "https://example.com:80x/", "https://[::1]:443:443/",
        "https://[::1", "https://[::1]x/", "https://[]/", "https://[::g]/", "https://::1/",
        "https://exa mple.com/", "https://exam%70le.com/", "https://example.com\\/"}) {
    EXPECT_FALSE(normal_form(bad)) << bad;
  }
}

}  // namespace
}  // namespace postern::handlers::oauth
