#include "handlers/object_text.hpp"

#include <algorithm>

#include "handlers/json_body.hpp"

namespace postern::handlers {
namespace {

/// Whether JSON writes it as it stands. Nearly all that we answer is: tokens, ids, names.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

std::string quoted(std::string_view text) {
  if (is_plain(text)) return std::string("\"").append(text) + '"';
  return write_json(Json::Value(text.data(), text.data() + text.size()));
}

}  // namespace

ObjectText& ObjectText::raw(std::string_view name, std::string_view json) {
  if (!members_.empty()) members_ += ',';
  members_.append(quoted(name)).append(":").append(json);
  return *this;
}

ObjectText& ObjectText::text(std::string_view name, std::string_view value) {
  return raw(name, quoted(value));
}

ObjectText& ObjectText::text_or_null(std::string_view name, const std::string* value) {
  return value == nullptr ? raw(name, "null") : text(name, *value);
}

ObjectText& ObjectText::number(std::string_view name, std::int64_t value) {
  return raw(name, std::to_string(value));
}

ObjectText& ObjectText::boolean(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

ObjectText& ObjectText::value(std::string_view name, const Json::Value& value) {
  return raw(name, write_json(value));
}

std::string raw_list(const std::vector<std::string>& jsons) {
  std::string list = "[";
  for (const auto& json : jsons) {
    if (list.size() > 1) list += ',';
    list += json;
  }
  return list + ']';
}

std::string text_list(const std::vector<std::string>& texts) {
  std::vector<std::string> jsons;
  jsons.reserve(texts.size());
  for (const auto& text : texts) jsons.push_back(quoted(text));
  return raw_list(jsons);
}

std::string number_list(const std::vector<std::int64_t>& numbers) {
  std::vector<std::string> jsons;
  jsons.reserve(numbers.size());
  for (const auto number : numbers) jsons.push_back(std::to_string(number));
  return raw_list(jsons);
}

}  // namespace postern::handlers
