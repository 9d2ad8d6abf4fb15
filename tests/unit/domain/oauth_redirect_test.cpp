#include "domain/oauth_redirect.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

std::string checking(std::string_view uri) {
  const auto checked = check_redirect_uri(uri);
  if (checked) return "ok";
  EXPECT_EQ(checked.error().code, Errc::InvalidInput);
  EXPECT_EQ(checked.error().field, "redirect_uris");
  return checked.error().reason;
}

bool matches(const std::string& registered, std::string_view presented) {
  return is_registered_redirect({registered}, presented);
}

TEST(OAuthRedirect, TakesWhatRealClientsUse) {
  for (const char* uri : {
           "https://claude.ai/api/mcp/auth_callback",
           "https://app.example.org/callback?tenant=7&x=%C3%A9",
           "https://app.example.org",
           "https://app.example.org:8443/",
           "https://[2001:db8::1]/cb",
           "http://localhost/callback",
           "http://localhost:54321/callback",
           "http://127.0.0.1/callback",
           "http://127.0.0.1:1/",
           "http://[::1]:65535/cb",
           "HTTPS://App.Example.org/cb",
           "com.example.app:/oauth2redirect",
           "com.example.app://callback",
           "cursor://anysphere.cursor-retrieval/oauth/user-123/callback",
           "vscode://vscode.github-authentication/did-authenticate",
           "vscode-insiders://x.y/z",
           "windsurf://codeium.windsurf/cb",
           "zed://oauth/callback",
       })
    EXPECT_EQ(checking(uri), "ok") << uri;
}

// oauth.md 3a.2 names most of these; RFC 9700 section 4.1.1, RFC 8252 section 7.1.
TEST(OAuthRedirect, Rfc9700Rule2HttpIsForLoopbackAlone) {
  for (const char* uri : {"http://app.example.org/cb", "http://127.0.0.1.evil.example/cb",
                          "http://localhost.evil.example/cb", "http://127.0.0.2/cb",
                          "http://127.1/cb", "http://2130706433/cb", "http://[::ffff:127.0.0.1]/cb",
                          "http://0.0.0.0/cb", "http://localhost./cb", "http://xn--localhost-/cb"})
    EXPECT_EQ(checking(uri), "insecure") << uri;
}

TEST(OAuthRedirect, Rfc9700Rule2SchemesThatRunOrReadSomethingAreRefused) {
  for (const char* uri :
       {"javascript:alert(1)", "JavaScript:alert(1)", "javascript://app.example.org/%0Aalert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:https://a.example/1",
        "about:blank", "ws://a.example/", "wss://a.example/", "ftp://a.example/",
        "mailto:a@b.example", "intent://x/", "urn:ietf:wg:oauth:2.0:oob", "myapp://callback",
        "app:/cb", "cursors://x", "x.:/cb"})
    EXPECT_NE(checking(uri), "ok") << uri;
  EXPECT_EQ(checking("myapp://callback"), "unknown_scheme");
}

TEST(OAuthRedirect, Rfc9700Rule2WhatIsReadInTwoWaysIsRefused) {
  for (const char* uri : {"https://app.example.org/cb#fragment",
                          "https://app.example.org/cb#",
                          "com.example.app:/cb#x",
                          "https://user@app.example.org/cb",
                          "https://user:secret@app.example.org/cb",
                          "https://app.example.org@evil.example/cb",
                          "com.example.app://user@host/cb",
                          "https://app.example.org/a/../b",
                          "https://app.example.org/..",
                          "https://app.example.org/./a",
                          "https://app.example.org/%2e%2e/a",
                          "https://app.example.org/%2E/a",
                          "https://app.example.org/.%2e",
                          "com.example.app:/a/../b",
                          "com.example.app:..",
                          "https:\\\\app.example.org\\cb",
                          "https://app.example.org\\@evil.example",
                          "https://app.example.org/%5c..",
                          "https://app.example.org/*",
                          "https://*.example.org/cb",
                          "https://app.example.org/c b",
                          "https://app.example.org/\tcb",
                          "https://app.example.org/\ncb",
                          " https://app.example.org/cb",
                          "https://app.example.org/cb ",
                          "https://app.example.org/\x7f",
                          "https://app.example.org/%0d%0aSet-Cookie:x",
                          "https://app.example.org/%00",
                          "https://app.example.org/\xC3\xA9",
                          "https://\xC3\xA9.example/cb",
                          "https://app.example.org/<script>",
                          "https://app.example.org/\"",
                          "https://app.example.org/%",
                          "https://app.example.org/%4",
                          "https://app.example.org/%zz",
                          "https://app.ex%61mple.org/cb"})
    EXPECT_NE(checking(uri), "ok") << uri;
}

TEST(OAuthRedirect, Rfc9700Rule2OnlyAbsoluteAddressesWithASoundHost) {
  for (const char* uri : {"",
                          "/callback",
                          "callback",
                          "//app.example.org/cb",
                          "https:",
                          "https:/app.example.org",
                          "https://",
                          "https:///cb",
                          "https://?x",
                          "https://:443/cb",
                          "https://app.example.org:/cb",
                          "https://app.example.org:0/cb",
                          "https://app.example.org:65536/cb",
                          "https://app.example.org:443x/cb",
                          "https://app.example.org:000443/cb",
                          "https://[::1/cb",
                          "https://[]/cb",
                          "https://[::g]/cb",
                          "1https://app.example.org/",
                          ":x",
                          "ht tp://x/"})
    EXPECT_NE(checking(uri), "ok") << uri;
}

