#include "domain/flat_json.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "domain/bytes.hpp"

namespace postern::domain {
namespace {

std::string written(std::string_view name, std::string_view value) {
  FlatJsonWriter json;
  json.add(name, value);
  return std::move(json).finish();
}

TEST(FlatJsonText, WritesMembersInOrder) {
  FlatJsonWriter json;
  json.add("b", "x").add("a", std::int64_t{-5}).add("c", "");
  EXPECT_EQ(std::move(json).finish(), R"({"b":"x","a":-5,"c":""})");
  EXPECT_EQ(FlatJsonWriter().finish(), "{}");
}

TEST(FlatJsonText, ReadsWhatItWrites) {
  for (char c = 0; c >= 0; c = static_cast<char>(c + 1)) {
    const std::string value{'a', c, 'b'};
    const auto json = FlatJson::parse(written("name", value));
    ASSERT_TRUE(json) << static_cast<int>(c);
    EXPECT_EQ(json->text("name"), value);
    if (c == 127) break;
  }
  for (const std::int64_t number : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                                    std::int64_t{0}, std::numeric_limits<std::int64_t>::max()}) {
    FlatJsonWriter json;
    json.add("n", number);
    const auto read = FlatJson::parse(std::move(json).finish());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->integer("n"), number);
  }
}

TEST(FlatJsonText, ItsBase64NeedsNoUrlAlphabet) {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  for (int shift = 0; shift < 3; ++shift) {
    const auto encoded = base64url_encode(
        as_bytes(written("x", std::string(static_cast<std::size_t>(shift), 'y') + all)));
    EXPECT_EQ(encoded.find_first_of("-_"), std::string::npos);
  }
}

TEST(FlatJsonText, BeyondAsciiLeavesAsEscapesAndComesBack) {
  const std::string name = "\u00e9\u0800\uffff\U0001f600\U0010ffff";
  const auto text = written("x", name);
  EXPECT_EQ(text, "{\"x\":\"\\u00e9\\u0800\\uffff\\ud83d\\ude00\\udbff\\udfff\"}");
  const auto json = FlatJson::parse(text);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->text("x"), name);
}

TEST(FlatJsonText, WhatIsNotUtf8IsADefect) {
  for (const char* broken : {"\xc3", "\xe9", "\xed\xa0\x80", "\xc0\xaf", "a\xff"}) {
    EXPECT_THROW(static_cast<void>(written("x", broken)), std::invalid_argument);
  }
}

TEST(FlatJsonText, ListsOfTextsKeepTheirOrder) {
  FlatJsonWriter writer;
  writer.add("none", std::vector<std::string>()).add("aud", {std::string("b"), std::string("a?")});
  const auto text = std::move(writer).finish();
  EXPECT_EQ(text, R"({"none":[],"aud":["b","a\u003f"]})");
  const auto json = FlatJson::parse(text);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->texts("none"), std::vector<std::string>());
  EXPECT_EQ(json->texts("aud"), (std::vector<std::string>{"b", "a?"}));
  EXPECT_FALSE(json->text("aud")) << "a list is no text";
  EXPECT_FALSE(json->texts("absent"));
  for (const char* wrong : {R"({"a":["x",]})", R"({"a":[,]})", R"({"a":["x" ,"y"]})",
                            R"({"a":[1]})", R"({"a":[["x"]]})", R"({"a":["x")"}) {
    EXPECT_FALSE(FlatJson::parse(wrong)) << wrong;
  }
}

TEST(FlatJsonText, ObjectsWithinHoldTextsAlone) {
  FlatJsonWriter inner;
  inner.add("jkt", "thumb");
  FlatJsonWriter writer;
  writer.add_object("cnf", std::move(inner));
  const auto text = std::move(writer).finish();
  EXPECT_EQ(text, R"({"cnf":{"jkt":"thumb"}})");
  const auto json = FlatJson::parse(text);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->text_within("cnf", "jkt"), "thumb");
  EXPECT_FALSE(json->text_within("cnf", "x5t"));
  EXPECT_FALSE(json->text_within("jkt", "jkt"));
  EXPECT_FALSE(json->text("cnf"));
  for (const char* wrong :
       {R"({"a":{"b":1}})", R"({"a":{"b":{"c":"d"}}})", R"({"a":{"b":"x","b":"y"}})",
        R"({"a":{"b":"x",}})", R"({"a":{"b":"x"})"}) {
    EXPECT_FALSE(FlatJson::parse(wrong)) << wrong;
  }
}

