#include <gtest/gtest.h>

#include <array>

#include "handlers/openskip/reader.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::openskip {
namespace {

constexpr const char* kUrlEncoded = "application/x-www-form-urlencoded";
constexpr std::string_view kNotAnObject =
    R"({"detail":[{"loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","type":"model_attributes_type"}]})";
constexpr std::string_view kNoBody =
    R"({"detail":[{"loc":["body"],"msg":"Field required","type":"missing"}]})";

std::string refusal_of(const std::optional<Response>& refusal) {
  if (!refusal) return "none";
  EXPECT_EQ(refusal->status(), 422);
  return refusal->body();
}

std::string refusal_of_json(std::string_view body, std::string_view type = "application/json") {
  return refusal_of(read_json_body(test::raw_request("POST", "/", type, body)).refusal);
}

/// The one fault, without its frame.
std::string one_fault(const Fields& fields) {
  const auto text = refusal_of(fields.refusal());
  constexpr std::string_view kFrame = R"({"detail":[)";
  return text == "none" ? text : text.substr(kFrame.size(), text.size() - kFrame.size() - 2);
}

TEST(OpenSkipReader, TakesJsonUnderItsTypesAndWithoutAny) {
  for (const auto* type : {"application/json", "", "application/vnd.openskip+json"})
    EXPECT_EQ(refusal_of_json("{}", type), "none") << type;
  for (const auto* type : {kUrlEncoded, "text/plain", "multipart/form-data", "text/json"})
    EXPECT_EQ(refusal_of_json("{}", type), kNotAnObject) << type;
}

TEST(OpenSkipReader, ABodyThatIsNoObjectIsTold) {
  EXPECT_EQ(refusal_of_json(""), kNoBody);
  EXPECT_EQ(refusal_of_json("null"), kNoBody);
  for (const auto* body : {"[]", "1", "\"text\"", "true"})
    EXPECT_EQ(refusal_of_json(body), kNotAnObject) << body;
  for (const auto* body : {"{", "{]", "nonsense", R"({"a":1,"a":2})", "{}x"}) {
    EXPECT_EQ(refusal_of_json(body),
              R"({"detail":[{"loc":["body"],"msg":"JSON decode error","type":"json_invalid"}]})")
        << body;
  }
}

TEST(OpenSkipReader, AnOptionalBodyMayBeEmpty) {
  const auto request = test::request("POST", "/");
  EXPECT_FALSE(read_json_body(request, Presence::Optional).refusal);
  EXPECT_TRUE(read_json_body(request, Presence::Optional).data.empty());
}

TEST(OpenSkipReader, AFormsEmptyFieldsAreMissingAndRepeatedOnesNoText) {
  const auto body =
      read_form_body(test::raw_request("POST", "/", kUrlEncoded, "a=1+2&b=&c=1&c=2&d=%C3%A9"));
  ASSERT_FALSE(body.refusal);
  EXPECT_EQ(body.data["a"].asString(), "1 2");
  EXPECT_FALSE(body.data.isMember("b"));
  EXPECT_TRUE(body.data["c"].isArray());
  EXPECT_EQ(body.data["d"].asString(), "\xC3\xA9");
}

TEST(OpenSkipReader, AnotherTypeIsAFormWithoutFields) {
  for (const auto* type : {"application/json", "", "text/plain"}) {
    const auto body = read_form_body(test::raw_request("POST", "/", type, "username=ann"));
    EXPECT_FALSE(body.refusal) << type;
    EXPECT_TRUE(body.data.empty()) << type;
  }
}

TEST(OpenSkipReader, ABrokenFormIsABadRequest) {
  const auto body = read_form_body(test::raw_request("POST", "/", kUrlEncoded, "a=%zz"));
  ASSERT_TRUE(body.refusal);
  EXPECT_EQ(body.refusal->status(), 400);
  EXPECT_EQ(body.refusal->body(), R"({"detail":"There was an error parsing the body"})");
}

TEST(OpenSkipReader, TellsEveryFaultInTheOrderOfReading) {
  const auto data = test::json(R"({"b":1,"c":null,"d":"long"})");
  Fields fields(data);
  fields.text("a");
  fields.text("b");
  fields.text("c");
  fields.text("d", {1, 3});
  EXPECT_EQ(
      refusal_of(fields.refusal()),
      R"({"detail":[{"loc":["body","a"],"msg":"Field required","type":"missing"},)"
      R"({"loc":["body","b"],"msg":"Input should be a valid string","type":"string_type"},)"
      R"({"loc":["body","c"],"msg":"Input should be a valid string","type":"string_type"},)"
      R"({"loc":["body","d"],"msg":"String should have at most 3 characters","type":"string_too_long"}]})");
}

TEST(OpenSkipReader, LengthsAreCodePoints) {
  const auto data = test::json(R"({"a":"äöü"})");
  Fields fields(data);
  EXPECT_EQ(fields.text("a", {3, 3}), "äöü");
  EXPECT_EQ(one_fault(fields), "none");
}

TEST(OpenSkipReader, AWordIsOneOfAFew) {
  constexpr std::array<std::string_view, 3> kWords{"read", "submit", "moderate"};
  const auto data = test::json(R"({"good":"submit","bad":"admin","list":["read"]})");
  Fields fields(data);
  EXPECT_EQ(fields.word("good", kWords), "submit");
  EXPECT_EQ(one_fault(fields), "none");
  for (const auto* name : {"bad", "list"}) {
    Fields wrong(data);
    wrong.word(name, kWords);
    EXPECT_EQ(one_fault(wrong), R"({"loc":["body",")" + std::string(name) +
                                    R"("],"msg":"Input should be 'read', 'submit' or 'moderate'",)"
                                    R"("type":"literal_error"})");
  }
}

std::string integer_fault(std::string_view value) {
  const auto data = test::json(R"({"n":)" + std::string(value) + "}");
  Fields fields(data);
  const auto number = fields.optional_integer("n", 1, 100);
  return number ? std::to_string(*number) : test::json(one_fault(fields))["type"].asString();
}

TEST(OpenSkipReader, IntegersAsPydanticTakesThem) {
  EXPECT_EQ(integer_fault("7"), "7");
  EXPECT_EQ(integer_fault("7.0"), "7");
  EXPECT_EQ(integer_fault(R"("7")"), "7");
  EXPECT_EQ(integer_fault(R"(" +7 ")"), "7");
  EXPECT_EQ(integer_fault("0"), "greater_than_equal");
  EXPECT_EQ(integer_fault(R"("-99999999999999999999")"), "greater_than_equal");
  EXPECT_EQ(integer_fault("101"), "less_than_equal");
  EXPECT_EQ(integer_fault(R"("99999999999999999999")"), "less_than_equal");
  for (const auto* text : {R"("")", R"("x")", R"("1x")", R"("+-1")", R"("1.5")"})
    EXPECT_EQ(integer_fault(text), "int_parsing") << text;
  EXPECT_EQ(integer_fault("1.5"), "int_from_float");
  for (const auto* value : {"true", "null", "[]"})
    EXPECT_EQ(integer_fault(value), "int_type") << value;
}

}  // namespace
}  // namespace postern::handlers::openskip
