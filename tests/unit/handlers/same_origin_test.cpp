#include "handlers/same_origin.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using Headers = std::vector<std::pair<const char*, const char*>>;

bool is_same(const Headers& headers, const char* host = "www.example.org",
             const std::vector<std::string>& origins = {}) {
  auto request = test::request("POST", "/");
  request.host = host;
  for (const auto& [name, value] : headers)
    request = test::with_header(std::move(request), name, value);
  return is_same_origin(request, origins);
}

TEST(SameOrigin, SecFetchSiteDecidesWhereItIsThere) {
  EXPECT_TRUE(is_same({{"sec-fetch-site", "same-origin"}}));
  EXPECT_TRUE(is_same({{"sec-fetch-site", "none"}})) << "typed, or a bookmark";
  for (const char* other : {"same-site", "cross-site", "", "SAME-ORIGIN", "same-origin, none"})
    EXPECT_FALSE(is_same({{"sec-fetch-site", other}})) << other;
  EXPECT_FALSE(is_same({{"sec-fetch-site", "cross-site"}, {"origin", "https://www.example.org"}}));
}

TEST(SameOrigin, OriginIsComparedWithTheHost) {
  for (const char* own :
       {"https://www.example.org", "http://www.example.org", "https://WWW.Example.org",
        "https://www.example.org:443", "http://www.example.org:80"})
    EXPECT_TRUE(is_same({{"origin", own}})) << own;
  for (const char* other :
       {"null", "", "https://example.org", "https://evil.example", "https://www.example.org.evil",
        "https://www.example.org:8443", "https://user@www.example.org", "ftp://www.example.org",
        "www.example.org", "https://", "https://www.example.org@evil.example", "//www.example.org",
        "https://evil.example/https://www.example.org"})
    EXPECT_FALSE(is_same({{"origin", other}})) << other;
}

TEST(SameOrigin, PortsAreComparedWithTheDefaultsFilledIn) {
  EXPECT_TRUE(is_same({{"origin", "http://127.0.0.1:8080"}}, "127.0.0.1:8080"));
  EXPECT_FALSE(is_same({{"origin", "http://127.0.0.1:8081"}}, "127.0.0.1:8080"));
  EXPECT_TRUE(is_same({{"origin", "https://www.example.org"}}, "www.example.org:443"));
  EXPECT_FALSE(is_same({{"origin", "https://www.example.org"}}, "www.example.org:80"));
  EXPECT_TRUE(is_same({{"origin", "http://[::1]"}}, "[::1]"));
  EXPECT_TRUE(is_same({{"origin", "http://[::1]:8080"}}, "[::1]:8080"));
  EXPECT_FALSE(is_same({{"origin", "http://[::1]:8080"}}, "[::1]"));
  EXPECT_FALSE(is_same({{"origin", "https://x"}}, ""));
}

TEST(SameOrigin, RefererStandsInForOrigin) {
  EXPECT_TRUE(is_same({{"referer", "https://www.example.org/some/page?x=1"}}));
  EXPECT_TRUE(is_same({{"referer", "https://www.example.org"}}));
  for (const char* other :
       {"https://evil.example/https://www.example.org", "about:blank", "",
        "https://evil.example/?www.example.org", "https://www.example.org.evil.example/"})
    EXPECT_FALSE(is_same({{"referer", other}})) << other;
  EXPECT_FALSE(is_same({{"origin", "null"}, {"referer", "https://www.example.org/"}}))
      << "Origin comes first";
}

TEST(SameOrigin, WithoutAnyOfThemItIsNoBrowser) {
  EXPECT_TRUE(is_same({}));
  EXPECT_TRUE(is_same({{"accept", "text/html"}}));
}

TEST(SameOrigin, OriginsThatAreListedCountAsOurs) {
  const std::vector<std::string> origins{"https://app.example.net", "http://localhost:3000"};
  const auto listed = [&](const Headers& headers) {
    return is_same(headers, "www.example.org", origins);
  };
  EXPECT_TRUE(listed({{"origin", "https://app.example.net"}, {"sec-fetch-site", "cross-site"}}));
  EXPECT_TRUE(listed({{"origin", "https://app.example.net:443"}}));
  EXPECT_TRUE(listed({{"origin", "http://localhost:3000"}}));
  EXPECT_TRUE(listed({{"referer", "https://app.example.net/page"}}));
  EXPECT_FALSE(listed({{"origin", "http://app.example.net"}})) << "the scheme is listed, too";
  EXPECT_FALSE(listed({{"origin", "http://localhost"}}));
  EXPECT_FALSE(listed({{"origin", "https://app.example.net.evil"}}));
  EXPECT_FALSE(listed({{"origin", "https://evil.example"}, {"sec-fetch-site", "cross-site"}}));
}

TEST(SameOrigin, MethodsThatChangeNothing) {
  for (const char* safe : {"GET", "HEAD", "OPTIONS"}) EXPECT_TRUE(is_safe_method(safe));
  for (const char* other : {"POST", "PUT", "PATCH", "DELETE", "TRACE", "get", ""})
    EXPECT_FALSE(is_safe_method(other)) << other;
}

}  // namespace
}  // namespace postern::handlers