TEST(FlatJsonText, TypesAreNotMixedUp) {
  const auto json = FlatJson::parse(R"({"text":"5","number":5})");
  ASSERT_TRUE(json);
  EXPECT_FALSE(json->integer("text"));
  EXPECT_FALSE(json->text("number"));
  EXPECT_FALSE(json->text("absent"));
  EXPECT_TRUE(json->has("text"));
  EXPECT_FALSE(json->has("absent"));
}

TEST(FlatJsonText, BooleansAreNeitherTextsNorNumbers) {
  FlatJsonWriter writer;
  writer.add_boolean("fresh", false).add_boolean("really", true).add("word", "true");
  const auto text = std::move(writer).finish();
  EXPECT_EQ(text, R"({"fresh":false,"really":true,"word":"true"})");
  const auto json = FlatJson::parse(text);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->boolean("fresh"), false);
  EXPECT_EQ(json->boolean("really"), true);
  EXPECT_FALSE(json->boolean("word"));
  EXPECT_FALSE(json->boolean("absent"));
  EXPECT_FALSE(json->text("really"));
  EXPECT_FALSE(json->integer("really"));
  for (const char* wrong : {R"({"a":True})", R"({"a":tru})", R"({"a":truex})", R"({"a":null})"}) {
    EXPECT_FALSE(FlatJson::parse(wrong)) << wrong;
  }
}

TEST(FlatJsonText, RefusesAllElse) {
  for (const char* text : {
           "",
           "{",
           "}",
           "[]",
           "null",
           "{}x",
           "{} ",
           " {}",
           "{,}",
           R"({"a"})",
           R"({"a":})",
           R"({"a":1,})",
           R"({"a":1"b":2})",
           R"({"a":1 })",
           R"({ "a":1})",
           R"({"a":1,"a":1})",
           R"({"a":1,"\u0061":2})",
           R"({"a":01})",
           R"({"a":-0})",
           R"({"a":+1})",
           R"({"a":1.0})",
           R"({"a":1e3})",
           R"({"a":9223372036854775808})",
           R"({"a":null})",
           R"({"a":"x)",
           R"({"a":"\n"})",
           R"({"a":"\u00E9"})",
           R"({"a":"\ud83d"})",
           R"({"a":"\ud83dx"})",
           R"({"a":"\ud83d\u0041"})",
           R"({"a":"\ude00"})",
           R"({"a":"\u00e"})",
           R"({"a":"\u0041"})",
           R"({"a":"\u003E"})",
           R"({"a":">"})",
           "{\"a\":\"\xc3\xa9\"}",
           "{\"a\":\"\x01\"}",
           "{\"a\":\"\n\"}",
       }) {
    EXPECT_FALSE(FlatJson::parse(text)) << text;
  }
  EXPECT_FALSE(FlatJson::parse(std::string("{\"a\":\"\0\"}", 9)));
}

TEST(FlatJsonText, IsBounded) {
  EXPECT_TRUE(FlatJson::parse(written("a", std::string(6000, 'x'))));
  EXPECT_FALSE(FlatJson::parse(written("a", std::string(6144, 'x'))));
  FlatJsonWriter list;
  list.add("a", std::vector<std::string>(129, "x"));
  EXPECT_FALSE(FlatJson::parse(std::move(list).finish()));
  FlatJsonWriter json;
  for (int i = 0; i < 33; ++i) json.add(std::to_string(i), std::int64_t{i});
  EXPECT_FALSE(FlatJson::parse(std::move(json).finish()));
}

}  // namespace
}  // namespace postern::domain
