#include <gtest/gtest.h>

#include "handlers/dispatcharr/reader.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using test::json;
using test::raw_request;

Body body_of(std::string_view type, std::string_view text) {
  return read_body(raw_request("POST", "/api/accounts/token/", type, text));
}

std::string refusal_of(std::string_view type, std::string_view text) {
  const auto body = body_of(type, text);
  return body.refusal ? std::to_string(body.refusal->status()) + ' ' + body.refusal->body() : "";
}

/// What a text field makes of a body: the value, or the refusal.
std::string text_in(std::string_view text, const TextRule& rule) {
  const auto body = body_of("application/json", text);
  Fields fields(body);
  const auto value = fields.text("f", rule);
  return fields.ok() ? "ok:" + value.value_or("(none)") : fields.refusal().body();
}

std::string secret_in(std::string_view text) {
  const auto body = body_of("application/json", text);
  Fields fields(body);
  const auto value = fields.secret("f", true);
  return fields.ok() ? "ok:" + std::string(value->reveal()) : fields.refusal().body();
}

std::string ids_in(std::string_view type, std::string_view text) {
  const auto body = body_of(type, text);
  Fields fields(body);
  const auto value = fields.ids("f", false, 3);
  if (!fields.ok()) return fields.refusal().body();
  std::string listed = "ok:";
  for (const auto id : value.value_or(std::vector<std::int64_t>{}))
    listed += std::to_string(id) + ',';
  return listed;
}

std::string integer_in(std::string_view text) {
  const auto body = body_of("application/json", text);
  Fields fields(body);
  const auto value = fields.integer("f", 0, 10);
  if (!fields.ok()) return fields.refusal().body();
  return value ? std::to_string(*value) : "(none)";
}

TEST(DispatcharrBody, IsAnEmptyObjectWhenEmptyWhateverItsType) {
  for (const auto* type : {"", "application/json", "text/plain", "multipart/form-data"}) {
    const auto body = body_of(type, "");
    EXPECT_FALSE(body.refusal) << type;
    EXPECT_TRUE(body.data.isObject() && body.data.empty()) << type;
  }
}

TEST(DispatcharrBody, NamesWhatItIsInsteadOfAnObject) {
  const auto golden = [](std::string_view name) {
    return R"(400 {"non_field_errors":["Invalid data. Expected a dictionary, but got )" +
           std::string(name) + R"(."]})";
  };
  EXPECT_EQ(refusal_of("application/json", "[]"), golden("list"));
  EXPECT_EQ(refusal_of("application/json", R"("x")"), golden("str"));
  EXPECT_EQ(refusal_of("application/json", "5"), golden("int"));
  EXPECT_EQ(refusal_of("application/json", "1.5"), golden("float"));
  EXPECT_EQ(refusal_of("application/json", "true"), golden("bool"));
  EXPECT_EQ(refusal_of("application/json", "null"),
            R"(400 {"non_field_errors":["No data provided"]})");
}

TEST(DispatcharrBody, RefusesBrokenJsonWithoutEchoingIt) {
  for (const auto* text : {"{", R"({"a":1,"a":2})", R"({"a":"\u0000"})", "{\"a\":\"\xff\"}",
                           R"({"a":1}//secret)", R"({'secret':1})", "{} {}", " "}) {
    const auto refused = refusal_of("application/json", text);
    EXPECT_TRUE(refused.starts_with(R"(400 {"detail":"JSON parse error - )")) << text << refused;
    EXPECT_EQ(refused.find("secret"), std::string::npos) << refused;
  }
}

TEST(DispatcharrBody, RefusesOtherTypes) {
  EXPECT_EQ(refusal_of("text/plain", "x"),
            R"(415 {"detail":"Unsupported media type \"text/plain\" in request."})");
  EXPECT_EQ(refusal_of("", "x"), R"(415 {"detail":"Unsupported media type \"\" in request."})");
}

TEST(DispatcharrBody, ReadsForms) {
  const auto body = body_of("application/x-www-form-urlencoded", "f=a+b%26&g=1");
  ASSERT_FALSE(body.refusal);
  EXPECT_EQ(body.data, json(R"({"f":"a b&","g":"1"})"));
  EXPECT_EQ(refusal_of("application/x-www-form-urlencoded", "f=%zz"),
            R"(400 {"detail":"Form parse error"})");
  EXPECT_EQ(refusal_of("application/x-www-form-urlencoded", "f=%00"),
            R"(400 {"detail":"Form parse error"})");
}

TEST(DispatcharrBody, TakesARepeatedFormFieldForAListThatNoTextFieldTakes) {
  const auto body = body_of("application/x-www-form-urlencoded", "f=a&f=b&f=c");
  EXPECT_EQ(body.data, json(R"({"f":["a","b","c"]})"));
  Fields fields(body);
  EXPECT_FALSE(fields.text("f", {}));
  EXPECT_EQ(fields.refusal().body(), R"({"f":["Not a valid string."]})");
}

