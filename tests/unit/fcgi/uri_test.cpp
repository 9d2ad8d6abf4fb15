#include "fcgi/uri.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace postern::fcgi {
namespace {

struct Row {
  std::string target, path, query;
};

TEST(UriParsing, B7Cve202024660DecodesAndNormalisesAsTheWebServerDoes) {
  const Row rows[] = {
      {"/", "/", ""},
      {"/a", "/a", ""},
      {"/a/", "/a/", ""},
      {"/a?b=c", "/a", "b=c"},
      {"/a?", "/a", ""},
      {"/a?b?c", "/a", "b?c"},
      {"/a?x=%2e%2F%00", "/a", "x=%2e%2F%00"},
      {"/%61%62", "/ab", ""},
      {"/a%20b", "/a b", ""},
      {"/a+b", "/a+b", ""},
      {"//", "/", ""},
      {"//a///b//", "/a/b/", ""},
      {"/.", "/", ""},
      {"/./a/./b/.", "/a/b/", ""},
      {"/a/..", "/", ""},
      {"/a/../", "/", ""},
      {"/a/../b", "/b", ""},
      {"/a/b/../../c", "/c", ""},
      {"/a//../b", "/b", ""},
      {"/a/%2e%2E/b", "/b", ""},
      {"/a/%2e", "/a/", ""},
      {"/a/.%2e/b", "/b", ""},
      {"/...", "/...", ""},
      {"/a../b", "/a../b", ""},
      {"/..a", "/..a", ""},
      {"/a;x/b", "/a;x/b", ""},
      {"/a;/../b", "/b", ""},
      {"/A/b", "/A/b", ""},
      {"/%3f%23", "/?#", ""},
      {"/100%25", "/100%", ""},
      {"/%25zz", "/%zz", ""},
      {"/%2541", "/%41", ""},
      {"/%C3%A9", "/\xC3\xA9", ""},
      {"/\xC3\xA9", "/\xC3\xA9", ""},
      {"/a:80@b", "/a:80@b", ""},
  };
  for (const Row& row : rows) {
    const auto uri = parse_uri(row.target);
    ASSERT_TRUE(uri) << row.target;
    EXPECT_EQ(uri->path, row.path) << row.target;
    EXPECT_EQ(uri->query, row.query) << row.target;
  }
}

TEST(UriParsing, B7Cve202132637RefusesWhatIsInDoubt) {
  const std::string rows[] = {
      "", "a", "*", "http://host/a", "https://host", "?a", "/..", "/../a", "/a/../..", "/a/../../b",
      "/%2e%2e", "/%2e%2e/", "/%", "/%4", "/%zz", "/a%", "/%u0041", "/%00", "/a%00b", "/%0a",
      "/%0D", "/%1f", "/%7f", "/%09", "/%2f", "/a%2Fb", "/%5c", "/a%5Cb", "/a\\b", "\\a", "/a b",
      "/a\tb", "/a\nb", "/a\rb", "/a#b", "/a?b#c", "/a?b\\c", std::string("/a\0b", 4),
      std::string("/a?\0", 4), "/\x7f",
      // one decoding more would change the segments
      "/%252e", "/%252E%252e/a", "/%252f", "/%255c", "/%2500", "/%250a", "/%2525", "/%25252e",
      "/%25%32%65", "/%%32%65",
      // not UTF-8: lone continuation, overlong, surrogate, too large, cut
      "/%80", "/%c0%af", "/%C1%BF", "/%e0%80%af", "/%ed%a0%80", "/%f4%90%80%80", "/%c3", "/%fe",
      "/\xff", "/a?\xc0\xaf", "/" + std::string(8192, 'a')};
  for (const std::string& target : rows) EXPECT_FALSE(parse_uri(target)) << target;
}

TEST(UriParsing, B738DotSegmentsWithParametersAreRefused) {
  for (const char* target : {"/open/..;/staff/", "/open/..;x=1/staff/", "/.;/", "/a/%2e%2e;/b",
                             "/a/..%3b/b", "/a/..;"}) {
    EXPECT_FALSE(parse_uri(target)) << target;
  }
  EXPECT_TRUE(parse_uri("/a;x=1/b"));
  EXPECT_TRUE(parse_uri("/a/...;/b"));
}

TEST(UriParsing, TheLongestTargetIs8192Bytes) {
  EXPECT_TRUE(parse_uri("/" + std::string(8191, 'a')));
  EXPECT_FALSE(parse_uri("/" + std::string(8192, 'a')));
}

/// What somebody must send to ask for exactly this path.
std::string encoded(const std::string& path) {
  std::string out;
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#' || c == ' ') {
      static constexpr char kDigits[] = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string random_target(std::mt19937& chance) {
  static const std::string kPieces[] = {
      "/",      "/",   "//", ".",   "..",       "/..",  "/.",  "a",   "b",     "%2e", "%2E",
      "%2f",    "%25", "2e", "%5c", "\\",       "%61",  "%00", "?",   "#",     ";",   "%",
      "%C3%A9", "%c3", " ",  "%20", "\xC3\xA9", "\xFF", "+",   "%3f", "%32%65"};
  std::uniform_int_distribution<std::size_t> length(0, 12), piece(0, std::size(kPieces) - 1);
  std::string target = "/";
  for (std::size_t i = length(chance); i > 0; --i) target += kPieces[piece(chance)];
  return target;
}

TEST(UriParsing, WhatIsAcceptedIsNormalisedOnceAndForAll) {
  std::mt19937 chance(20201);
  int accepted = 0;
  for (int round = 0; round < 50'000; ++round) {
    const std::string target = random_target(chance);
    const auto uri = parse_uri(target);
    if (!uri) continue;
    ++accepted;
    const std::string& path = uri->path;
    ASSERT_EQ(path.front(), '/') << target;
    ASSERT_EQ(path.find("//"), std::string::npos) << target;
    ASSERT_EQ((path + "/").find("/./"), std::string::npos) << target;
    ASSERT_EQ((path + "/").find("/../"), std::string::npos) << target;
    ASSERT_EQ(path.find('\\'), std::string::npos) << target;
    const auto again = parse_uri(encoded(path));
    ASSERT_TRUE(again) << target << " -> " << path;
    ASSERT_EQ(again->path, path) << target;
  }
  EXPECT_GT(accepted, 5'000);
}

TEST(UriParsing, RandomBytesNeverYieldAControlCharacter) {
  std::mt19937 chance(7);
  std::uniform_int_distribution<int> byte(0, 255), length(0, 20);
  for (int round = 0; round < 50'000; ++round) {
    std::string target = "/";
    for (int i = length(chance); i > 0; --i) target.push_back(static_cast<char>(byte(chance)));
    const auto uri = parse_uri(target);
    if (!uri) continue;
    for (const char c : uri->path + uri->query) {
      ASSERT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7F);
    }
  }
}

}  // namespace
}  // namespace postern::fcgi
