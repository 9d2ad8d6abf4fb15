#include <gtest/gtest.h>

#include <vector>

#include "tests/support/kitsu_world.hpp"

// What browsers get in cookies, and what a page of somebody else cannot make them do.

namespace postern::test {
namespace {

using domain::Secret;
using World = KitsuWorld;

std::vector<std::string> cookies_of(const fcgi::Response& response) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : response.headers()) {
    if (name == "Set-Cookie") lines.push_back(value);
  }
  return lines;
}

/// name=VALUE; attributes, with the value taken out.
std::string form_of(const std::string& cookie) {
  const auto equals = cookie.find('=');
  return cookie.substr(0, equals + 1) + cookie.substr(cookie.find(';'));
}
Secret value_of(const std::string& cookie) {
  const auto equals = cookie.find('=');
  return Secret(cookie.substr(equals + 1, cookie.find(';') - equals - 1));
}

class KitsuCookies : public testing::Test {
 protected:
  KitsuCookies() { world.domain.settings.issuer = "http://127.0.0.1:8080"; }

  fcgi::Request login_request(const char* path = World::kLogin) {
    return raw_request("POST", path, "application/json", World::login_body("ann@example.org"));
  }
  static fcgi::Request from(fcgi::Request request, const char* site) {
    return with_header(std::move(request), "sec-fetch-site", site);
  }
  /// As a browser shows it.
  fcgi::Response shown(std::string_view method, std::string_view path, const char* site,
                       const char* cookie = "access_token_cookie") {
    const auto& token =
        std::string_view(cookie) == "access_token_cookie" ? ann.access : ann.refresh;
    return world.send(by_browser(with_cookie(from(request(method, path), site), cookie, token)));
  }

  World world;
  World::Person ann = world.person("ann");
};

TEST_F(KitsuCookies, ABrowsersLoginSetsBoth) {
  const auto cookies = cookies_of(world.send(by_browser(from(login_request(), "same-origin"))));
  ASSERT_EQ(cookies.size(), 2U);
  EXPECT_EQ(form_of(cookies[0]),
            "access_token_cookie=; Max-Age=31540000; HttpOnly; Path=/; SameSite=Lax");
  EXPECT_EQ(form_of(cookies[1]),
            "refresh_token_cookie=; Max-Age=31540000; HttpOnly; Path=/api/auth/refresh-token; "
            "SameSite=Lax");
  EXPECT_EQ(world.status_with(value_of(cookies[0])), 200);
}

TEST_F(KitsuCookies, TheRefreshCookieIsForThePathThatTheClientUses) {
  const auto cookies =
      cookies_of(world.send(by_browser(from(login_request("/auth/login"), "same-origin"))));
  ASSERT_EQ(cookies.size(), 2U);
  EXPECT_NE(cookies[1].find("; Path=/auth/refresh-token;"), std::string::npos);
}

TEST_F(KitsuCookies, AreSecureWhereTheSiteIs) {
  world.domain.settings.issuer = "https://www.example.org";
  for (const auto& cookie :
       cookies_of(world.send(by_browser(from(login_request(), "same-origin")))))
    EXPECT_NE(cookie.find("; Secure;"), std::string::npos) << cookie;
}

TEST_F(KitsuCookies, SdksGetNone) {
  EXPECT_TRUE(cookies_of(world.send(login_request())).empty());
  EXPECT_TRUE(cookies_of(world.get("/api/auth/logout", ann.access)).empty());
}

TEST_F(KitsuCookies, CanBeSwitchedOff) {
  world.settings.kitsu.browser_cookies = false;
  const auto answer = world.send(by_browser(from(login_request(), "cross-site")));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_TRUE(cookies_of(answer).empty());
  EXPECT_EQ(shown("GET", World::kMe, "same-origin").status(), 401);
  EXPECT_EQ(
      json_of(world.send(by_browser(with_bearer(request("GET", World::kRefresh), ann.refresh))))
          .getMemberNames(),
      (std::vector<std::string>{"access_token"}));
}

TEST_F(KitsuCookies, ALogoutTakesThemAway) {
  const auto cookies = cookies_of(shown("GET", "/api/auth/logout", "same-origin"));
  const std::string gone = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=";
  EXPECT_EQ(cookies, (std::vector<std::string>{
                         "access_token_cookie=" + gone + "/; SameSite=Lax",
                         "refresh_token_cookie=" + gone + "/api/auth/refresh-token; SameSite=Lax",
                     }));
}

TEST_F(KitsuCookies, ARefreshChangesTheAccessCookieAndTakesTheOther) {
  const auto cookies =
      cookies_of(shown("GET", World::kRefresh, "same-origin", "refresh_token_cookie"));
  ASSERT_EQ(cookies.size(), 2U);
  EXPECT_EQ(world.status_with(value_of(cookies[0])), 200);
  EXPECT_TRUE(cookies[1].starts_with("refresh_token_cookie=; Expires=Thu, 01 Jan 1970"));
}

