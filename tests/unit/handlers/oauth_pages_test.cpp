#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "handlers/oauth/client_answer.hpp"
#include "handlers/oauth/page_files.hpp"
#include "handlers/oauth/pages.hpp"
#include "handlers/oauth/sign_in_form.hpp"

namespace postern::handlers::oauth {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kNasty = "\"'><script>&\u202E";

std::vector<std::string> pages() {
  std::vector<std::string> names;
  for (const auto& file : page_files()) {
    const auto dot = file.name.find(".html");
    if (dot != std::string_view::npos && file.name != "layout.html") {
      names.emplace_back(file.name.substr(0, dot));
    }
  }
  return names;
}

/// Every variable of every template, with this text.
PageValues all_with(std::string_view text) {
  PageValues values;
  for (const auto& file : page_files()) {
    const std::string whole(file.text);
    const std::regex variable("\\{\\{[#^/]?([a-z_]+)\\}\\}");
    for (std::sregex_iterator each(whole.begin(), whole.end(), variable), end; each != end;
         ++each) {
      values.texts[(*each)[1].str()] = text;
    }
  }
  for (const auto* list : {"scopes", "resources", "fields", "providers"}) {
    values.texts.erase(list);
    values.lists[list] = {{}, {}};
  }
  return values;
}

TEST(OAuthPageTemplates, EveryValueIsEscapedOnEveryPage) {
  const auto plain = all_with("x");
  const auto nasty = all_with(kNasty);
  ASSERT_GE(pages().size(), 10U);
  for (const auto& name : pages()) {
    auto text = fill_in_page(name, nasty);
    EXPECT_THAT(text, HasSubstr("&quot;&apos;&gt;&lt;script&gt;&amp;")) << name;
    std::string escaped = "&quot;&apos;&gt;&lt;script&gt;&amp;\u202E";
    for (auto at = text.find(escaped); at != std::string::npos; at = text.find(escaped)) {
      text.replace(at, escaped.size(), "x");
    }
    EXPECT_EQ(text, fill_in_page(name, plain)) << name;
  }
}

TEST(OAuthPageTemplates, TheBodyAloneIsTakenAsHtml) {
  for (const auto& file : page_files()) {
    const std::string text(file.text);
    const auto raw = text.find("{{{");
    EXPECT_EQ(text.find("{{&"), std::string::npos) << file.name;
    if (file.name == "layout.html") {
      EXPECT_EQ(text.substr(raw, 10), "{{{body}}}");
    } else {
      EXPECT_EQ(raw, std::string::npos) << file.name;
    }
    EXPECT_THAT(text, Not(HasSubstr(" style="))) << file.name;
    EXPECT_THAT(text, Not(HasSubstr(" onclick"))) << file.name;
    EXPECT_THAT(text, Not(HasSubstr("://"))) << file.name;
  }
}

TEST(OAuthPageTemplates, EveryFieldThatIsSeenHasALabel) {
  for (const auto& file : page_files()) {
    const std::string text(file.text);
    const std::regex input("<input id=\"([a-z_]+)\"");
    for (std::sregex_iterator each(text.begin(), text.end(), input), end; each != end; ++each) {
      EXPECT_THAT(text, HasSubstr("<label for=\"" + (*each)[1].str() + "\">")) << file.name;
    }
  }
}

TEST(OAuthPageTemplates, APartIsThereForEachThatIsNamed) {
  int named = 0;
  for (const auto& file : page_files()) {
    const std::string text(file.text);
    const std::regex part("\\{\\{> ([a-z_]+)\\}\\}\n");
    for (std::sregex_iterator each(text.begin(), text.end(), part), end; each != end; ++each) {
      const auto name = (*each)[1].str();
      EXPECT_THAT(name, testing::StartsWith("_")) << file.name;
      EXPECT_NO_THROW((void)page_file(name + ".html")) << file.name;
      ++named;
    }
  }
  EXPECT_GE(named, 4);
  PageValues values;
  values.lists["resources"] = {{.texts = {{"name", "The <site>"}}}};
  for (const auto* page : {"consent", "device"}) {
    EXPECT_THAT(fill_in_page(page, values),
                HasSubstr("<dd>The &lt;site&gt;</dd>\n<dt>Signed in as"))
        << page;
  }
}

TEST(OAuthPageTemplates, APageThatThereIsNotThrows) {
  EXPECT_THROW((void)fill_in_page("nothing", {}), std::out_of_range);
}

TEST(OAuthErrorPage, WithoutSettingsThePathSaysWhereTheStyleSheetIs) {
  Request request;
  request.uri = fcgi::Uri{"/tenant/oauth/authorize", ""};
  const auto page = error_page(request, 503);
  EXPECT_EQ(page.status(), 503);
  EXPECT_THAT(page.body(), HasSubstr("href=\"/tenant/oauth/style.css\""));
  EXPECT_THAT(page.body(), HasSubstr("not available at the moment"));
  EXPECT_EQ(page.get("X-Frame-Options"), "DENY");
  request.uri.reset();
  EXPECT_THAT(error_page(request, 400).body(), HasSubstr("href=\"/oauth/style.css\""));
}

TEST(OAuthErrorPage, AForgedPathIsText) {
  Request request;
  request.uri = fcgi::Uri{"/\"><script>/oauth/authorize", ""};
  EXPECT_THAT(error_page(request, 400).body(), Not(HasSubstr("<script")));
}

TEST(OAuthFormTargets, AFormLeadsToWhereTheAnswerMayGo) {
  EXPECT_EQ(form_targets("/members/"), "");
  EXPECT_EQ(form_targets("https://app.example/back"), "https:");
  EXPECT_EQ(form_targets("http://127.0.0.1:51234/cb"),
            "http://127.0.0.1:* http://localhost:* https:");
  EXPECT_EQ(form_targets("http://[::1]:51234/cb"),
            "http://127.0.0.1:* http://localhost:* http: https:");
  EXPECT_EQ(form_targets("com.example.app:/cb"), "com.example.app: https:");
}

TEST(OAuthLocalPath, OnlyPathsOfThisSiteAreReturnedTo) {
  for (const std::string_view good : {"/", "/members/", "/a?b=c&d=//e", "/a#b", "/%2F%2Fx"}) {
    EXPECT_TRUE(is_local_path(good)) << good;
  }
  for (const std::string_view bad :
       {"", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "javascript:alert(1)", "a/b", "/a\\b", "/a b", "/a\nb", "/\t/evil.example", " /a", "/ü"}) {
    EXPECT_FALSE(is_local_path(bad)) << bad;
  }
  EXPECT_FALSE(is_local_path("/" + std::string(2048, 'a')));
}

}  // namespace
}  // namespace postern::handlers::oauth
