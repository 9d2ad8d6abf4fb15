#include "domain/flat_json.hpp"

#include <json/value.h>

#include "domain/text.hpp"
#include "handlers/json_body.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

using domain::FlatJson;
using domain::FlatJsonWriter;

std::vector<std::string> texts_of(const Json::Value& list) {
  std::vector<std::string> texts;
  for (const auto& each : list) texts.push_back(each.asString());
  return texts;
}

/// Each member as the other reader has it, written by the writer.
void check_member(const FlatJson& read, FlatJsonWriter& writer, const std::string& name,
                  const Json::Value& value) {
  if (value.isString()) {
    promise(read.text(name) == value.asString(), "texts are the same");
    writer.add(name, value.asString());
  } else if (value.isBool()) {
    promise(read.boolean(name) == value.asBool(), "so are booleans");
    writer.add_boolean(name, value.asBool());
  } else if (value.isInt64()) {
    promise(read.integer(name) == value.asInt64(), "integers");
    writer.add(name, std::int64_t{value.asInt64()});
  } else if (value.isArray()) {
    promise(read.texts(name) == texts_of(value), "lists");
    writer.add(name, texts_of(value));
  } else {
    promise(value.isObject(), "there is no other kind");
    FlatJsonWriter inner;
    for (const auto& member : value.getMemberNames()) {
      promise(read.text_within(name, member) == value[member].asString(), "objects");
      inner.add(member, value[member].asString());
    }
    writer.add_object(name, std::move(inner));
  }
}

}  // namespace

/// Our tokens' payloads: what this reader takes is JSON to the other one too, and means the same;
/// written again it is as long and is read as the same.
bool flat_json(std::string_view input) {
  const auto read = FlatJson::parse(input);
  if (!read) return false;
  // The strict one takes no NUL.
  if (input.find("\\u0000") != std::string_view::npos) return true;
  const auto other = handlers::parse_json(input).value;
  promise(other && other->isObject(), "it is JSON");
  FlatJsonWriter writer;
  for (const auto& name : other->getMemberNames()) {
    promise(read->has(name), "no member is lost");
    check_member(*read, writer, name, (*other)[name]);
  }
  const auto text = std::move(writer).finish();
  promise(text.size() == input.size(), "there is one spelling, but for the order");
  promise(FlatJson::parse(text).has_value(), "what is written is read");
  return true;
}

}  // namespace postern::fuzz
