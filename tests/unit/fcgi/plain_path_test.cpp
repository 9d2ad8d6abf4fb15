#include "fcgi/plain_path.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "fcgi/uri.hpp"

namespace postern::fcgi {
namespace {

/// What plain_path() promises: an answer is parse_uri()'s, and a view into the target.
::testing::AssertionResult keeps_its_promise(const std::string& target) {
  const auto plain = plain_path(target);
  if (!plain) return ::testing::AssertionSuccess();
  const auto uri = parse_uri(target);
  if (!uri) return ::testing::AssertionFailure() << target << " is refused by parse_uri";
  if (uri->path != *plain) return ::testing::AssertionFailure() << target << " is " << uri->path;
  if (plain->data() != target.data()) return ::testing::AssertionFailure() << "not a view";
  return ::testing::AssertionSuccess();
}

TEST(PlainPath, OrdinaryTargetsAreAnswered) {
  const std::pair<std::string, std::string> rows[] = {
      {"/", "/"},
      {"/a/", "/a/"},
      {"/members/static?x=1", "/members/static"},
      {"/a/b.html", "/a/b.html"},
      {"/a.b/c-d_e~f", "/a.b/c-d_e~f"},
      {"/a../b", "/a../b"},
      {"/A:80@b/+,=&!$'()*[]^`{|}\"<>", "/A:80@b/+,=&!$'()*[]^`{|}\"<>"},
      {"/?", "/"},
      {"/a?b?c", "/a"},
      {"/a/?next=//b/../c;d&e=%2F%zz", "/a/"},
      {"/" + std::string(8191, 'a'), "/" + std::string(8191, 'a')},
  };
  for (const auto& [target, path] : rows) {
    EXPECT_EQ(plain_path(target), path) << target;
    EXPECT_TRUE(keeps_its_promise(target));
  }
}

TEST(PlainPath, B7Cve202132637WhatIsInDoubtIsLeftToParseUri) {
  const std::string rows[] = {"",
                              "a",
                              "*",
                              "?",
                              "http://host/a",
                              "//",
                              "/a//b",
                              "/a//",
                              "/.",
                              "/..",
                              "/a/.",
                              "/a/..",
                              "/a/../b",
                              "/a/./b",
                              "/.well-known/x",
                              "/...",
                              "/a/.b?c",
                              "/%61",
                              "/a%2e",
                              "/%",
                              "/a;x/b",
                              "/a/..;/b",
                              "/a\\b",
                              "/a#b",
                              "/a?b#c",
                              "/a?b\\c",
                              "/a b",
                              "/a?b c",
                              "/a\tb",
                              "/a?\n",
                              "/\x7f",
                              "/a?\x7f",
                              std::string("/a\0b", 4),
                              std::string("/a?\0", 4),
                              "/\xC3\xA9",
                              "/a?\xC3\xA9",
                              "/\xff",
                              "/a?\xc0\xaf",
                              "/" + std::string(8192, 'a'),
                              "/?" + std::string(8191, 'a')};
  for (const std::string& target : rows) EXPECT_FALSE(plain_path(target)) << target;
}

TEST(PlainPath, AnswersAsParseUriWouldForHostileTargets) {
  static const std::string kPieces[] = {
      "/", "/",   "/",   "a",    "b",    "html",     ".",  "..", "%2e", "%2F", "%",  ";",
      "?", "..;", "//",  "\\",   "#",    "\xC3\xA9", "+",  "~",  "-",   "_",   "=",  "&",
      " ", "\t",  "%20", "\x7f", "\xff", "*",        "*/", "a.", ":",   "'",   "\"", "members"};
  std::mt19937 chance(31337);
  std::uniform_int_distribution<std::size_t> length(0, 10), piece(0, std::size(kPieces) - 1);
  int answered = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string target = round % 50 == 0 ? "" : "/";
    for (std::size_t i = length(chance); i > 0; --i) target += kPieces[piece(chance)];
    ASSERT_TRUE(keeps_its_promise(target));
    answered += plain_path(target) ? 1 : 0;
  }
  EXPECT_GT(answered, 20'000);
}

TEST(PlainPath, EveryByteInEveryPlaceAnswersAsParseUriWould) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    for (const auto& target : {c, "/" + c, "/" + c + "a", "/a" + c, "/a" + c + "b", "/a/" + c + "/",
                               "/?" + c, "/a?b" + c + "c", "/a" + c + "/b", c + "/a"}) {
      ASSERT_TRUE(keeps_its_promise(target)) << byte;
    }
  }
}

TEST(PlainPath, EverythingPlainIsAnswered) {
  // Not a promise, but what makes it worth having: unreserved bytes of RFC 3986 and more.
  for (const char c : std::string("abcXYZ0189-_~!$&'()*+,=:@")) {
    EXPECT_TRUE(plain_path(std::string("/") + c)) << c;
    EXPECT_TRUE(plain_path(std::string("/a?") + c)) << c;
  }
}

}  // namespace
}  // namespace postern::fcgi
