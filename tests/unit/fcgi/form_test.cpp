#include <gtest/gtest.h>

#include "fcgi/uri.hpp"

namespace postern::fcgi {
namespace {

std::string shown(std::string_view text) {
  const auto fields = parse_form(text);
  if (!fields) return "none";
  std::string out;
  for (const FormField& field : *fields) out += "[" + field.name + "=" + field.value + "]";
  return out;
}

TEST(FormParsing, ReadsFieldsInOrder) {
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("a=1&b=2&a=3"), "[a=1][b=2][a=3]");
  EXPECT_EQ(shown("a"), "[a=]");
  EXPECT_EQ(shown("a="), "[a=]");
  EXPECT_EQ(shown("=a"), "[=a]");
  EXPECT_EQ(shown("a=b=c"), "[a=b=c]");
  EXPECT_EQ(shown("&&a=1&"), "[a=1]");
}

TEST(FormParsing, DecodesPlusAndEscapesOnce) {
  EXPECT_EQ(shown("a+b=c+d"), "[a b=c d]");
  EXPECT_EQ(shown("a%2Bb=%26%3D"), "[a+b=&=]");
  EXPECT_EQ(shown("a=%2541"), "[a=%41]");
  EXPECT_EQ(shown("a=%C3%A9"), "[a=\xC3\xA9]");
  EXPECT_EQ(shown("a=%0a"), "[a=\n]");
}

TEST(FormParsing, RefusesWhatCannotBeDecoded) {
  for (const std::string_view text :
       {"a=%", "a=%4", "a=%zz", "%=a", "a=%00", "%00=a", "a=%FF", "a=\xC0\xAF", "a=%ED%A0%80"}) {
    EXPECT_EQ(shown(text), "none") << text;
  }
  EXPECT_EQ(shown(std::string_view("a=b\0c", 5)), "none");
}

TEST(FormParsing, HoldsTheLimitOfFields) {
  EXPECT_TRUE(parse_form("a&b&c", 3));
  EXPECT_FALSE(parse_form("a&b&c&d", 3));
  std::string many;
  for (int i = 0; i < 64; ++i) many += "a&";
  EXPECT_EQ(parse_form(many)->size(), 64U);
  EXPECT_FALSE(parse_form(many + "a"));
}

}  // namespace
}  // namespace postern::fcgi