TEST(OAuthRedirect, R9AtMost2048Bytes) {
  const std::string start = "https://app.example.org/";
  EXPECT_EQ(checking(start + std::string(2048 - start.size(), 'a')), "ok");
  EXPECT_EQ(checking(start + std::string(2049 - start.size(), 'a')), "too_long");
}

TEST(OAuthRedirect, Rfc9700Rule1ComparesBytes) {
  const std::string registered = "https://app.example.org/cb?a=1";
  EXPECT_TRUE(matches(registered, registered));
  for (const char* other :
       {"https://app.example.org/cb", "https://app.example.org/cb?a=1&b=2",
        "https://app.example.org/cb?a=2", "https://app.example.org/cb/?a=1",
        "https://app.example.org/CB?a=1", "https://APP.example.org/cb?a=1",
        "https://app.example.org:443/cb?a=1", "http://app.example.org/cb?a=1",
        "https://app.example.org/%63b?a=1", "https://app.example.org/x/../cb?a=1",
        "https://app.example.org.evil.example/cb?a=1", "https://app.example.org/cb?a=1#x", ""})
    EXPECT_FALSE(matches(registered, other)) << other;
  EXPECT_FALSE(is_registered_redirect({}, registered));
}

TEST(OAuthRedirect, Rfc9700Rule1OnlyThePortOfLoopbackIsFree) {
  for (const char* host : {"127.0.0.1", "[::1]", "localhost"}) {
    const std::string base = std::string("http://") + host;
    EXPECT_TRUE(matches(base + "/callback", base + ":54321/callback"));
    EXPECT_TRUE(matches(base + ":3000/callback", base + ":54321/callback"));
    EXPECT_TRUE(matches(base + ":3000/callback", base + "/callback"));
    EXPECT_TRUE(matches(base, base + ":8080"));
    EXPECT_TRUE(matches(base + "?a=1", base + ":8080?a=1"));
    EXPECT_FALSE(matches(base + "/callback", base + ":54321/callback/"));
    EXPECT_FALSE(matches(base + "/callback", base + ":54321/other"));
    EXPECT_FALSE(matches(base + "/callback", base + ":54321/callback?x=1"));
    EXPECT_FALSE(matches(base + "/callback", base + ":54321/callback#x"));
    EXPECT_FALSE(matches(base + "/callback", base + ":0/callback"));
    EXPECT_FALSE(matches(base + "/callback", base + ":x/callback"));
    EXPECT_FALSE(matches(base + "/callback", base + ":1@evil.example/callback"));
    EXPECT_FALSE(matches(base + "/callback", base + ".evil.example/callback"));
    EXPECT_FALSE(matches(base + "/callback", "https://" + std::string(host) + ":1/callback"));
  }
  EXPECT_FALSE(matches("https://localhost/cb", "https://localhost:8443/cb"));
  EXPECT_FALSE(matches("https://app.example.org/cb", "https://app.example.org:8443/cb"));
}

TEST(OAuthRedirect, Rfc9700Rule1LoopbackNamesDoNotStandForEachOther) {
  EXPECT_FALSE(matches("http://localhost/cb", "http://127.0.0.1/cb"));
  EXPECT_FALSE(matches("http://127.0.0.1/cb", "http://localhost:1/cb"));
  EXPECT_FALSE(matches("http://127.0.0.1/cb", "http://[::1]:1/cb"));
  // Claude Code registers both.
  EXPECT_TRUE(is_registered_redirect({"http://localhost/callback", "http://127.0.0.1/callback"},
                                     "http://127.0.0.1:61234/callback"));
}

TEST(OAuthRedirect, KnowsWhatStaysOnThisMachine) {
  EXPECT_TRUE(is_local_redirect("http://127.0.0.1:1/cb"));
  EXPECT_TRUE(is_local_redirect("http://localhost/cb"));
  EXPECT_TRUE(is_local_redirect("com.example.app:/cb"));
  EXPECT_TRUE(is_local_redirect("cursor://x/y"));
  EXPECT_FALSE(is_local_redirect("https://app.example.org/cb"));
  EXPECT_FALSE(is_local_redirect("https://localhost/cb"));
  EXPECT_FALSE(is_local_redirect("nonsense"));
}

TEST(OAuthRedirect, NamesThePlaceForPeople) {
  EXPECT_EQ(place_of("https://app.example.org/cb?x"), "app.example.org");
  EXPECT_EQ(place_of("https://app.example.org:8443"), "app.example.org:8443");
  EXPECT_EQ(place_of("http://[::1]:8/cb"), "[::1]:8");
  EXPECT_EQ(place_of("com.example.app:/cb"), "com.example.app");
  EXPECT_EQ(place_of("cursor://x/y"), "cursor");
  EXPECT_EQ(place_of("nonsense"), "");
}

TEST(OAuthRedirect, LeavesAllButLoopbacksPortAlone) {
  EXPECT_EQ(without_loopback_port("http://localhost:3000/cb?x=:1"), "http://localhost/cb?x=:1");
  EXPECT_EQ(without_loopback_port("http://[::1]:3000"), "http://[::1]");
  EXPECT_EQ(without_loopback_port("https://localhost:3000/cb"), "https://localhost:3000/cb");
  EXPECT_EQ(without_loopback_port("com.example.app:/cb"), "com.example.app:/cb");
}

}  // namespace
}  // namespace postern::domain