TEST_F(KitsuCookies, DecideBeforeTheHeader) {
  const auto both = [&](const Secret& cookie, const Secret& header) {
    return world
        .send(with_bearer(with_cookie(request("GET", World::kMe), "access_token_cookie", cookie),
                          header))
        .status();
  };
  EXPECT_EQ(both(ann.access, Secret("nonsense")), 200);
  EXPECT_EQ(both(Secret("nonsense"), ann.access), 422) << "a bad one is fatal";
  EXPECT_EQ(both(Secret(""), ann.access), 200) << "an empty one is none";
}

TEST_F(KitsuCookies, R10EachIsReadWhereItBelongs) {
  const auto with = [&](const char* path, const char* name, const Secret& token) {
    return world.send(with_cookie(request("GET", path), name, token)).status();
  };
  EXPECT_EQ(with(World::kMe, "refresh_token_cookie", ann.access), 401);
  EXPECT_EQ(with(World::kRefresh, "access_token_cookie", ann.refresh), 401);
  EXPECT_EQ(with(World::kMe, "access_token_cookie", ann.refresh), 422);
  EXPECT_EQ(with(World::kRefresh, "refresh_token_cookie", ann.access), 422);
}

TEST_F(KitsuCookies, TwoOfOneNameAreNone) {
  const std::string token(ann.access.reveal());
  const auto twice = with_header(request("GET", World::kMe), "cookie",
                                 "access_token_cookie=" + token + "; access_token_cookie=x");
  EXPECT_EQ(world.send(twice).status(), 401) << "one was planted";
}

struct Attempt {
  const char *method, *path;
};

/// All of them, though some are GET.
const std::vector<Attempt> kChanging{
    {"GET", "/api/auth/logout"},       {"POST", "/api/auth/change-password"},
    {"PUT", "/api/auth/totp"},         {"POST", "/api/auth/totp"},
    {"DELETE", "/api/auth/totp"},      {"PUT", "/api/auth/email-otp"},
    {"PUT", "/api/auth/fido"},         {"PUT", "/api/auth/recovery-codes"},
    {"DELETE", "/api/auth/email-otp"}, {"DELETE", "/api/auth/fido"},
    {"HEAD", "/auth/logout"},
};

TEST_F(KitsuCookies, CsrfAPageOfAnotherOriginChangesNothing) {
  for (const auto& [method, path] : kChanging) {
    for (const char* site : {"cross-site", "same-site"}) {
      const auto answer = shown(method, path, site);
      expect_forbidden(answer);
    }
  }
  EXPECT_EQ(world.status_with(ann.access), 200) << "still signed in";
  for (const auto& [method, path] : kChanging) {
    if (std::string_view(path).ends_with("logout")) continue;
    EXPECT_NE(shown(method, path, "same-origin").status(), 403) << method << ' ' << path;
  }
  EXPECT_EQ(shown("GET", "/api/auth/logout", "same-origin").status(), 200);
}

TEST_F(KitsuCookies, CsrfByOriginAndRefererWhereTheBrowserIsOlder) {
  const auto change = [&](const char* name, const char* value) {
    return world
        .send(with_cookie(with_header(request("PUT", "/api/auth/totp"), name, value),
                          "access_token_cookie", ann.access))
        .status();
  };
  EXPECT_EQ(change("origin", "https://evil.example"), 403);
  EXPECT_EQ(change("origin", "null"), 403);
  EXPECT_EQ(change("referer", "https://evil.example/www.example.org"), 403);
  EXPECT_EQ(change("origin", "https://www.example.org"), 200);
  EXPECT_EQ(change("referer", "https://www.example.org/profile"), 200);
  world.domain.settings.webauthn.origins = {"https://app.example.net"};
  EXPECT_EQ(change("origin", "https://app.example.net"), 200);
}

TEST_F(KitsuCookies, CsrfARefreshAndALoginAreOfOnesOwnPages) {
  expect_forbidden(shown("GET", World::kRefresh, "cross-site", "refresh_token_cookie"));
  const auto stranger = world.send(by_browser(from(login_request(), "cross-site")));
  expect_forbidden(stranger);
  EXPECT_TRUE(cookies_of(stranger).empty()) << "nobody is signed in as somebody else";
  EXPECT_EQ(world.send(from(login_request(), "cross-site")).status(), 200)
      << "who gets no cookie needs no protection";
}

TEST_F(KitsuCookies, CsrfAnAdministratorsInvitationIsAChangeByGet) {
  world.domain.settings.mail.enabled = true;
  const auto chief = world.person("chief", "admin");
  const auto invite = [&](const char* site) {
    return world.send(by_browser(
        with_cookie(from(request("GET", "/api/actions/persons/" + ann.id() + "/invite"), site),
                    "access_token_cookie", chief.access)));
  };
  expect_forbidden(invite("cross-site"));
  EXPECT_EQ(invite("same-origin").status(), 200);
}

TEST_F(KitsuCookies, WhoeverShowsAHeaderIsNotAskedWhereFrom) {
  const auto change = from(with_bearer(request("PUT", "/api/auth/totp"), ann.access), "cross-site");
  EXPECT_EQ(world.send(change).status(), 200);
}

TEST_F(KitsuCookies, ReadingIsLeftToTheBrowsersOwnRules) {
  EXPECT_EQ(shown("GET", World::kMe, "cross-site").status(), 200);
}

}  // namespace
}  // namespace postern::test
