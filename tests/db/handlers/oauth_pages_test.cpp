#include "tests/support/oauth_pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/oauth_registration.hpp"

namespace postern::handlers::oauth {
namespace {

using test::Fields;
using test::OAuthPageWorld;
using test::query_of;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using OAuthPages = test::OAuthPages;

TEST_F(OAuthPages, Rfc9700Rule13EveryPageForbidsFramesScriptsReferrersAndCaches) {
  const auto client = world_.stranger();
  std::vector<Response> pages{browser_.get("/oauth/sign-in"), browser_.get("/oauth/authorize"),
                              browser_.get("/oauth/consent?request=x"),
                              browser_.get(OAuthPageWorld::question(client, {{"scope", "no"}}))};
  pages.push_back(consent_page(client));
  pages.push_back(browser_.get("/oauth/device"));
  pages.push_back(browser_.get("/oauth/logout"));
  pages.push_back(browser_.get("/oauth/sign-in"));
  pages.push_back(browser_.get("/oauth/sign-in/nobody"));
  for (const auto& page : pages) {
    const std::string policy(page.get("Content-Security-Policy"));
    EXPECT_THAT(policy, StartsWith("default-src 'none'; style-src 'self';"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, HasSubstr("base-uri 'none'"));
    EXPECT_THAT(policy, HasSubstr("form-action 'self'"));
    EXPECT_THAT(policy, Not(HasSubstr("script-src")));
    EXPECT_EQ(page.get("X-Frame-Options"), "DENY");
    EXPECT_EQ(page.get("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(page.get("Cache-Control"), "no-store");
    EXPECT_EQ(page.get("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(page.get("Access-Control-Allow-Origin"), "");
    EXPECT_EQ(page.get("Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(page.body(), StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
    EXPECT_THAT(page.body(), Not(HasSubstr("<script")));
    EXPECT_THAT(page.body(), Not(HasSubstr("style=")));
  }
}

TEST_F(OAuthPages, Rule18NothingOnAPageComesFromElsewhere) {
  const auto page = consent_page(world_.stranger());
  EXPECT_THAT(page.body(), HasSubstr("href=\"/oauth/style.css\""));
  EXPECT_THAT(page.body(), Not(testing::ContainsRegex("(src|href)=\"(https?:)?//")));
  const auto style = browser_.get("/oauth/style.css");
  EXPECT_EQ(style.get("Content-Type"), "text/css; charset=utf-8");
  EXPECT_THAT(style.body(), HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(style.body(), Not(HasSubstr("url(")));
  EXPECT_THAT(style.body(), Not(HasSubstr("@import")));
}

/// Registrations with such a name are refused; the pages do not rely on it.
TEST_F(OAuthPages, AClientsNameIsTextInOneLineWhateverItHolds) {
  const auto client = world_.stranger();
  world_.domain.database_server.sql(
      // NOLINTNEXTLINE(misc-misleading-bidirectional): to mislead is what it is for
      "update postern.oauth_client set name = E'<script>alert(1)</script>\"\\' {{{base}}} {{csrf}} "
      "\u202Emoc.elpmaxe\u2066\\n&amp;'");
  const auto sign_in = browser_.follow(browser_.get(OAuthPageWorld::question(client)));
  const auto consent = consent_page(client);
  for (const auto& page : {sign_in, consent}) {
    EXPECT_THAT(page.body(),
                HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&apos; {{{base}}} {{csrf}} "
                          "?moc.elpmaxe??&amp;amp;"));
    EXPECT_THAT(page.body(), Not(HasSubstr("<script")));
    // NOLINTNEXTLINE(misc-misleading-bidirectional): what must not be there
    EXPECT_THAT(page.body(), Not(HasSubstr("\u202E")));
  }
}

TEST_F(OAuthPages, TheConsentPageSaysWhatWhereAndWhetherItHasAnEffect) {
  world_.domain.account("bob", "member");
  (void)browser_.sign_in("/oauth/sign-in", "bob");
  const auto page =
      consent_page(world_.stranger(), {{"scope", "submit posts.compose offline_access openid"}});
  EXPECT_THAT(page.body(), HasSubstr("The archive"));
  EXPECT_THAT(page.body(), HasSubstr("Stay connected while you are away"));
  EXPECT_THAT(page.body(), HasSubstr("Know who you are here"));
  EXPECT_THAT(page.body(), HasSubstr("no effect now"));
  EXPECT_THAT(page.body(), HasSubstr("Nobody has verified this name"));
  EXPECT_THAT(page.body(), HasSubstr("<dd>bob "));
  const auto known = consent_page(world_.trusted());
  EXPECT_THAT(known.body(), Not(HasSubstr("Nobody has verified this name")));
}

TEST_F(OAuthPages, AClientKnownByItsDocumentShowsTheDocumentsHost) {
  const auto client = domain::put_client_document(
                          world_.domain.services, "https://publisher.example/client.json",
                          {.name = "Tool",
                           .auth = domain::ClientAuth::None,
                           .redirect_uris = {"http://127.0.0.1/cb"}},
                          world_.domain.clock.now() + domain::hours(1), world_.domain.origin)
                          .value();
  const auto page = consent_page(client);
  EXPECT_THAT(page.body(), HasSubstr("<dd>publisher.example</dd>"));
  EXPECT_THAT(page.body(), HasSubstr("a program on this device"));
}

TEST_F(OAuthPages, DenyingIsToldAndGrantsNothing) {
  const auto client = world_.stranger();
  const auto answer = browser_.submit(consent_page(client), {{"decision", "deny"}});
  EXPECT_EQ(query_of(answer)["error"], "access_denied");
  EXPECT_EQ(query_of(answer)["iss"], OAuthPageWorld::kIssuer);
  EXPECT_THAT(browser_.get(OAuthPageWorld::question(client)).get("Location"),
              StartsWith("/oauth/consent"));
  EXPECT_EQ(browser_.submit(consent_page(client), {{"decision", "perhaps"}}).status(), 400);
}

TEST_F(OAuthPages, Rfc9700Rule12EveryRedirectionAfterAFormIsA303) {
  const auto client = world_.stranger();
  const auto entered = browser_.sign_in("/oauth/sign-in?return_to=/members/");
  EXPECT_EQ(entered.status(), 303);
  EXPECT_EQ(entered.get("Location"), "/members/");
  const auto allowed = browser_.submit(consent_page(client), {{"decision", "allow"}});
  EXPECT_EQ(allowed.status(), 303);
  EXPECT_EQ(browser_.submit(browser_.get("/oauth/logout"), {}).status(), 200);
}

TEST_F(OAuthPages, Rfc9700Rule14AFormOfAnotherBrowserIsRefused) {
  const auto client = world_.stranger();
  const auto page = consent_page(client);
  test::PageBrowser other(world_);
  (void)other.sign_in();
  const auto answer = other.submit(page, {{"decision", "allow"}});
  EXPECT_EQ(answer.status(), 403);
  EXPECT_EQ(answer.get("Location"), "");
  const auto sign_in = browser_.get("/oauth/sign-in?return_to=/a&another=1");
  EXPECT_EQ(other.submit(sign_in, password_).status(), 403);
}

TEST_F(OAuthPages, Rfc9700Rule14ATokenIsForItsFormRequestAndPersonAlone) {
  const auto one = world_.stranger();
  const auto two = world_.stranger({.name = "Two"});
  const auto page = consent_page(one);
  const auto sign_in = browser_.get("/oauth/sign-in?another=1");
  const auto request = query_of(browser_.get(OAuthPageWorld::question(two)))["request"];
  for (const auto& token : {test::hidden_field(page, "csrf"), test::hidden_field(sign_in, "csrf"),
                            std::string(), std::string(64, 'a')}) {
    const auto answer = browser_.post(
        "/oauth/consent", {{"request", request}, {"csrf", token}, {"decision", "allow"}});
    EXPECT_EQ(answer.status(), 403);
  }
  // Somebody else has signed in at this browser meanwhile.
  world_.domain.account("bob", "writer");
  (void)browser_.sign_in("/oauth/sign-in?another=1", "bob");
  EXPECT_EQ(browser_.submit(page, {{"decision", "allow"}}).status(), 403);
}

TEST_F(OAuthPages, Rfc9700Rule14AnotherSitesPageCannotSendAForm) {
  const auto page = consent_page(world_.stranger());
  for (const std::string site : {"cross-site", "same-site"}) {
    browser_.fetch_site = site;
    EXPECT_EQ(browser_.submit(page, {{"decision", "allow"}}).status(), 403) << site;
  }
  browser_.fetch_site = "";
  browser_.origin = "https://evil.example";
  EXPECT_EQ(browser_.submit(page, {{"decision", "allow"}}).status(), 403);
  // An older browser, whose pages without a referrer say no more than this.
  browser_.origin = "null";
  EXPECT_EQ(browser_.submit(page, {{"decision", "allow"}}).status(), 303);
}

}  // namespace
}  // namespace postern::handlers::oauth
