#include "handlers/native/body_reader.hpp"

#include <gtest/gtest.h>

#include "handlers/json_body.hpp"

namespace postern::handlers::native {
namespace {

using namespace std::string_literals;
using Forms = BodyReader::Forms;
using Null = BodyReader::Null;

Request with_body(std::string body, std::string content_type = "application/json") {
  Request made;
  made.id = "r";
  made.content_type = std::move(content_type);
  made.body = std::move(body);
  return made;
}

/// "status code", and for each fault " path:code".
std::string summary(std::optional<Response> refusal) {
  if (!refusal) return "taken";
  const auto body = parse_json(refusal->body()).value.value();
  auto text = std::to_string(refusal->status()) + " " + body["code"].asString();
  for (const auto& error : body["errors"]) {
    text += " " + error["path"].asString() + ":" + error["code"].asString();
  }
  return text;
}

std::string read_name(const Request& request, Forms forms = Forms::Refused) {
  BodyReader reader(request, forms);
  (void)reader.text("name");
  return summary(reader.refusal());
}

TEST(BodyReader, RefusesWhatIsNoJsonObject) {
  EXPECT_EQ(read_name(with_body("")), "400 bad_json");
  EXPECT_EQ(read_name(with_body("", "")), "400 bad_json");
  EXPECT_EQ(read_name(with_body("[]")), "400 bad_json");
  EXPECT_EQ(read_name(with_body("null")), "400 bad_json");
  EXPECT_EQ(read_name(with_body(R"("name")")), "400 bad_json");
  EXPECT_EQ(read_name(with_body(R"({"name":"a","name":"b"})")), "400 bad_json");
  EXPECT_EQ(read_name(with_body(R"({"name":"a\u0000b"})")), "400 bad_json");
  EXPECT_EQ(read_name(with_body("{\"name\":\"\xff\"}")), "400 bad_json");
}

TEST(BodyReader, RefusesOtherMediaTypes) {
  for (const auto* type : {"", "text/plain", "text/json", "multipart/form-data",
                           "application/x-www-form-urlencoded"}) {
    EXPECT_EQ(read_name(with_body(R"({"name":"a"})", type)), "415 unsupported_media_type") << type;
  }
}

TEST(BodyReader, TakesFormsWhereAsked) {
  const auto form = [](std::string body) {
    return read_name(with_body(std::move(body), "application/x-www-form-urlencoded"), Forms::Taken);
  };
  EXPECT_EQ(form("name=a+b"), "taken");
  EXPECT_EQ(form("name=a&name=b"), "400 bad_form");
  EXPECT_EQ(form("name=%zz"), "400 bad_form");
  EXPECT_EQ(form("name=a%00b"), "400 bad_form");
  EXPECT_EQ(form("name=%ff"), "400 bad_form");
  EXPECT_EQ(form("name=a&other=b"), "422 invalid_input other:unknown_member");
  EXPECT_EQ(form("other=b"), "422 invalid_input name:required other:unknown_member");
}

TEST(BodyReader, EmptyBodyOnlyWhereItIsOptional) {
  const auto request = with_body("", "");
  BodyReader reader(request, Forms::Refused, BodyReader::Presence::Optional);
  (void)reader.optional_text("name");
  EXPECT_EQ(summary(reader.refusal()), "taken");
}

TEST(BodyReader, TellsMissingFromWrong) {
  EXPECT_EQ(read_name(with_body("{}")), "422 invalid_input name:required");
  for (const auto* value : {"null", "1", "true", "[]", "{}", R"(["a"])"}) {
    EXPECT_EQ(read_name(with_body(R"({"name":)"s + value + "}")),
              "422 invalid_input name:wrong_type")
        << value;
  }
}

TEST(BodyReader, NamesUnknownMembersThatCanBeNamed) {
  EXPECT_EQ(read_name(with_body(R"({"name":"a","otp":"1"})")),
            "422 invalid_input otp:unknown_member");
  EXPECT_EQ(read_name(with_body(R"({"name":"a","<script>":"1"})")),
            "422 invalid_input :unknown_member")
      << "CVE-2019-8400: nothing of the input comes back that is no plain word";
  EXPECT_EQ(read_name(with_body(R"({"name":"a",")" + std::string(65, 'x') + R"(":"1"})")),
            "422 invalid_input :unknown_member");
}

TEST(BodyReader, CollectsEverythingWrong) {
  const auto request = with_body(R"({"a":1,"b":"x","c":{},"d":"e"})");
  BodyReader reader(request);
  (void)reader.text("a");
  (void)reader.optional_boolean("b");
  (void)reader.optional_texts("c");
  (void)reader.text("missing");
  EXPECT_EQ(summary(reader.refusal()),
            "422 invalid_input a:wrong_type b:wrong_type c:wrong_type missing:required "
            "d:unknown_member");
}

TEST(BodyReader, ReadsIntegersInTheirRange) {
  const auto read = [](const std::string& value) {
    const auto request = with_body(R"({"n":)" + value + "}");
    BodyReader reader(request);
    const auto number = reader.optional_integer("n", 1, 10);
    const auto refusal = reader.refusal();
    return refusal ? summary(refusal) : std::to_string(*number);
  };
  EXPECT_EQ(read("1"), "1");
  EXPECT_EQ(read("10"), "10");
  EXPECT_EQ(read("0"), "422 invalid_input n:out_of_range");
  EXPECT_EQ(read("11"), "422 invalid_input n:out_of_range");
  EXPECT_EQ(read("-1"), "422 invalid_input n:out_of_range");
  EXPECT_EQ(read("1.5"), "422 invalid_input n:out_of_range");
  EXPECT_EQ(read("99999999999999999999"), "422 invalid_input n:out_of_range");
  EXPECT_EQ(read("1e999"), "400 bad_json") << "no number of ours";
  EXPECT_EQ(read(R"("5")"), "422 invalid_input n:wrong_type");
  EXPECT_EQ(read("true"), "422 invalid_input n:wrong_type");
  EXPECT_EQ(read("null"), "422 invalid_input n:wrong_type");
}

TEST(BodyReader, NullSaysNoneOnlyWhereAsked) {
  const auto request = with_body(R"({"a":null,"b":null,"c":null})");
  BodyReader reader(request);
  EXPECT_EQ(reader.optional_text("a", Null::SaysNone), std::nullopt);
  EXPECT_EQ(reader.optional_texts("b", Null::SaysNone), std::nullopt);
  EXPECT_EQ(reader.optional_text("c"), std::nullopt);
  EXPECT_TRUE(reader.has("a"));
  EXPECT_EQ(summary(reader.refusal()), "422 invalid_input c:wrong_type");
}

TEST(BodyReader, BoundsListsOfTexts) {
  const auto read = [](const std::string& list) {
    const auto request = with_body(R"({"l":)" + list + "}");
    BodyReader reader(request);
    (void)reader.optional_texts("l");
    return summary(reader.refusal());
  };
  std::string hundred = R"("x")";
  for (int i = 1; i < 100; ++i) hundred += R"(,"x")";
  EXPECT_EQ(read("[]"), "taken");
  EXPECT_EQ(read("[" + hundred + "]"), "taken");
  EXPECT_EQ(read("[" + hundred + R"(,"x"])"), "422 invalid_input l:too_many");
  EXPECT_EQ(read(R"(["a",1])"), "422 invalid_input l:wrong_type");
}

/// What a nested object's reader says, and how often it was asked.
std::string read_inner(const std::string& body, Null null = Null::Refused) {
  const auto request = with_body(body);
  BodyReader reader(request);
  int asked = 0;
  reader.optional_object(
      "inner",
      [&](BodyReader& inner) {
        ++asked;
        (void)inner.text("name");
        (void)inner.optional_texts("list");
      },
      null);
  return std::to_string(asked) + " " + summary(reader.refusal());
}

TEST(BodyReader, ReadsANestedObject) {
  EXPECT_EQ(read_inner("{}"), "0 taken");
  EXPECT_EQ(read_inner(R"({"inner":{"name":"a","list":["b"]}})"), "1 taken");
  EXPECT_EQ(read_inner(R"({"inner":null})", Null::SaysNone), "0 taken");
}

TEST(BodyReader, TellsWhatIsWrongInANestedObjectByItsPath) {
  EXPECT_EQ(read_inner(R"({"inner":{}})"), "1 422 invalid_input inner.name:required");
  EXPECT_EQ(read_inner(R"({"inner":{"name":"a","list":1,"x":2}})"),
            "1 422 invalid_input inner.list:wrong_type inner.x:unknown_member");
  EXPECT_EQ(read_inner(R"({"inner":{"name":"a","<b>":2}})"),
            "1 422 invalid_input inner:unknown_member")
      << "what is no plain word is not repeated";
  EXPECT_EQ(read_inner(R"({"inner":[]})"), "0 422 invalid_input inner:wrong_type");
  EXPECT_EQ(read_inner(R"({"inner":null})"), "0 422 invalid_input inner:wrong_type");
  EXPECT_EQ(read_inner(R"({"inner":{"name":"a"},"other":{}})"),
            "1 422 invalid_input other:unknown_member");
}

}  // namespace
}  // namespace postern::handlers::native