TEST(DispatcharrFields, TellRequiredNullBlankAndWrongTexts) {
  const TextRule rule{.required = true, .most = 5};
  EXPECT_EQ(text_in("{}", rule), R"({"f":["This field is required."]})");
  EXPECT_EQ(text_in(R"({"f":null})", rule), R"({"f":["This field may not be null."]})");
  EXPECT_EQ(text_in(R"({"f":""})", rule), R"({"f":["This field may not be blank."]})");
  EXPECT_EQ(text_in(R"({"f":" \t\n"})", rule), R"({"f":["This field may not be blank."]})");
  for (const auto* value : {"true", "[]", "{}", R"(["a"])"}) {
    EXPECT_EQ(text_in(R"({"f":)" + std::string(value) + "}", rule),
              R"({"f":["Not a valid string."]})");
  }
  EXPECT_EQ(text_in(R"({"f":"abcdef"})", rule),
            R"({"f":["Ensure this field has no more than 5 characters."]})");
  EXPECT_EQ(text_in(R"({"f":"\u00e4\u00e4\u00e4\u00e4\u00e9"})", rule),
            "ok:\u00e4\u00e4\u00e4\u00e4\u00e9");
}

TEST(DispatcharrFields, TrimTextsAndTakeNumbersForTheirText) {
  EXPECT_EQ(text_in(R"({"f":"  a b "})", {}), "ok:a b");
  EXPECT_EQ(text_in(R"({"f":42})", {}), "ok:42");
  EXPECT_EQ(text_in(R"({"f":-1.5})", {}), "ok:-1.5");
  EXPECT_EQ(text_in(R"({"f":" "})", {.blank = true}), "ok:");
  EXPECT_EQ(text_in("{}", {}), "ok:(none)");
}

TEST(DispatcharrFields, NeverTrimSecrets) {
  EXPECT_EQ(secret_in(R"({"f":"  a b\t"})"), "ok:  a b\t");
  EXPECT_EQ(secret_in(R"({"f":1234})"), "ok:1234");
}

TEST(DispatcharrFields, B7x23RefuseEmptyAbsentNullAndWhitespaceSecrets) {
  EXPECT_EQ(secret_in("{}"), R"({"f":["This field is required."]})");
  EXPECT_EQ(secret_in(R"({"f":null})"), R"({"f":["This field may not be null."]})");
  EXPECT_EQ(secret_in(R"({"f":""})"), R"({"f":["This field may not be blank."]})");
  EXPECT_EQ(secret_in(R"({"f":"                    "})"),
            R"({"f":["This field may not be blank."]})");
  EXPECT_EQ(secret_in(R"({"f":false})"), R"({"f":["Not a valid string."]})");
}

TEST(DispatcharrFields, ReadIntegers) {
  EXPECT_EQ(integer_in(R"({"f":10})"), "10");
  EXPECT_EQ(integer_in(R"({"f":"7"})"), "7");
  EXPECT_EQ(integer_in("{}"), "(none)");
  EXPECT_EQ(integer_in(R"({"f":11})"),
            R"({"f":["Ensure this value is less than or equal to 10."]})");
  EXPECT_EQ(integer_in(R"({"f":-1})"),
            R"({"f":["Ensure this value is greater than or equal to 0."]})");
  EXPECT_EQ(integer_in(R"({"f":null})"), R"({"f":["This field may not be null."]})");
  for (const auto* value : {R"("x")", R"("")", "true", "[]", "1.5", R"("1x")",
                            "99999999999999999999", R"("99999999999999999999")"}) {
    EXPECT_EQ(integer_in(R"({"f":)" + std::string(value) + "}"),
              R"({"f":["A valid integer is required."]})")
        << value;
  }
}

TEST(DispatcharrFields, ReadListsOfIds) {
  const std::string_view kJson = "application/json";
  const std::string_view kForm = "application/x-www-form-urlencoded";
  EXPECT_EQ(ids_in(kJson, R"({"f":[2,"1",2]})"), "ok:2,1,");
  EXPECT_EQ(ids_in(kJson, R"({"f":[]})"), "ok:");
  EXPECT_EQ(ids_in(kForm, "f=2"), "ok:2,");
  EXPECT_EQ(ids_in(kForm, "f=2&f=3"), "ok:2,3,");
  EXPECT_EQ(ids_in(kJson, R"({"f":"2"})"),
            R"({"f":["Expected a list of items but got type \"str\"."]})");
  EXPECT_EQ(ids_in(kJson, R"({"f":[true]})"),
            R"({"f":["Incorrect type. Expected pk value, received bool."]})");
  EXPECT_EQ(ids_in(kJson, R"({"f":["x"]})"),
            R"({"f":["Incorrect type. Expected pk value, received str."]})");
  EXPECT_EQ(ids_in(kJson, R"({"f":[0]})"),
            R"({"f":["Invalid pk \"0\" - object does not exist."]})");
  EXPECT_EQ(ids_in(kJson, R"({"f":[1,2,3,4]})"),
            R"({"f":["Ensure this field has no more than 3 elements."]})");
}

TEST(DispatcharrFields, ListWhatIsWrongInTheOrderOfReading) {
  const auto body = body_of("application/json", "{}");
  Fields fields(body);
  EXPECT_FALSE(fields.text("username", {.required = true}));
  EXPECT_FALSE(fields.secret("password", true));
  EXPECT_EQ(fields.refusal().body(),
            R"({"username":["This field is required."],"password":["This field is required."]})");
  EXPECT_EQ(fields.refusal().status(), 400);
}

TEST(DispatcharrPathId, IsDigitsAlone) {
  EXPECT_EQ(as_path_id("12"), 12);
  for (const auto* text : {"", "0", "-1", "+1", "01", "1 ", "1x", "me", "99999999999999999999"}) {
    EXPECT_FALSE(as_path_id(text)) << text;
  }
}

}  // namespace
}  // namespace postern::handlers::dispatcharr
