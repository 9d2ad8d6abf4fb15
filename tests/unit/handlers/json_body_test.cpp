#include "handlers/json_body.hpp"

#include <gtest/gtest.h>

#include <string>

namespace postern::handlers {
namespace {

using namespace std::string_literals;

struct Refused {
  const char* what;
  std::string text;
  JsonFault fault;
};

void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.what;
}

class JsonBodyRefuses : public testing::TestWithParam<Refused> {};

TEST_P(JsonBodyRefuses, WithItsFault) {
  const auto parsed = parse_json(GetParam().text);
  ASSERT_FALSE(parsed.value);
  EXPECT_EQ(parsed.fault, GetParam().fault);
  EXPECT_FALSE(parsed.detail.empty());
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, JsonBodyRefuses,
    testing::Values(Refused{"empty", "", JsonFault::Syntax},
                    Refused{"white space alone", " \r\n\t", JsonFault::Syntax},
                    Refused{"trailing text", R"({"a":1} x)", JsonFault::Syntax},
                    Refused{"two values", "{}{}", JsonFault::Syntax},
                    Refused{"trailing comma in an object", R"({"a":1,})", JsonFault::Syntax},
                    Refused{"trailing comma in a list", "[1,]", JsonFault::Syntax},
                    Refused{"dropped value", R"([1,,2])", JsonFault::Syntax},
                    Refused{"missing value", R"({"a":})", JsonFault::Syntax},
                    Refused{"missing colon", R"({"a" 1})", JsonFault::Syntax},
                    Refused{"unquoted name", "{a:1}", JsonFault::Syntax},
                    Refused{"number as a name", "{1:1}", JsonFault::Syntax},
                    Refused{"single quotes", "{'a':1}", JsonFault::Syntax},
                    Refused{"unfinished object", R"({"a":1)", JsonFault::Syntax},
                    Refused{"unfinished string", R"({"a":"b)", JsonFault::Syntax},
                    Refused{"wrong bracket", "[1}", JsonFault::Syntax},
                    Refused{"closing too much", "{}}", JsonFault::Syntax},
                    Refused{"line comment", "{} // x", JsonFault::Syntax},
                    Refused{"comment inside", R"({"a":/* x */1})", JsonFault::Syntax},
                    Refused{"not a number", R"({"a":NaN})", JsonFault::Syntax},
                    Refused{"infinity", R"({"a":-Infinity})", JsonFault::Syntax},
                    Refused{"leading zero", R"({"a":01})", JsonFault::Syntax},
                    Refused{"leading plus", R"({"a":+1})", JsonFault::Syntax},
                    Refused{"bare point before", R"({"a":.5})", JsonFault::Syntax},
                    Refused{"bare point after", R"({"a":5.})", JsonFault::Syntax},
                    Refused{"bare exponent", R"({"a":5e})", JsonFault::Syntax},
                    Refused{"minus alone", R"({"a":-})", JsonFault::Syntax},
                    Refused{"misspelt literal", R"({"a":True})", JsonFault::Syntax},
                    Refused{"literal with a tail", R"({"a":truex})", JsonFault::Syntax},
                    Refused{"raw line feed in a string", "{\"a\":\"x\ny\"}", JsonFault::Syntax},
                    Refused{"raw tab in a string", "{\"a\":\"x\ty\"}", JsonFault::Syntax},
                    Refused{"unknown escape", R"({"a":"\x41"})", JsonFault::Syntax},
                    Refused{"short escape", R"({"a":"\u00"})", JsonFault::Syntax},
                    Refused{"escape with a sign", R"({"a":"\u+041"})", JsonFault::Syntax},
                    Refused{"form feed", "{\f}", JsonFault::Syntax},
                    Refused{"white space of Unicode", "{\xc2\xa0}", JsonFault::Syntax},
                    Refused{"byte order mark", "\xEF\xBB\xBF{}", JsonFault::Syntax}));

INSTANTIATE_TEST_SUITE_P(
    Text, JsonBodyRefuses,
    testing::Values(
        Refused{"NUL byte in a string", "{\"a\":\"b\0c\"}"s, JsonFault::InvalidText},
        Refused{"NUL byte after the value", "{}\0"s, JsonFault::InvalidText},
        Refused{"escaped NUL", R"({"a":"b\u0000c"})", JsonFault::InvalidText},
        Refused{"escaped NUL in a name", R"({"a\u0000":1})", JsonFault::InvalidText},
        Refused{"high surrogate alone", R"({"a":"\ud800"})", JsonFault::InvalidText},
        Refused{"high surrogate before text", R"({"a":"\ud800x"})", JsonFault::InvalidText},
        Refused{"two high surrogates", R"({"a":"\ud800\ud800"})", JsonFault::InvalidText},
        Refused{"low surrogate alone", R"({"a":"\udc00"})", JsonFault::InvalidText},
        Refused{"stray byte", "{\"a\":\"\xff\"}", JsonFault::InvalidText},
        Refused{"overlong slash", "{\"a\":\"\xc0\xaf\"}", JsonFault::InvalidText},
        Refused{"surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", JsonFault::InvalidText},
        Refused{"past the last code point", "{\"a\":\"\xf4\x90\x80\x80\"}", JsonFault::InvalidText},
        Refused{"cut sequence", "{\"a\":\"\xe2\x82", JsonFault::InvalidText}));

INSTANTIATE_TEST_SUITE_P(
    Structure, JsonBodyRefuses,
    testing::Values(
        Refused{"same name twice", R"({"a":1,"a":2})", JsonFault::DuplicateKey},
        Refused{"same name, once escaped", R"({"a":1,"\u0061":2})", JsonFault::DuplicateKey},
        Refused{"twice further in", R"([{"b":{"a":1,"a":1}}])", JsonFault::DuplicateKey},
        Refused{"33 levels", nested(33), JsonFault::TooDeep},
        Refused{"60,000 levels", std::string(60'000, '['), JsonFault::TooDeep}));

TEST(JsonBody, TakesWhatRfc8259Allows) {
  for (const auto* text :
       {"{}", "[]", "null", "true", "-0", "0.5e-10", R"("")", R"("\"\\\/\b\f\n\r\t\u0041")",
        R"("\ud83d\ude00")", "\"\xf0\x9f\x98\x80\"", " { \"a\" : [ 1 , 2 ] } \n",
        R"({"//":"/* no comment */"})", "18446744073709551615", "1e300"}) {
    EXPECT_TRUE(parse_json(text).value) << text;
  }
  EXPECT_TRUE(parse_json(nested(32)).value);
}

TEST(JsonBody, ReadsEscapesOnce) {
  const auto parsed = parse_json(R"({"a":"\u00e4\ud83d\ude00\\u0041"})");
  ASSERT_TRUE(parsed.value);
  EXPECT_EQ((*parsed.value)["a"].asString(), "\xc3\xa4\xf0\x9f\x98\x80\\u0041");
}

TEST(JsonBody, TellsNothingOfTheInput) {
  for (const auto* text : {R"({"secret-name":1,"secret-name":2})", R"({"a":secret-name})"}) {
    EXPECT_EQ(parse_json(text).detail.find("secret"), std::string::npos);
  }
}

TEST(JsonBody, WritesCompactlyAndKeepsUtf8) {
  Json::Value value(Json::objectValue);
  value["b"] = "\xc3\xa4\n\"<";
  value["a"] = Json::Value(Json::arrayValue);
  value["a"].append(1);
  EXPECT_EQ(write_json(value), "{\"a\":[1],\"b\":\"\xc3\xa4\\n\\\"<\"}");
}

}  // namespace
}  // namespace postern::handlers
